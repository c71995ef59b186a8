// A client for the wire tests: plain requests on new connections, raw upgrades that keep every byte, and a
// WebSocket whose messages can be awaited one by one. It knows nothing of Socket.IO beyond the paths.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { promisify } from 'node:util';
import WebSocket from 'ws';
import { until } from '../lib/failure.mjs';
import { here, readState } from '../lib/layout.mjs';

export const dir = process.env.GATEWATCH_STACK_DIR;
assert.ok(dir, 'GATEWATCH_STACK_DIR names the directory of a stack that is up');
export const state = readState(dir);
assert.ok(state?.up, `no stack is up in ${dir}`);

export const { public: publicUrl, local } = state.urls;
export const engine = '/socket.io/?EIO=4';
export const polling = `${engine}&transport=polling`;
export const websocket = `${engine}&transport=websocket`;
export const token = (name = 'token') => readFileSync(state.files[name], 'utf8').trim();
export const connectPacket = (value) =>
    `40/im,${JSON.stringify(value === undefined ? {} : { token: value })}`;
export const nginxPage = /<center>nginx/;
export const ack = /^40\/im,\{"sid":"[\w-]{20}"\}$/;
export const rejection = ['42/im,["error",{"message":"无效的认证令牌"}]', '41/im,'];

// Runs `stack ARGS --dir DIR`; it returns when the change is in force.
export const control = (...args) => promisify(execFile)(path.join(here, 'stack'), [...args, '--dir', dir]);

// Runs the work while the fault, or each of several, is in force.
export async function whileBroken(faults, work) {
    const [fault, ...more] = [faults].flat();
    await control('break', fault);
    try {
        return await (more.length > 0 ? whileBroken(more, work) : work());
    } finally {
        await control('mend', fault);
    }
}

// One request, on a connection of its own unless an agent is given.
export function request(url, { method = 'GET', headers = {}, body, agent = false } = {}) {
    const started = performance.now();
    return new Promise((resolve, reject) => {
        const outgoing = http.request(url, { method, headers, agent }, (response) => {
            let text = '';
            response.setEncoding('utf8').on('data', (part) => (text += part));
            response.on('end', () =>
                resolve({
                    status: response.statusCode,
                    headers: response.headers,
                    headersDistinct: response.headersDistinct,
                    type: response.headers['content-type'],
                    body: text,
                    seconds: (performance.now() - started) / 1000,
                }),
            );
        });
        outgoing.on('error', reject);
        outgoing.end(body);
    });
}

const upgradeHeaders = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
];

// A WebSocket upgrade on a bare socket. Gives all bytes and the time until the peer closes, or until
// `enough` matches.
export function rawUpgrade(url, enough, extra = []) {
    const { hostname, port, pathname, search } = new URL(url);
    const started = performance.now();
    return new Promise((resolve, reject) => {
        const socket = net.connect(port, hostname);
        let text = '';
        const finish = (closed) => {
            socket.destroy();
            const [head, body = ''] = text.split(/\r\n\r\n([^]*)/);
            const status = Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1] ?? 0);
            resolve({ text, head, status, body, closed, seconds: (performance.now() - started) / 1000 });
        };
        socket.setEncoding('utf8').on('data', (part) => {
            text += part;
            if (enough?.test(text)) finish(false);
        });
        socket.on('end', () => finish(true)).on('error', reject);
        const lines = [
            `GET ${pathname}${search} HTTP/1.1`,
            `Host: ${hostname}:${port}`,
            ...upgradeHeaders,
            ...extra,
        ];
        socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    });
}

// A WebSocket whose text messages are taken in order by next(); next() fails once the socket has closed.
export class Channel {
    constructor(url, options) {
        this.socket = new WebSocket(url.replace(/^http/, 'ws'), options);
        this.messages = [];
        this.socket.on('message', (data) => this.messages.push(data.toString()));
        this.socket.on('error', (error) => (this.error = error));
        this.opened = new Promise((resolve) => {
            this.socket.on('open', () => resolve(true)).on('close', () => resolve(false));
        });
        this.closed = new Promise((resolve) =>
            this.socket.on('close', (code) => {
                this.ended = true;
                resolve(code);
            }),
        );
    }

    async next() {
        await until('a message arrives', () => this.messages.length > 0 || this.ended, { seconds: 30 });
        assert.ok(
            this.messages.length > 0,
            `closed before a message came: ${this.error?.message ?? 'no error'}`,
        );
        return this.messages.shift();
    }

    send(text) {
        this.socket.send(text);
    }

    close() {
        this.socket.close();
        return this.closed;
    }
}

// Opens a WebSocket session, sends the CONNECT, and gives the channel, the open packet and the namespace's
// answer.
export async function connect(url, packet, options) {
    const channel = new Channel(`${url}${websocket}`, options);
    const open = JSON.parse((await channel.next()).slice(1));
    channel.send(packet);
    return { channel, open, answer: await channel.next() };
}

export const sidIn = (packet) => JSON.parse(packet.slice(packet.indexOf('{'))).sid;

// The counter in the last four characters of a sid.
export const sequence = (sid) => Buffer.from(sid, 'base64url').readUIntBE(12, 3);

export async function openPolling(url, options) {
    const opened = await request(`${url}${polling}`, options);
    assert.equal(opened.status, 200);
    return `${polling}&sid=${sidIn(opened.body)}`;
}

// The packets of a polling session until one of them matches.
export async function poll(url, last) {
    const packets = [];
    while (!packets.some((packet) => last.test(packet))) {
        const reply = await request(url);
        assert.equal(reply.status, 200, reply.body);
        packets.push(...reply.body.split('\x1e'));
    }
    return packets;
}
