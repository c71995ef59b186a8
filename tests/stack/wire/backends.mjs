// What a backend says that is another one than the client expects, or that was configured otherwise.
import assert from 'node:assert/strict';
import { P, W, broken } from './broken.mjs';
import {
    Channel,
    connect,
    connectPacket,
    local,
    openPolling,
    poll,
    polling,
    publicUrl,
    rawUpgrade,
    request,
    state,
    token,
    websocket,
} from './client.mjs';

const acao = 'access-control-allow-origin';
const fromFrontend = { headers: { Origin: publicUrl } };
const both = ['polling', 'websocket'];

broken(
    'backend-other-path',
    'Nest names the path, and an upgrade ends after a second, publicly in a 502',
    async () => {
        for (const url of [publicUrl, local]) {
            const reply = await request(`${url}${polling}`);
            assert.equal(reply.status, 404);
            assert.equal(JSON.parse(reply.body).message, `Cannot GET ${polling}`);
        }
        const [proxied, direct] = await Promise.all([
            rawUpgrade(W, /<\/html>/),
            rawUpgrade(`${local}${websocket}`),
        ]);
        assert.equal(proxied.status, 502);
        assert.deepEqual([direct.closed, direct.text], [true, '']);
        for (const { seconds } of [proxied, direct]) assert.ok(seconds > 0.9 && seconds < 3, `${seconds} s`);
    },
);

broken(
    'backend-eio3',
    'a version 2 server answers EIO=4 with its own packets, and EIO=3 rightly',
    async () => {
        assert.match((await request(P)).body, /^\d+:0\{"sid":"[\w-]{20}".*\}2:40$/);
        const channel = new Channel(W);
        assert.match(await channel.next(), /^0\{/);
        assert.equal(await channel.next(), '40');
        await channel.close();
        const older = new Channel(W.replace('EIO=4', 'EIO=3'));
        assert.match(await older.next(), /^0\{/);
        assert.equal(await older.next(), '40');
        older.send('40/im,');
        assert.equal(await older.next(), '40/im,');
        assert.match(await older.next(), /^42\/im,\["connected"/);
        await older.close();
    },
);

broken('backend-not-socketio', '426 to polling, and a WebSocket that opens and says nothing', async () => {
    assert.equal((await request(P)).status, 426);
    const channel = new Channel(W);
    assert.ok(await channel.opened);
    channel.send('echo');
    assert.equal(await channel.next(), 'echo');
    await channel.close();
});

broken('backend-other-namespace', 'the CONNECT is answered with Invalid namespace', async () => {
    const { channel, answer } = await connect(publicUrl, connectPacket(token()));
    assert.equal(answer, '44/im,{"message":"Invalid namespace"}');
    await channel.close();
});

broken('backend-denies-origin', 'code 4 to the frontend, and a session without an Origin', async () => {
    const denied = await request(P, fromFrontend);
    assert.equal(denied.status, 403);
    assert.deepEqual(JSON.parse(denied.body), { code: 4, message: 'Forbidden' });
    const upgrade = await rawUpgrade(W, /Forbidden/, [`Origin: ${publicUrl}`]);
    assert.deepEqual([upgrade.status, upgrade.body], [400, 'Forbidden']);
    assert.match((await request(P)).body, /^0\{/);
});

broken('backend-connect-unanswered', 'a session opens, and its CONNECT meets silence', async () => {
    const session = `${local}${await openPolling(local)}`;
    assert.equal((await request(session, { method: 'POST', body: connectPacket(token()) })).body, 'ok');
    const channel = new Channel(W);
    await channel.next();
    channel.send(connectPacket(token()));
    assert.equal((await request(`${publicUrl}/api/health`)).status, 200);
    assert.deepEqual(channel.messages, []);
    await channel.close();
});

broken('backend-polling-only', 'no upgrade is offered, and a WebSocket gets code 0', async () => {
    const session = `${publicUrl}${await openPolling(publicUrl)}`;
    await request(session, { method: 'POST', body: connectPacket(token()) });
    await poll(session, /^42\/im,\["connected"/);
    const { upgrades } = JSON.parse((await request(P)).body.slice(1));
    assert.deepEqual(upgrades, []);
    const upgrade = await rawUpgrade(W, /unknown/);
    assert.equal(upgrade.status, 400);
    assert.match(upgrade.body, /Transport unknown/);
});

for (const [fault, origin] of [
    ['backend-cors-other', 'http://localhost:5173'],
    ['backend-cors-wildcard', '*'],
    ['env-no-frontend-url', undefined],
]) {
    broken(
        fault,
        `the session opens with the CORS origin ${origin}`,
        async () => {
            const reply = await request(P, fromFrontend);
            assert.equal(reply.status, 200);
            assert.equal(reply.headers[acao], origin);
        },
        both,
    );
}

broken('backend-no-guard', 'every token connects, and none at all', async () => {
    for (const value of [token('expired_token'), token('revoked_token'), token('unknown_token'), undefined]) {
        const { channel } = await connect(publicUrl, connectPacket(value));
        assert.match(await channel.next(), /^42\/im,\["connected"/);
        await channel.close();
    }
});

broken(
    'backend-other-time-zone',
    'a token that is valid in the table has expired in the log',
    async (log) => {
        const { channel } = await connect(publicUrl, connectPacket(token()));
        assert.match(await channel.next(), /^42\/im,\["error"/);
        await log.waitFor('Token 已过期');
        await channel.close();
    },
);

broken('nginx-not-sticky', 'sessions are lost over nginx and kept directly; WebSocket works', async () => {
    const lost = async (url) => {
        let count = 0;
        for (let attempt = 0; attempt < 6; ++attempt) {
            const session = `${url}${await openPolling(url)}`;
            const posted = await request(session, { method: 'POST', body: connectPacket(token()) });
            if (posted.status === 400) count += JSON.parse(posted.body).code === 1 ? 1 : 0;
        }
        return count;
    };
    assert.ok((await lost(publicUrl)) > 0);
    assert.equal(await lost(local), 0);
    const { channel } = await connect(publicUrl, connectPacket(token()));
    await channel.close();
});

for (const fault of ['nginx-connection-fixed', 'nginx-upstream-localhost'])
    broken(fault, 'polling and WebSocket work all the same', async () => {}, both);

broken('instances-ip-hash', 'a session stays with its instance', async () => {
    for (let attempt = 0; attempt < 6; ++attempt) {
        const session = `${publicUrl}${await openPolling(publicUrl)}`;
        const posted = await request(session, { method: 'POST', body: connectPacket(token()) });
        assert.equal(posted.status, 200);
        await poll(session, /^42\/im,\["connected"/);
    }
});

for (const [fault, baked] of [
    ['frontend-localhost-url', 'http://localhost:7002'],
    ['frontend-csp', state.urls.users],
])
    broken(
        fault,
        'the gateway works, and the page does not reach it',
        async () => {
            const page = await request(`${publicUrl}/`);
            const [, script] = /<script type="module" crossorigin src="(.*?)">/.exec(page.body);
            const { body } = await request(`${publicUrl}${script}`);
            assert.ok(body.includes(`const WS_URL = ${JSON.stringify(baked)};`));
            const policy = page.headers['content-security-policy'] ?? '';
            assert.equal(policy.includes("connect-src 'none'"), fault === 'frontend-csp');
        },
        both,
    );
