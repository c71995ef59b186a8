// The NestJS backend under PM2, with a PM2_HOME of the stack's own: fork mode as PM2 does it without an
// `instances` key, or cluster mode with several workers, which then are not sticky.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { until } from './failure.mjs';
import { answers, get } from './http.mjs';
import { backendEnv, ecosystem, instancePorts, instances } from './ecosystem.mjs';
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

const home = (stack) => stack.files.pm2_home;
const daemon = (stack) => pidFrom(stack, path.join(home(stack), 'pm2.pid'));

// The pids of the backend's processes that live.
export function workers(stack) {
    const dir = path.join(home(stack), 'pids');
    if (!existsSync(dir)) return [];
    const files = readdirSync(dir).filter((file) => file.startsWith(`${app}-`));
    return files.map((file) => pidFrom(stack, path.join(dir, file))).filter(Boolean);
}

async function pm2(stack, ...commands) {
    const env = {
        PM2_HOME: home(stack),
        PM2_DISABLE_VERSION_CHECK: 'true',
        PM2_DISCRETE_MODE: 'true',
        // PM2 gives its own environment to what it starts: the backend's settings are those of its .env only.
        NODE_ENV: undefined,
        PORT: undefined,
        FRONTEND_URL: undefined,
    };
    const script = path.join(here, 'lib', 'pm2-commands.mjs');
    await run(stack, 'pm2', process.execPath, [script, JSON.stringify(commands)], { env, cwd: stack.dir });
}

// Workers that share a port take turns, so asking on until each has answered shows that all of them listen.
async function allAnswer(stack, seen) {
    for (const port of instancePorts(stack) ?? [stack.ports.backend]) {
        const pid = JSON.parse((await get(`http://127.0.0.1:${port}/health`))?.body ?? '{}').pid;
        if (pid) seen.add(pid);
    }
    return seen.size >= instances(stack);
}

// What the workers are started with; a change of it restarts them.
const stopped = 'stopped';
// PM2 may be interrupted between ending and starting, and then nobody knows what runs: it has to be started anew.
const unsure = (wanted) => `on the way to ${wanted}`;
const startedWith = (stack) => ecosystem(stack) + backendEnv(stack);

const wasCluster = (stack) => fingerprint(stack, 'backend')?.includes('"exec_mode": "cluster"');

async function startWorkers(stack) {
    const file = path.join(home(stack), `${app}.json`);
    writeIfChanged(file, ecosystem(stack), 0o600);
    // The daemon itself holds the port of a cluster, and may keep it where a worker ended while it began to listen.
    if (wasCluster(stack)) await stopAll(stack);
    setFingerprint(stack, 'backend', unsure(startedWith(stack)));
    // Only a delete lets PM2 change the mode and the environment.
    await pm2(stack, ['delete', app], ['start', file]);
    setFingerprint(stack, 'backend', startedWith(stack));
    const seen = new Set();
    await until('the backend answers /health', () => allAnswer(stack, seen), {
        log: path.join(home(stack), 'logs', `${app}-error.log`),
    });
}

// Without its daemon PM2 knows nothing of an application that goes on.
export async function endOrphans(stack) {
    if (!daemon(stack)) for (const pid of workers(stack)) await endProcess(stack, pid);
}

// One that crashes again and again is between two lives at times, and has not stopped.
const isFresh = (stack) =>
    fingerprint(stack, 'backend') === startedWith(stack) &&
    (workers(stack).length === instances(stack) || stack.faults.has('backend-crash-loop'));

// Returns when PM2 has started the crashing backend anew.
async function crashed(stack) {
    const first = workers(stack);
    await until('the backend has crashed', () => !workers(stack).some((pid) => first.includes(pid)));
}

export async function converge(stack) {
    const frozen = stack.faults.has('backend-frozen');
    if (!frozen) thaw(stack);
    writeIfChanged(stack.files.backend_env, backendEnv(stack), 0o600);
    if (stack.faults.has('backend-stopped')) {
        thaw(stack);
        if (daemon(stack) && fingerprint(stack, 'backend') !== stopped) {
            setFingerprint(stack, 'backend', unsure(stopped));
            await pm2(stack, ['stop', app]);
        }
        setFingerprint(stack, 'backend', stopped);
        await until('the backend has ended', () => workers(stack).length === 0);
        return;
    }
    if (!isFresh(stack)) {
        thaw(stack);
        await startWorkers(stack);
        if (stack.faults.has('backend-crash-loop')) await crashed(stack);
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
