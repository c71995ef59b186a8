// The faults that other processes make on nginx's ports: one that takes the ports and lets every SYN drop, and
// one that takes all of nginx's connections, again and again.
import net from 'node:net';
import path from 'node:path';
import process from 'node:process';
import { here } from './layout.mjs';
import { running, start, stop } from './processes.mjs';

const deaf = 'deaf-listener';
const greedy = 'connection-holder';

const script = (name, ...args) => [path.join(here, 'lib', `${name}.mjs`), ...args.map(String)];

// Whether the port lets a connection wait instead of taking or refusing it.
function dropsSyn(port) {
    return new Promise((resolve) => {
        const socket = net.connect(port, '127.0.0.1');
        const end = (result) => {
            socket.destroy();
            resolve(result);
        };
        socket.setTimeout(300, () => end(true));
        socket.on('connect', () => end(false)).on('error', () => end(false));
    });
}

// nginx must have ended before: the listener takes its ports.
export async function dropSyns(stack) {
    const ports = [stack.ports.nginx, stack.ports.nginx_tls];
    // Each try that is taken fills the queue by one.
    const ready = async () => (await Promise.all(ports.map(dropsSyn))).every(Boolean);
    await start(stack, deaf, process.execPath, script(deaf, ...ports), { ready });
}

export const answerSyns = (stack) => stop(stack, deaf);

export async function takeConnections(stack) {
    await start(stack, greedy, process.execPath, script(greedy, stack.ports.nginx), { ready: () => true });
}

export const freeConnections = (stack) => stop(stack, greedy);

export async function stopAll(stack) {
    await answerSyns(stack);
    await freeConnections(stack);
}

export const pids = (stack) => ({
    ...(running(stack, deaf) && { deaf_listener: running(stack, deaf) }),
    ...(running(stack, greedy) && { connection_holder: running(stack, greedy) }),
});
