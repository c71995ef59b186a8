// The backend's log lines: plain, or through a logger that writes JSON as that of NestJS 11 does.
import { faults } from './settings.mjs';

class JsonLogger {
    write(level, stream, message, context) {
        const record = { level, pid: process.pid, timestamp: Date.now(), message, context };
        stream.write(`${JSON.stringify(record)}\n`);
    }
    log(message, context) {
        this.write('log', process.stdout, message, context);
    }
    error(message, stack, context) {
        this.write('error', process.stderr, message, context ?? stack);
    }
    warn(message, context) {
        this.write('warn', process.stdout, message, context);
    }
}

export const logger = faults.has('log-nest-json') ? new JsonLogger() : undefined;
export const log = logger ? (line) => logger.log(line, 'ImGateway') : console.log;
export const complain = logger ? (line) => logger.error(line, 'ImGateway') : console.error;
