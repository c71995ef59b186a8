// Starts and ends the processes of a stack. Each has a pid file in DIR/run, and a pid is signalled only
// while it still belongs to a process of this stack: its command line names a path below DIR, or its
// environment holds our mark. Beside the pid file lies the fingerprint of what was started, so that `up`
// restarts only what has changed.
import { spawn } from 'node:child_process';
import {
    existsSync,
    openSync,
    closeSync,
    readdirSync,
    readFileSync,
    readlinkSync,
    rmSync,
    writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { Failure, interruption, isUninterruptible, until } from './failure.mjs';

const mark = 'GATEWATCH_STACK';

// The environment for a child: ours, marked, and what the caller adds.
export function environment(stack, added = {}) {
    return { ...process.env, [mark]: stack.dir, ...added };
}

// A file of /proc, empty if the process is gone or another user's.
function proc(pid, name) {
    try {
        return readFileSync(`/proc/${pid}/${name}`, 'utf8');
    } catch {
        return '';
    }
}

export const title = (pid) => proc(pid, 'cmdline').replaceAll('\0', ' ').trim();

// The fields of /proc/PID/stat after the name, which may hold spaces itself.
function stat(pid) {
    const [state = '', parent, ...rest] = proc(pid, 'stat')
        .replace(/^.*\) /s, '')
        .split(' ');
    return { state, parent: Number(parent), startTime: rest[17], alive: !['', 'Z', 'X'].includes(state) };
}

export const processState = (pid) => stat(pid).state;

// Whether the pid is alive (a zombie is not) and a process of this stack.
export function isOurs(stack, pid) {
    if (!pid || !stat(pid).alive) return false;
    return title(pid).includes(`${stack.dir}/`) || isMarked(stack, pid);
}

// Our mark in the environment or, where a title has overwritten that (nginx), our log as standard error.
function isMarked(stack, pid) {
    if (proc(pid, 'environ').split('\0').includes(`${mark}=${stack.dir}`)) return true;
    try {
        return readlinkSync(`/proc/${pid}/fd/2`).startsWith(path.join(stack.dir, 'logs/'));
    } catch {
        return false;
    }
}

const allPids = () =>
    readdirSync('/proc')
        .filter((name) => /^\d+$/.test(name))
        .map(Number);

export const childrenOf = (parent) => allPids().filter((pid) => stat(pid).parent === parent);

// The pid in a pid file, if that process is ours and alive.
export function pidFrom(stack, file) {
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').trim()) : 0;
    return isOurs(stack, pid) ? pid : undefined;
}

const pidFile = (stack, name) => stack.path('run', `${name}.pid`);
const fingerprintFile = (stack, name) => stack.path('run', `${name}.started`);

export const running = (stack, name) => pidFrom(stack, pidFile(stack, name));

export function fingerprint(stack, name) {
    const file = fingerprintFile(stack, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

export function setFingerprint(stack, name, text) {
    writeFileSync(fingerprintFile(stack, name), text, { mode: 0o600 });
}

// A child whose output goes into the log; `how` is that of spawn().
function spawnLogged(stack, command, args, { env, log, ...how }) {
    const output = openSync(log, 'a');
    try {
        return spawn(command, args, { ...how, stdio: ['ignore', output, output], env: environment(stack, env) });
    } finally {
        closeSync(output);
    }
}

// Between fork() and setsid() a child belongs to the terminal's group still. A Ctrl-C that falls into this moment
// ends it before its exec(), so that nothing of it has been done: what must not be interrupted is then started again.
const wasCutShort = (signal) => isUninterruptible() && ['SIGINT', 'SIGTERM', 'SIGHUP'].includes(signal);

// Starts a process in a session of its own and returns its pid once ready() gives something true.
// `fingerprint`: where a process with the same one runs already, nothing is started.
export async function start(
    stack,
    name,
    command,
    args,
    { ready, fingerprint: wanted = '', env, seconds } = {},
) {
    const current = running(stack, name);
    if (current && fingerprint(stack, name) === wanted) return current;
    if (current) await stop(stack, name);
    const log = stack.log(name);
    let child, ended;
    let isSettled = false;
    const launch = () => {
        child = spawnLogged(stack, command, args, { env, log, detached: true, cwd: stack.dir });
        child.on('error', (error) => (ended = `${command} cannot be started: ${error.message}`));
        child.on('exit', (code, signal) => {
            if (!isSettled && wasCutShort(signal)) launch();
            else ended ??= `${name} ended at once, with ${signal ?? `status ${code}`}`;
        });
        if (!child.pid) return;
        writeFileSync(pidFile(stack, name), `${child.pid}\n`);
        setFingerprint(stack, name, wanted);
        child.unref();
    };
    launch();
    const up = async () => {
        if (ended) throw new Failure(ended, log);
        return ready();
    };
    try {
        await until(`${name} is ready`, up, { seconds, log });
    } finally {
        isSettled = true;
    }
    return child.pid;
}

// Ends the process and waits until it is gone; SIGKILL after the patience runs out.
export async function endProcess(stack, pid, { signal = 'SIGTERM', seconds = 10 } = {}) {
    if (!isOurs(stack, pid)) return;
    const { startTime } = stat(pid);
    const gone = () => !stat(pid).alive || stat(pid).startTime !== startTime;
    send(pid, signal);
    send(pid, 'SIGCONT');
    try {
        await until(`process ${pid} has ended`, gone, { seconds });
    } catch {
        if (!gone()) send(pid, 'SIGKILL');
        await until(`process ${pid} has ended`, gone, { seconds: 5 });
    }
}

export async function stop(stack, name, how) {
    const pid = running(stack, name);
    if (pid) await endProcess(stack, pid, how);
    rmSync(pidFile(stack, name), { force: true });
    rmSync(fingerprintFile(stack, name), { force: true });
}

// Ends what no pid file names: a daemon that was being born when its starter was interrupted, the worker of
// a master that was killed. `which` chooses among the processes of the stack by their titles.
export async function stopUnnamed(stack, which = () => true) {
    const ours = allPids().filter((pid) => pid !== process.pid && isMarked(stack, pid) && which(title(pid)));
    for (const pid of ours) await endProcess(stack, pid);
}

// Sends a signal; a process that is gone already is no error.
export function send(pid, signal) {
    try {
        process.kill(pid, signal);
    } catch (error) {
        if (error.code !== 'ESRCH') throw error;
    }
}

// Resolves with how the command ended: { code, signal }.
function ending(stack, command, args, { env, cwd, log }) {
    return new Promise((resolve, reject) => {
        const child = spawnLogged(stack, command, args, { env, log, detached: isUninterruptible(), cwd });
        child.on('error', (error) =>
            reject(new Failure(`${command} cannot be started: ${error.message}`, log)),
        );
        child.on('exit', (code, signal) => resolve({ code, signal }));
    });
}

// Runs a command to its end, its output into the log; a Failure names the step unless it ends with 0. A Ctrl-C goes
// to every process of the terminal's group: what must not be interrupted is kept out of it.
export async function run(stack, step, command, args, { env, cwd, log = stack.log(step) } = {}) {
    let code, signal;
    do ({ code, signal } = await ending(stack, command, args, { env, cwd, log }));
    while (wasCutShort(signal));
    if (code !== 0)
        throw interruption() ?? new Failure(`${command} ended with ${signal ?? `status ${code}`}`, log);
}
