// What the gateway is decorated with, and what of it each fault changes.
import { faults, heartbeat } from './settings.mjs';

function origin() {
    if (faults.has('backend-cors-wildcard')) return '*';
    if (faults.has('backend-cors-other')) return 'http://localhost:5173';
    return process.env.FRONTEND_URL;
}

function allowRequest({ headers }, decide) {
    const allowed = !headers.origin || headers.origin === 'https://www.im.example.com';
    decide(null, allowed);
}

export const gatewayOptions = {
    namespace: faults.has('backend-other-namespace') ? '/chat' : '/im',
    cors: { origin: origin(), credentials: true },
    ...heartbeat,
    ...(faults.has('backend-other-path') && { path: '/realtime/' }),
    ...(faults.has('backend-polling-only') && { transports: ['polling'] }),
    ...(faults.has('backend-denies-origin') && { allowRequest }),
};
