// fault_100: secrets are planted in everything that the agent reads, before a gateway that gives back whatever it
// was sent, in every place where something of it is shown. Then nothing that the agent says may hold any of them.
// Needs no reference deployment.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
    appendFileSync,
    existsSync,
    mkdirSync,
    mkdtempSync,
    readdirSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { until } from '../stack/lib/failure.mjs';

const binary = process.env.GATEWATCH;
const scratch = mkdtempSync(path.join(os.tmpdir(), 'gatewatch-secrets-'));
const secrets = new Set();
/// A secret that can be told from all others.
function plant(name) {
    const secret = `Planted+${name}/${createHash('sha256').update(name).digest('hex').slice(0, 12)}=`;
    secrets.add(secret);
    return secret;
}
function write(name, text) {
    const file = path.join(scratch, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    return file;
}

const given = new Set();
/// Everything that probes ever sent, in the spellings of text and URLs.
const loot = () => [...given].join(' ') + [...given].map(encodeURIComponent).join(' ');
const one = () => [...given].at(-1) ?? 'sid';

function take(text) {
    const found = /"token":"([^"]+)"/.exec(text)?.[1] ?? /Bearer (\S+)/.exec(text)?.[1];
    if (found) given.add(found);
}

const open = () =>
    `0${JSON.stringify({ sid: one().slice(0, 100), upgrades: ['websocket'], pingInterval: 300, pingTimeout: 200, maxPayload: 1e6 })}`;
const frame = (text, first = 0x81) => {
    const body = Buffer.from(text);
    const length = body.length < 126 ? [body.length] : [126, body.length >> 8, body.length & 255];
    return Buffer.concat([Buffer.from([first, ...length]), body]);
};
function unmask(data) {
    const short = data[1] & 127;
    const start = short === 126 ? 4 : 2;
    const mask = data.subarray(start, start + 4);
    return Buffer.from(data.subarray(start + 4).map((byte, i) => byte ^ mask[i & 3])).toString();
}

/// What it does with a session, one after the other.
const endings = [
    () => [frame(`40/im,{"sid":"${one()}"}`), frame(`42/im,["error",${JSON.stringify(loot())}]`)],
    () => [frame(`44/im,{"message":${JSON.stringify(loot())}}`)],
    () => [
        frame(`40/im,{"sid":"${one()}"}`),
        frame(`42/im,[${JSON.stringify(loot().slice(0, 100))},1]`),
        frame(`41/im,`),
    ],
    () => [
        frame(`40/im,{"sid":"${one()}"}`),
        frame(`42/im,["connected",${JSON.stringify(loot())}]`),
        frame(`2${one()}`),
    ],
    () => [frame(`\u0003\u00ef${one().slice(0, 100)}`, 0x88)],
    () => [frame(loot())],
];
let count = 0;
function on_upgrade(request, socket) {
    take(request.headers.authorization ?? '');
    socket.on('error', () => {});
    if (++count % 4 === 0) {
        socket.end(
            `HTTP/1.1 400 Bad\r\nContent-Type: text/html; x=${one()}\r\nLocation: /?t=${one()}\r\nConnection: close\r\n\r\n<p>${loot()}`,
        );
        return;
    }
    const key = createHash('sha1')
        .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
        .digest('base64');
    socket.write(
        `HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
    );
    socket.write(frame(open()));
    socket.once('data', (data) => {
        take(unmask(data));
        for (const packet of endings[++count % endings.length]()) socket.write(packet);
    });
}

const bodies = new Map();
function on_request(request, response) {
    take(request.headers.authorization ?? '');
    if (!request.url.startsWith('/socket.io/')) {
        response.setHeader('Content-Type', 'text/html');
        return response.end(`<script>const WS_URL="http://im:${one()}@localhost:7002"</script>${loot()}`);
    }
    request.setEncoding('utf8').on('data', take);
    request.on('end', () => {
        response.setHeader('Access-Control-Allow-Origin', one());
        response.setHeader('Set-Cookie', `session=${one()}`);
        response.setHeader('Content-Type', 'text/plain');
        const sid = /[&?]sid=([^&]+)/.exec(request.url)?.[1];
        if (++count % 5 === 0) {
            response.writeHead(302, { Location: `http://127.0.0.1/?t=${one()}` });
            return response.end(loot());
        }
        if (request.method === 'POST') return response.end(count % 3 === 0 ? loot() : 'ok');
        if (!sid) return response.end(open());
        const times = (bodies.get(sid) ?? 0) + 1;
        bodies.set(sid, times);
        response.end(`40/im,{"sid":"${one()}"}\x1e42/im,["error",${JSON.stringify(loot())}]`);
    });
}

const server = http.createServer(on_request).on('upgrade', on_upgrade);
let agent;
let url;
let config;
let log = '';

