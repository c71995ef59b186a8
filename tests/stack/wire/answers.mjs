// Who answered: the signs by which nginx, engine.io, Nest and the frontend are told apart, and CORS.
import assert from 'node:assert/strict';
import test from 'node:test';
import { readFileSync } from 'node:fs';
import https from 'node:https';
import {
    connect,
    connectPacket,
    engine,
    local,
    nginxPage,
    polling,
    publicUrl,
    rawUpgrade,
    request,
    state,
    token,
    websocket,
} from './client.mjs';

const codes = [
    ['an unknown transport', 0, `${engine}&transport=carrier-pigeon`, {}],
    ['an unknown session', 1, `${polling}&sid=AAAAAAAAAAAAAAAAAAAA`, {}],
    ['a handshake by POST', 2, polling, { method: 'POST' }],
    ['a plain GET for the WebSocket transport', 3, websocket, {}],
    ['protocol version 3', 5, polling.replace('EIO=4', 'EIO=3'), {}],
];
for (const [what, code, path, options] of codes) {
    test(`engine.io answers ${what} with JSON code ${code}`, async () => {
        const reply = await request(`${publicUrl}${path}`, options);
        assert.equal(reply.status, 400);
        assert.match(reply.type, /^application\/json/);
        assert.equal(JSON.parse(reply.body).code, code);
    });
}

for (const [words, path] of [
    ['Session ID unknown', `${websocket}&sid=AAAAAAAAAAAAAAAAAAAA`],
    ['Transport unknown', `${engine}&transport=carrier-pigeon`],
]) {
    test(`engine.io refuses an upgrade in bare words: ${words}`, async () => {
        const reply = await rawUpgrade(`${publicUrl}${path}`, new RegExp(words));
        assert.equal(reply.status, 400);
        assert.match(reply.head, /Content-Type: text\/html/i);
        assert.equal(reply.body, words);
    });
}

test('an upgrade with protocol version 3 is accepted, and the refusal comes inside the stream', async () => {
    const reply = await rawUpgrade(`${publicUrl}${websocket.replace('EIO=4', 'EIO=3')}`);
    assert.equal(reply.status, 101);
    assert.match(reply.body, /^HTTP\/1\.1 400 /);
});

test('Nest answers an unknown path with JSON that names it', async () => {
    const reply = await request(`${publicUrl}/api/nope`);
    assert.equal(reply.status, 404);
    assert.equal(reply.headers['x-powered-by'], 'Express');
    assert.deepEqual(JSON.parse(reply.body), {
        message: 'Cannot GET /nope',
        error: 'Not Found',
        statusCode: 404,
    });
});

test('the path without its slash is not Socket.IO: nginx redirects it, Nest does not know it', async () => {
    const slashless = polling.replace('/?', '?');
    const reply = await request(`${publicUrl}${slashless}`);
    assert.deepEqual([reply.status, reply.headers.location], [301, `${publicUrl}${polling}`]);
    assert.match(reply.body, nginxPage);
    const direct = await request(`${local}${slashless}`);
    assert.equal(direct.status, 404);
    assert.equal(JSON.parse(direct.body).message, `Cannot GET ${slashless}`);
});

test('an upgrade to the namespace as a path is closed after a second without a byte', async () => {
    const reply = await rawUpgrade(`${local}/im`);
    assert.ok(reply.closed);
    assert.equal(reply.text, '');
    assert.ok(reply.seconds > 0.9 && reply.seconds < 3, `${reply.seconds} s`);
});

test('every proxied reply says Server: nginx, and only the backend varies by origin', async () => {
    const proxied = await request(`${publicUrl}${polling}`);
    const page = await request(`${publicUrl}/`);
    assert.match(proxied.headers.server, /^nginx/);
    assert.match(page.headers.server, /^nginx/);
    assert.equal(proxied.headers.vary, 'Origin');
    assert.equal(proxied.headers['access-control-allow-origin'], publicUrl);
    assert.equal(page.headers['access-control-allow-origin'], undefined);
});

test('a fixed CORS origin is sent to every origin, good or bad, with status 200', async () => {
    for (const origin of [publicUrl, 'http://evil.example']) {
        const reply = await request(`${publicUrl}${polling}`, { headers: { Origin: origin } });
        assert.equal(reply.status, 200);
        assert.equal(reply.headers['access-control-allow-origin'], publicUrl);
        assert.equal(reply.headers['access-control-allow-credentials'], 'true');
    }
});

test('a WebSocket upgrade is not checked for its origin', async () => {
    const { channel } = await connect(publicUrl, connectPacket(token()), { origin: 'http://evil.example' });
    assert.match(await channel.next(), /^42\/im,\["connected"/);
    await channel.close();
});

test('an unknown page is the frontend, and the API is the backend', async () => {
    const page = await request(`${publicUrl}/`);
    assert.deepEqual([(await request(`${publicUrl}/debug`)).body, page.type], [page.body, 'text/html']);
    assert.equal(JSON.parse((await request(`${publicUrl}/api/health`)).body).status, 'ok');
});

test('a login gives a token that connects', async () => {
    const password = readFileSync(state.files.login_password, 'utf8').trim();
    const login = (body) =>
        request(`${publicUrl}/api/auth/login`, {
            method: 'POST',
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify(body),
        });
    assert.equal((await login({ username: 'probe', password: 'wrong' })).status, 401);
    const { token: fresh } = JSON.parse((await login({ username: 'probe', password })).body);
    const { channel } = await connect(publicUrl, connectPacket(fresh));
    assert.match(await channel.next(), /^42\/im,\["connected",\{"userId":1,/);
    await channel.close();
});

test('the certificate is trusted with the CA of the stack and not without', async () => {
    const get = (options) =>
        new Promise((resolve, reject) => {
            https
                .get(`${state.urls.public_tls}${polling}`, { agent: false, ...options }, (response) => {
                    response.resume().on('end', () => resolve(response.statusCode));
                })
                .on('error', reject);
        });
    assert.equal(await get({ ca: readFileSync(state.files.ca) }), 200);
    await assert.rejects(get({}), { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
});

test('plain HTTP to the TLS port is answered by nginx with its page', async () => {
    const reply = await request(`${state.urls.public_tls.replace('https', 'http')}/`);
    assert.equal(reply.status, 400);
    assert.match(reply.body, /plain HTTP request was sent to HTTPS port/);
});
