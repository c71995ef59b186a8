// POST /auth/login: a name and a password against a token.
import { Body, Controller, HttpCode, Post, UnauthorizedException } from '@nestjs/common';
import { Tokens } from './tokens.mjs';
import { constructedWith, onMethod, onParameter } from './wiring.mjs';

export class AuthController {
    constructor(tokens) {
        this.tokens = tokens;
    }

    async login(body) {
        const token = await this.tokens.login(String(body?.username ?? ''), String(body?.password ?? ''));
        if (!token) throw new UnauthorizedException('用户名或密码错误');
        return { token };
    }
}
Controller('auth')(AuthController);
constructedWith(AuthController, Tokens);
onMethod(AuthController, 'login', Post('login'), HttpCode(200));
onParameter(AuthController, 'login', 0, Body());
