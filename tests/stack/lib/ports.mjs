// Chooses ports so that several stacks, also ones that start at this moment, and whatever else runs here,
// do not meet. A port is claimed by a file in a directory shared by the user's stacks, for as long as the
// stack is up: a stack whose nginx is stopped by a fault keeps its port.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { Failure } from './failure.mjs';
import { readState } from './layout.mjs';

const preferred = {
    backend: 7002,
    backend_second: 7052,
    nginx: 8080,
    nginx_tls: 8443,
    mysql: 13306,
    agent: 9464,
    prometheus: 9090,
    alertmanager: 9093,
    pager: 9500,
};
const attempts = 200;

function claims() {
    const dir = path.join(os.tmpdir(), `gatewatch-ports-${process.getuid()}`);
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    return dir;
}

export function isFree(port) {
    return new Promise((resolve) => {
        const server = net.createServer();
        server.once('error', () => resolve(false));
        server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
    });
}

function readClaim(port) {
    try {
        return JSON.parse(readFileSync(path.join(claims(), String(port)), 'utf8'));
    } catch {
        return undefined;
    }
}

// A claim holds while its stack is up or the process that brings it up lives.
function isHeld(claim) {
    if (!claim) return false;
    try {
        if (readState(claim.dir)?.up) return true;
        process.kill(claim.pid, 0);
        return true;
    } catch {
        return false;
    }
}

function claim(port, dir) {
    const file = path.join(claims(), String(port));
    const existing = readClaim(port);
    if (existing && existing.dir !== dir && isHeld(existing)) return false;
    if (existing) rmSync(file, { force: true });
    try {
        writeFileSync(file, JSON.stringify({ dir, pid: process.pid }), { flag: 'wx' });
        return true;
    } catch {
        return false;
    }
}

async function choose(name, first, dir, own) {
    for (let port = first; port < first + attempts; ++port) {
        if (own.includes(port)) continue;
        const other = readClaim(port);
        if (other && other.dir !== dir && isHeld(other)) continue;
        if ((await isFree(port)) && claim(port, dir)) return port;
    }
    throw new Failure(`no free port for ${name} between ${first} and ${first + attempts - 1} on 127.0.0.1`);
}

// Gives every component a port; those for which inUse(name) is true keep theirs.
export async function choosePorts(stack, inUse) {
    for (const [name, first] of Object.entries(preferred)) {
        const before = stack.ports[name];
        if (before && (inUse(name) || ((await isFree(before)) && claim(before, stack.dir))))
            claim(before, stack.dir);
        else stack.ports[name] = await choose(name, first, stack.dir, Object.values(stack.ports));
    }
}

export function releasePorts(stack) {
    for (const name of readdirSync(claims())) {
        if (readClaim(name)?.dir === stack.dir) rmSync(path.join(claims(), name), { force: true });
    }
}
