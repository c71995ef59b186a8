// The backend under watch: a NestJS application with one Socket.IO gateway and a small HTTP API, as PM2
// starts it.
import { listening, port } from './settings.mjs';
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthController } from './auth.controller.mjs';
import { HealthController } from './health.controller.mjs';
import { ImGateway } from './im.gateway.mjs';
import { logger } from './log.mjs';
import { Tokens } from './tokens.mjs';

class AppModule {}
Module({ controllers: [AuthController, HealthController], providers: [Tokens, ImGateway] })(AppModule);

const app = await NestFactory.create(AppModule, { logger });
app.enableCors({ origin: process.env.FRONTEND_URL, credentials: true });
await app.listen(port, '127.0.0.1');
listening();
