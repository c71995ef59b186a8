// Login tokens in im_system.user_tokens, as tests/stack/README.md describes them: issued at login, looked
// up by the gateway. Dates are written and read in Node's own time zone, which is what mysql2 does unless
// told otherwise.
import { createHmac, randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import mysql from 'mysql2/promise';

const lifetimeMs = 4 * 60 * 60 * 1000;

export class Tokens {
    constructor() {
        const { DB_HOST, DB_PORT, DB_USER, DB_PASSWORD, DB_NAME } = process.env;
        this.pool = mysql.createPool({
            host: DB_HOST,
            port: Number(DB_PORT),
            user: DB_USER,
            password: DB_PASSWORD,
            database: DB_NAME,
            connectTimeout: 5000,
        });
    }

    // The row of a token that is not revoked, or undefined.
    async find(token) {
        const [rows] = await this.pool.execute(
            'SELECT user_id, expires_at FROM user_tokens WHERE token = ? AND is_revoked = 0',
            [token],
        );
        return rows[0];
    }

    // A new token for the user, or undefined where the name or the password is wrong.
    async login(username, password) {
        const [[user]] = await this.pool.execute(
            'SELECT id, password_salt, password_hash FROM users WHERE username = ?',
            [username],
        );
        if (!user || !matches(password, user)) return undefined;
        const token = sign({ sub: user.id, username, jti: randomBytes(9).toString('base64url') });
        const now = new Date();
        await this.pool.execute(
            'INSERT INTO user_tokens (user_id, token, expires_at, created_at) VALUES (?, ?, ?, ?)',
            [user.id, token, new Date(now.getTime() + lifetimeMs), now],
        );
        return token;
    }

    async ping() {
        await this.pool.query('SELECT 1');
    }
}
Injectable()(Tokens);

function matches(password, user) {
    return timingSafeEqual(scryptSync(password, user.password_salt, 32), user.password_hash);
}

function sign(claims) {
    const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const iat = Math.floor(Date.now() / 1000);
    const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ ...claims, iat })}`;
    return `${text}.${createHmac('sha256', process.env.JWT_SECRET).update(text).digest('base64url')}`;
}
