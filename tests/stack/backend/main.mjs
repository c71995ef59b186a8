// The backend under watch: a NestJS application with one Socket.IO gateway and a small HTTP API, as PM2
// starts it. Its settings come from the environment (lib/backend.mjs writes them into the PM2 ecosystem
// file).
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthController } from './auth.controller.mjs';
import { HealthController } from './health.controller.mjs';
import { ImGateway } from './im.gateway.mjs';
import { Tokens } from './tokens.mjs';

class AppModule {}
Module({ controllers: [AuthController, HealthController], providers: [Tokens, ImGateway] })(AppModule);

const app = await NestFactory.create(AppModule);
app.enableCors({ origin: process.env.FRONTEND_URL, credentials: true });
await app.listen(Number(process.env.PORT), '127.0.0.1');
