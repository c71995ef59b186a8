// An agent of the test's own, with a configuration of its own, beside the deployment's.
import { spawn } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { get, stackState, until } from './agent.mjs';

const state = stackState();
const running = new Set();
export const binary = process.env.GATEWATCH;
export const scratch = mkdtempSync(path.join(os.tmpdir(), 'gatewatch-agent-'));
/// To be called at the end of whatever started agents.
export function endAll() {
    for (const agent of running) agent.child.kill('SIGKILL');
    rmSync(scratch, { recursive: true, force: true });
}

export function freePort() {
    return new Promise((resolve, reject) => {
        const server = net
            .createServer()
            .once('error', reject)
            .listen(0, '127.0.0.1', () => {
                const { port } = server.address();
                server.close(() => resolve(port));
            });
    });
}

let counter = 0;

/// A gateway section with both routes, for the browsers that the backend allows.
export function gateway({
    name = 'im',
    publicUrl = state.urls.public,
    localUrl = state.urls.local,
    interval = '500ms',
    timeout = '2s',
    extra = '',
} = {}) {
    return (
        `[[gateway]]\nname = "${name}"\ninterval = "${interval}"\ntimeout = "${timeout}"\n` +
        `origin = "${state.urls.users}"\n` +
        `[gateway.token]\nfile = "${state.files.token}"\n` +
        `[[gateway.route]]\nname = "public"\nurl = "${publicUrl}"\n[[gateway.route]]\nname = "local"\nurl = "${localUrl}"\n${extra}`
    );
}

export function mysql(address) {
    return (
        `[gateway.mysql]\naddress = "${address}"\nuser = "${state.mysql.monitor.user}"\n` +
        `password_file = "${state.files.mysql_password}"\ninterval = "1s"\n`
    );
}

/// Starts an agent with these gateways and waits until it serves. Its `configure(gateways)` puts others into its file.
export async function start(gateways) {
    const port = await freePort();
    const number = ++counter;
    const file = path.join(scratch, `${number}.toml`);
    const own = `[agent]\nlisten = "127.0.0.1:${port}"\nstate_directory = "${path.join(scratch, `state-${number}`)}"\n`;
    const configure = (text) => {
        writeFileSync(`${file}.new`, own + text);
        renameSync(`${file}.new`, file);
    };
    configure(gateways);
    return Object.assign(await startWith(file, port), { file, configure });
}

/// The same with a whole configuration, whose address and state directory become this agent's own.
export async function startConfigured(text, env = {}) {
    const port = await freePort();
    const file = path.join(scratch, `${++counter}.toml`);
    const own = text
        .replace(/^listen = .*$/m, `listen = "127.0.0.1:${port}"`)
        .replace(/^state_directory = .*$/m, `state_directory = "${path.join(scratch, `state-${counter}`)}"`);
    writeFileSync(file, own);
    return startWith(file, port, env);
}

async function startWith(file, port, env = {}) {
    const child = spawn(binary, ['run', '--config', file], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, ...env },
    });
    const agent = { child, url: `http://127.0.0.1:${port}`, log: '' };
    running.add(agent);
    child.stdout.on('data', (data) => {
        agent.log += data;
    });
    child.stderr.on('data', (data) => {
        agent.log += data;
    });
    agent.exited = new Promise((resolve) => {
        child.on('exit', (code, signal) => {
            running.delete(agent);
            resolve({ code, signal, at: process.hrtime.bigint() });
        });
    });
    await until(
        'the agent serves',
        () =>
            get(`${agent.url}/-/healthy`).then(
                (reply) => reply.status === 200,
                () => false,
            ),
        { describe: async () => agent.log },
    );
    return agent;
}

/// Has it read its file again, and gives its answer.
export async function reload(agent) {
    const response = await fetch(`${agent.url}/-/reload`, {
        method: 'POST',
        headers: { connection: 'close', 'x-gatewatch': 'reload' },
    });
    return { status: response.status, text: await response.text() };
}

/// Ends it as systemd would, and says how it went.
export async function stop(agent) {
    const asked = process.hrtime.bigint();
    agent.child.kill('SIGTERM');
    const { code, signal, at } = await agent.exited;
    return { code, signal, seconds: Number(at - asked) / 1e9 };
}

/// A server that accepts and says nothing, or says `hello` and then nothing.
export async function mutePeer(hello = '') {
    const sockets = new Set();
    const server = net.createServer((socket) => {
        sockets.add(socket);
        socket
            .on('error', () => {})
            .on('close', () => sockets.delete(socket))
            .resume();
        if (hello) socket.write(hello);
    });
    await new Promise((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
    });
    return {
        url: `http://127.0.0.1:${server.address().port}`,
        sockets,
        close: () => {
            for (const socket of sockets) socket.destroy();
            server.close();
        },
    };
}
