// The NestJS backend under PM2, with a PM2_HOME of the stack's own: fork mode as PM2 does it without an
// `instances` key, or cluster mode with several workers, which then are not sticky.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { until } from './failure.mjs';
import { answers, get } from './http.mjs';
import { app, here, writeIfChanged } from './layout.mjs';
import {
    childrenOf,
    endProcess,
    fingerprint,
    pidFrom,
    processState,
    run,
    send,
    setFingerprint,
} from './processes.mjs';
import { appAccount, secret } from './tokens.mjs';

const home = (stack) => stack.files.pm2_home;
const daemon = (stack) => pidFrom(stack, path.join(home(stack), 'pm2.pid'));
const clusterFault = 4;

// The pids of the backend's processes that live.
export function workers(stack) {
    const dir = path.join(home(stack), 'pids');
    if (!existsSync(dir)) return [];
    const files = readdirSync(dir).filter((file) => file.startsWith(`${app}-`));
    return files.map((file) => pidFrom(stack, path.join(dir, file))).filter(Boolean);
}

const instances = (stack) =>
    stack.faults.has('cluster-not-sticky') ? clusterFault : stack.options.instances;

function ecosystem(stack) {
    const count = instances(stack);
    return JSON.stringify(
        {
            apps: [
                {
                    name: app,
                    script: path.join(here, 'backend', 'main.mjs'),
                    interpreter: process.execPath,
                    cwd: stack.dir,
                    vizion: false,
                    ...(count > 1 && { exec_mode: 'cluster', instances: count }),
                    env: {
                        NODE_ENV: 'production',
                        PORT: String(stack.ports.backend),
                        FRONTEND_URL: stack.urls.public,
                        TOKEN_FROM: stack.faults.has('token-missing') ? 'header' : 'auth',
                        JWT_SECRET: secret(stack, 'jwt-secret'),
                        DB_HOST: '127.0.0.1',
                        DB_PORT: String(stack.ports.mysql),
                        DB_USER: appAccount,
                        DB_NAME: 'im_system',
                        DB_PASSWORD_FILE: stack.path('secrets', 'mysql-app-password'),
                    },
                },
            ],
        },
        null,
        2,
    );
}

async function pm2(stack, ...args) {
    const env = { PM2_HOME: home(stack), PM2_DISABLE_VERSION_CHECK: 'true', PM2_DISCRETE_MODE: 'true' };
    const binary = path.join(here, 'node_modules', '.bin', 'pm2');
    await run(stack, 'pm2', process.execPath, [binary, ...args], { env, cwd: stack.dir });
}

// Several workers take turns, so asking on until each has answered shows that all of them listen.
async function allAnswer(stack, seen) {
    const pid = JSON.parse((await get(`${stack.urls.local}/health`))?.body ?? '{}').pid;
    if (pid) seen.add(pid);
    return seen.size >= instances(stack);
}

async function startWorkers(stack) {
    const wanted = ecosystem(stack);
    const file = path.join(home(stack), `${app}.json`);
    writeIfChanged(file, wanted, 0o600);
    if (daemon(stack) && fingerprint(stack, 'backend') === wanted) {
        await pm2(stack, 'restart', app);
    } else {
        // Only a delete lets PM2 change the mode; that there is nothing to delete is no failure.
        if (daemon(stack)) await pm2(stack, 'delete', app).catch(() => {});
        await pm2(stack, 'start', file);
    }
    setFingerprint(stack, 'backend', wanted);
    const seen = new Set();
    await until('the backend answers /health', () => allAnswer(stack, seen), {
        log: path.join(home(stack), 'logs', `${app}-error.log`),
    });
}

// Without its daemon PM2 knows nothing of an application that goes on.
export async function endOrphans(stack) {
    if (!daemon(stack)) for (const pid of workers(stack)) await endProcess(stack, pid);
}

export async function converge(stack) {
    const frozen = stack.faults.has('backend-frozen');
    if (!frozen) thaw(stack);
    if (stack.faults.has('backend-stopped')) {
        thaw(stack);
        if (workers(stack).length > 0) await pm2(stack, 'stop', app);
        await until('the backend has ended', () => workers(stack).length === 0);
        return;
    }
    const fresh =
        fingerprint(stack, 'backend') === ecosystem(stack) && workers(stack).length === instances(stack);
    if (!fresh) {
        thaw(stack);
        await startWorkers(stack);
    }
    if (frozen) {
        for (const pid of workers(stack)) send(pid, 'SIGSTOP');
        await until('the backend is frozen', () => workers(stack).every((pid) => processState(pid) === 'T'));
        return;
    }
    await until('the backend answers /health', () => answers(`${stack.urls.local}/health`));
    if (!stack.faults.has('database-stopped') && !stack.faults.has('database-locked')) {
        await until('the backend reaches its database', () => answers(`${stack.urls.local}/health/database`));
    }
}

function thaw(stack) {
    for (const pid of workers(stack)) send(pid, 'SIGCONT');
}

export async function stopAll(stack) {
    thaw(stack);
    const left = workers(stack);
    const pid = daemon(stack);
    if (pid) {
        left.push(...childrenOf(pid));
        await endProcess(stack, pid);
    }
    for (const worker of left) await endProcess(stack, worker);
    rmSync(stack.path('run', 'backend.started'), { force: true });
}

export const pids = (stack) => ({ pm2: daemon(stack) ?? null, backend: workers(stack) });