function configure(port, agentPort) {
    const home = path.join(scratch, 'pm2');
    const own = write('own', `${plant('own')}\n`);
    const expired = write('expired', plant('expired'));
    const revoked = write('revoked', plant('revoked'));
    const password = write('mysql', plant('mysql'));
    write('pm2/logs/nest-backend-out.log', '');
    write('pm2/logs/nest-backend-error.log', '');
    write('pm2/pids/nest-backend-0.pid', '1');
    write('pm2/pm2.log', '');
    const nginx = write(
        'nginx.conf',
        `http { server { listen ${port}; server_name 127.0.0.1;\n location /socket.io/ {\n  proxy_pass http://127.0.0.1:${port};\n` +
            `  proxy_set_header Authorization "Basic ${plant('basic')}";\n  proxy_set_header X-Api-Key ${plant('key')};\n` +
            `  set $internal_token "${plant('variable')}";\n  # proxy_set_header X-Token ${plant('comment')};\n }\n } }\n`,
    );
    const backend = write(
        'backend.env',
        `NODE_ENV=development\nFRONTEND_URL=http://im:${plant('origin').replaceAll('/', '%2F')}@else.example\n` +
            `DB_PASSWORD=${plant('database')}\nJWT="${plant('line1')}\n${plant('line2')}\n"\n`,
    );
    const frontend = write(
        'frontend.env',
        `VITE_WS_URL=http://im:x${plant('vite').replaceAll('/', '%2F')}@else.example\n`,
    );
    return write(
        'gatewatch.toml',
        `[agent]\nlisten = "127.0.0.1:${agentPort}"\nstate_directory = "${scratch}/state"\nlog_level = "debug"\n` +
            `[[gateway]]\nname = "im"\ninterval = "500ms"\ntimeout = "900ms"\n` +
            `[[gateway.route]]\nname = "public"\nurl = "http://127.0.0.1:${port}"\n[[gateway.route]]\nname = "local"\nurl = "http://127.0.0.1:${port}"\n` +
            `[gateway.token]\nfile = "${own}"\nexpired_file = "${expired}"\nrevoked_file = "${revoked}"\n` +
            `[gateway.probe.hold]\ninterval = "1s"\ntimeout = "900ms"\n` +
            `[gateway.mysql]\naddress = "127.0.0.1:1"\nuser = "monitor"\npassword_file = "${password}"\n` +
            `[gateway.pm2]\nhome = "${home}"\n[gateway.nginx]\nconfig = "${nginx}"\n` +
            `[gateway.frontend]\nurl = "http://127.0.0.1:${port}/"\ninterval = "1s"\n` +
            `[gateway.env_files]\nbackend = "${backend}"\nfrontend = "${frontend}"\n`,
    );
}

const freePort = () =>
    new Promise((resolve) => {
        const probe = http.createServer().listen(0, '127.0.0.1', () => {
            const { port } = probe.address();
            probe.close(() => resolve(port));
        });
    });

before(async () => {
    await new Promise((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
    });
    mkdirSync(path.join(scratch, 'state'));
    const port = await freePort();
    config = configure(server.address().port, port);
    url = `http://127.0.0.1:${port}`;
    agent = spawn(binary, ['run', '--config', config], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [agent.stdout, agent.stderr])
        stream.on('data', (data) => {
            log += data;
        });
});
after(() => {
    agent?.kill('SIGKILL');
    server.closeAllConnections();
    server.close();
    rmSync(scratch, { recursive: true, force: true });
});

/// Whether a secret, or a good part of it, stands there, in whatever spelling.
function assertNothing(what, text) {
    const plain = text.replaceAll('&#39;', "'").replaceAll('\\/', '/');
    for (const secret of secrets) {
        const core = /[0-9a-f]{12}/.exec(secret)[0];
        const at = plain.indexOf(core.slice(0, 8));
        assert.equal(at, -1, `${what} holds ${secret}: ${plain.slice(Math.max(0, at - 300), at + 100)}`);
    }
}

const get = async (place) => (await fetch(`${url}${place}`)).text();

test('fault_100_no_planted_secret_comes_out_of_the_agent', { timeout: 90_000 }, async () => {
    await until('every kind of token has been sent, and failed runs are shown', async () => {
        const page = await get('/').catch(() => '');
        return given.size >= 3 && page.includes('Failed runs (');
    });
    const out = path.join(scratch, 'pm2/logs/nest-backend-out.log');
    for (const secret of given) {
        appendFileSync(
            out,
            `客户端 ${one()} 尝试连接\n连接处理错误: bad ${secret} mysql://im:${plant('url').replaceAll('/', '')}@db/im\n`,
        );
    }
    const places = ['/', '/?lang=zh', '/api/v1/status', '/api/v1/status?lang=zh', '/metrics', '/-/ready'];
    const enough = count + 150;
    await until('each answer has been given to each probe', async () => {
        for (const place of places) assertNothing(place, await get(place));
        return count > enough;
    });
    const page = await get('/');
    assert.ok(page.length < 250_000, `the page has ${page.length} bytes`);
    assert.match(page, /\[redacted\]/);
    assertNothing('the log', log);
    for (const name of readdirSync(path.join(scratch, 'state')))
        assertNothing(name, readFileSync(path.join(scratch, 'state', name), 'utf8'));
});

test('fault_100_no_planted_secret_comes_out_of_the_commands', { timeout: 120_000 }, () => {
    const run = (...more) => {
        const { stdout, stderr } = spawnSync(binary, more, { encoding: 'utf8', timeout: 40_000 });
        assertNothing(more.join(' '), stdout + stderr);
    };
    for (const format of ['text', 'json', 'nagios']) run('check', '--config', config, '--format', format);
    run('validate', '--config', config);
    const archive = path.join(scratch, 'bundle.tar.gz');
    run('collect', '--config', config, '--output', archive);
    assert.ok(existsSync(archive));
    const { stdout } = spawnSync('tar', ['-xzOf', archive], { encoding: 'utf8' });
    assert.match(stdout, /im\/nginx.conf|proxy_pass/);
    assertNothing('the bundle', stdout);
});
