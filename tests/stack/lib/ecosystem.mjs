// What the backend is started with: its .env, and PM2's ecosystem file, each as the faults in force ask for.
import path from 'node:path';
import { app, here, milliseconds } from './layout.mjs';
import { appAccount, secret } from './tokens.mjs';

const workersOfCluster = 4;
// Stopped and frozen are done to its processes; the other faults about tokens are rows of the table.
const readByBackend =
    /^(backend-(?!stopped|frozen|other-time-zone|eio3|not-socketio).*|token-missing|log-nest-json)$/;
const onOwnPorts = ['nginx-not-sticky', 'instances-ip-hash', 'log-merged'];

// The application that runs on the port.
function script({ faults }) {
    if (faults.has('backend-not-socketio')) return 'echo.mjs';
    return faults.has('backend-eio3') ? 'eio3.mjs' : 'main.mjs';
}

// The ports of the instances that have one each, or undefined: then all share one.
export const instancePorts = ({ faults, ports }) =>
    onOwnPorts.some((fault) => faults.has(fault)) ? [ports.backend, ports.backend_second] : undefined;

export function instances(stack) {
    if (stack.faults.has('cluster-not-sticky')) return workersOfCluster;
    return instancePorts(stack)?.length ?? stack.options.instances;
}

export const pingInterval = ({ options }) => milliseconds(options.ping_interval);

export function backendEnv(stack) {
    const lines = {
        NODE_ENV: 'production',
        PORT: stack.ports.backend,
        FRONTEND_URL: stack.urls.users,
        PING_INTERVAL: pingInterval(stack),
        JWT_SECRET: secret(stack, 'jwt-secret'),
        DB_HOST: '127.0.0.1',
        DB_PORT: stack.ports.mysql,
        DB_USER: appAccount,
        DB_PASSWORD: secret(stack, 'mysql-app-password'),
        DB_NAME: 'im_system',
    };
    if (stack.faults.has('env-no-node-env')) delete lines.NODE_ENV;
    if (stack.faults.has('env-no-frontend-url')) delete lines.FRONTEND_URL;
    return Object.entries(lines)
        .map(([key, value]) => `${key}=${value}\n`)
        .join('');
}

// A zone as far east of this host's as there is one, eight hours at most: zones end at +14:00.
function eastern() {
    const here = Math.floor(-new Date().getTimezoneOffset() / 60);
    const there = Math.min(here + 8, 14);
    return `Etc/GMT${there > 0 ? '-' : '+'}${Math.abs(there)}`;
}

function logging(stack) {
    const { faults } = stack;
    const elsewhere = (kind) => stack.path('logs', `backend-${kind}.log`);
    return {
        ...(faults.has('log-time') && { time: true }),
        ...(faults.has('log-date-format') && { log_date_format: 'YYYY-MM-DD HH:mm:ss Z' }),
        ...(faults.has('log-json') && { log_type: 'json' }),
        ...(faults.has('log-merged') && { merge_logs: true }),
        ...(faults.has('log-elsewhere') && { out_file: elsewhere('out'), error_file: elsewhere('error') }),
    };
}

export function ecosystem(stack) {
    const { faults } = stack;
    const count = instances(stack);
    const cluster = count > 1 && (faults.has('cluster-not-sticky') || !instancePorts(stack));
    const env = {
        BACKEND_FAULTS: [...faults]
            .filter((fault) => readByBackend.test(fault))
            .sort()
            .join(),
        ...(!cluster && count > 1 && { INSTANCE_PORTS: instancePorts(stack).join() }),
        ...(faults.has('backend-other-time-zone') && { TZ: eastern() }),
    };
    const description = {
        name: app,
        script: path.join(here, 'backend', script(stack)),
        interpreter: process.execPath,
        cwd: path.dirname(stack.files.backend_env),
        vizion: false,
        ...(count > 1 && { exec_mode: cluster ? 'cluster' : 'fork', instances: count }),
        ...logging(stack),
        env,
    };
    return JSON.stringify({ apps: [description] }, null, 2);
}
