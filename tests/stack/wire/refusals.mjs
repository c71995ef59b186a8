// What nginx refuses, redirects, caches or answers in the backend's place, and that its own pages carry no CORS
// header.
import assert from 'node:assert/strict';
import https from 'node:https';
import net from 'node:net';
import { readFileSync } from 'node:fs';
import { P, W, broken, connects } from './broken.mjs';
import {
    connectPacket,
    local,
    nginxPage,
    openPolling,
    polling,
    publicUrl,
    rawUpgrade,
    request,
    sidIn,
    state,
    token,
} from './client.mjs';

const page = /<\/html>/;
const acao = 'access-control-allow-origin';
const tls = state.urls.public_tls;

for (const [fault, status, words] of [
    ['nginx-denied', 403, /403 Forbidden/],
    ['nginx-redirect', 301, /301 Moved Permanently/],
    ['nginx-rate-limited', 503, /503 Service Temporarily Unavailable/],
    ['nginx-plain-on-tls', 400, /plain HTTP request was sent to HTTPS port/],
]) {
    broken(
        fault,
        `polling and upgrade get ${status} and nginx's page`,
        async () => {
            for (const reply of [await request(P), await rawUpgrade(W, page)]) {
                assert.equal(reply.status, status);
                assert.match(reply.body, words);
                assert.match(reply.body, nginxPage);
            }
            const { headers } = await request(P);
            assert.equal(headers[acao], undefined);
            assert.equal(headers.location, fault === 'nginx-redirect' ? `${tls}${polling}` : undefined);
        },
        [],
    );
}

broken('nginx-plain-on-tls', 'a TLS handshake meets plain HTTP', async () => {
    const get = new Promise((resolve, reject) =>
        https.get(tls, { agent: false }, resolve).on('error', reject),
    );
    await assert.rejects(get, { code: 'EPROTO' });
});

broken(
    'nginx-other-vhost',
    'every path is the welcome page of another server block',
    async () => {
        for (const path of ['/', polling, '/api/health']) {
            const reply = await request(`${publicUrl}${path}`);
            assert.equal(reply.status, 200);
            assert.match(reply.body, /Welcome to nginx!/);
        }
        assert.equal((await rawUpgrade(W, page)).status, 200);
        const headers = { Host: 'www.im.example.com' };
        assert.match((await request(P, { headers })).body, /^0\{/);
    },
    [],
);

broken('nginx-post-blocked', 'a GET opens a session, its POST gets 403, and a WebSocket works', async () => {
    const session = `${publicUrl}${await openPolling(publicUrl)}`;
    const posted = await request(session, { method: 'POST', body: connectPacket(token()) });
    assert.equal(posted.status, 403);
    assert.match(posted.body, nginxPage);
    await connects(publicUrl);
});

broken('nginx-cached', 'two handshakes get the same sid, and WebSocket works', async () => {
    const [first, second] = [await request(P), await request(P)];
    assert.equal(sidIn(second.body), sidIn(first.body));
    assert.equal(second.headers['x-cache'], 'HIT');
    await connects(publicUrl);
});

broken('nginx-small-headers', 'a request with many headers gets 400, one with few works', async () => {
    const headers = { Authorization: `Bearer ${token()}` };
    for (const reply of [await request(P, { headers }), await rawUpgrade(W, page)]) {
        assert.equal(reply.status, 400);
        assert.match(reply.body, /Request Header Or Cookie Too Large/);
    }
    assert.equal((await request(`${publicUrl}/`)).status, 200);
});

broken(
    'nginx-cors-duplicate',
    'the header comes twice',
    async () => {
        const { headersDistinct } = await request(P, { headers: { Origin: publicUrl } });
        assert.deepEqual(headersDistinct[acao], [publicUrl, publicUrl]);
    },
    ['polling', 'websocket'],
);

broken('nginx-drops-syn', 'a connection is neither taken nor refused', async () => {
    const { hostname, port } = new URL(publicUrl);
    const socket = net.connect(port, hostname);
    const end = await new Promise((resolve) => {
        socket.on('connect', () => resolve('connect')).on('error', resolve);
        socket.setTimeout(500, () => resolve('silence'));
    });
    socket.destroy();
    assert.equal(end, 'silence');
    await connects(local);
});

// Whoever takes nginx's last connection is told 500, since none is left for the way to the backend.
broken('nginx-connections-full', 'some connections are reset, and some are served', async () => {
    const ends = new Set();
    const both = () => ends.has(200) && ends.has('ECONNRESET');
    for (let attempt = 0; attempt < 100 && !both(); ++attempt) {
        ends.add(
            await request(P).then(
                ({ status }) => status,
                ({ code }) => code,
            ),
        );
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    ends.delete(500);
    assert.deepEqual(ends, new Set([200, 'ECONNRESET']));
});

broken(
    ['token-missing', 'nginx-drops-authorization'],
    'a token in the header arrives over the local route only',
    async (log) => {
        const headers = { Authorization: `Bearer ${token()}` };
        for (const [url, presence] of [
            [publicUrl, '不存在'],
            [local, '存在'],
        ]) {
            const session = `${url}${await openPolling(url, { headers })}`;
            await request(session, { method: 'POST', body: connectPacket() });
            await log.waitFor(`Token from header: ${presence}`);
        }
    },
);

for (const [fault, code] of [
    ['tls-expired', 'CERT_HAS_EXPIRED'],
    ['tls-self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['tls-other-name', 'ERR_TLS_CERT_ALTNAME_INVALID'],
]) {
    broken(fault, `the certificate is refused with ${code}`, async () => {
        const options = { agent: false, ca: readFileSync(state.files.ca) };
        const get = new Promise((resolve, reject) => https.get(tls, options, resolve).on('error', reject));
        await assert.rejects(get, { code });
    });
}
