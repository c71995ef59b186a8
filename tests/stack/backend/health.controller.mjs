// GET /health answers while the process turns at all; GET /health/database only while the backend reaches
// its database.
import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { Tokens } from './tokens.mjs';
import { constructedWith, onMethod } from './wiring.mjs';

export class HealthController {
    constructor(tokens) {
        this.tokens = tokens;
    }

    process() {
        return { status: 'ok', pid: process.pid };
    }

    async database() {
        try {
            await this.tokens.ping();
        } catch {
            throw new ServiceUnavailableException('the database does not answer');
        }
        return { status: 'ok' };
    }
}
Controller('health')(HealthController);
constructedWith(HealthController, Tokens);
onMethod(HealthController, 'process', Get());
onMethod(HealthController, 'database', Get('database'));
