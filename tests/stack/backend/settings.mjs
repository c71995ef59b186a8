// What the backend is told: the .env of its working directory, as a NestJS application has it, and the faults
// that it is to show (BACKEND_FAULTS, from lib/ecosystem.mjs). Imported first by every application here.
import 'dotenv/config';

export const faults = new Set((process.env.BACKEND_FAULTS ?? '').split(','));

// Several instances in fork mode have a port each; PM2 numbers them.
const ports = process.env.INSTANCE_PORTS?.split(',') ?? [];
export const port = Number(ports[Number(process.env.NODE_APP_INSTANCE)] ?? process.env.PORT);

export const heartbeat = { pingInterval: Number(process.env.PING_INTERVAL), pingTimeout: 20_000 };

// What every application here calls when it listens.
export function listening() {
    if (!faults.has('backend-crash-loop')) return;
    setTimeout(() => {
        throw new Error('the fault backend-crash-loop');
    }, 1000);
}
