// What each fault looks like from outside, and that it is gone when it is mended. The list that ends a test
// is the column 'attempt line': the transports over which a CONNECT reaches the gateway.
import assert from 'node:assert/strict';
import test from 'node:test';
import { P, W, broken, connects, reach } from './broken.mjs';
import {
    Channel,
    connect,
    connectPacket,
    control,
    local,
    nginxPage,
    openPolling,
    polling,
    publicUrl,
    rawUpgrade,
    rejection,
    request,
    sequence,
    sidIn,
    token,
    whileBroken,
} from './client.mjs';

// A page, or the session that must not open.
const answered = /<\/html>|"sid"/;
const apiWorks = async () => assert.equal((await request(`${publicUrl}/api/health`)).status, 200);

broken(
    'nginx-no-location',
    'the frontend answers polling and upgrade with 200, and POST gets 405',
    async () => {
        const home = await request(`${publicUrl}/`);
        const [p, w] = [await request(P), await rawUpgrade(W, answered)];
        assert.deepEqual([p.status, p.type, p.body], [200, 'text/html', home.body]);
        const slashless = await request(P.replace('/?', '?'));
        assert.deepEqual([slashless.status, slashless.body], [200, home.body]);
        assert.equal(w.status, 200);
        assert.equal((await request(P, { method: 'POST' })).status, 405);
        await apiWorks();
    },
    [],
);

broken(
    'nginx-no-upgrade',
    'polling works wholly, and an upgrade gets JSON code 3, with a session or without',
    async () => {
        const session = await openPolling(publicUrl);
        for (const url of [W, `${publicUrl}${session.replace('polling', 'websocket')}`]) {
            const upgrade = await rawUpgrade(url, /\}/);
            assert.equal(upgrade.status, 400);
            assert.match(upgrade.head, /Content-Type: application\/json/i);
            assert.match(upgrade.body, /"code":3/);
        }
    },
    ['polling'],
);

for (const fault of ['nginx-no-http11', 'nginx-buffering-on']) {
    broken(
        fault,
        'polling and WebSocket work all the same',
        async () => {
            assert.equal((await request(P)).status, 200);
            assert.equal((await rawUpgrade(W, /0\{/)).status, 101);
        },
        ['polling', 'websocket'],
    );
}

broken(
    'nginx-path-rewritten',
    'Nest names the rewritten path, and an upgrade gets 502 after a second',
    async () => {
        const [p, w] = [await request(P), await rawUpgrade(W, answered)];
        assert.equal(p.status, 404);
        assert.match(JSON.parse(p.body).message, /^Cannot GET \/im\/\?EIO=4/);
        assert.equal(w.status, 502);
        assert.match(w.body, nginxPage);
        assert.ok(w.seconds > 0.9 && w.seconds < 3, `${w.seconds} s`);
        await apiWorks();
    },
    [],
);

for (const fault of ['nginx-wrong-port', 'backend-stopped']) {
    broken(
        fault,
        'nginx answers 502 at once',
        async () => {
            const [p, w] = [await request(P), await rawUpgrade(W, answered)];
            assert.deepEqual([p.status, w.status], [502, 502]);
            assert.match(p.body, nginxPage);
            assert.equal(p.headers['access-control-allow-origin'], undefined);
            assert.ok(p.seconds < 0.9 && w.seconds < 0.9, `${p.seconds} s, ${w.seconds} s`);
            if (fault === 'backend-stopped')
                await assert.rejects(request(`${local}${polling}`), { code: 'ECONNREFUSED' });
        },
        [],
    );
}

broken('nginx-stopped', 'the public port refuses and the local one works', async () => {
    await assert.rejects(request(P), { code: 'ECONNREFUSED' });
    await connects(local);
});

broken(
    'nginx-short-timeout',
    'a login works, and an idle connection ends without a close frame after five seconds',
    async () => {
        const { channel, answer } = await connect(publicUrl, connectPacket(token()));
        await channel.next();
        const last = performance.now();
        const idle = request(`${publicUrl}${await openPolling(publicUrl)}`);
        assert.equal(await channel.closed, 1006);
        const seconds = (performance.now() - last) / 1000;
        assert.ok(seconds > 4.5 && seconds < 10, `${seconds} s`);
        assert.equal((await idle).status, 504);
        return [sidIn(answer)];
    },
    ['polling', 'websocket'],
);

test('a connection that is open when nginx reloads stays on the old configuration', async () => {
    const channel = new Channel(W);
    await channel.next();
    await whileBroken('nginx-no-location', async () => {
        assert.equal((await request(P)).type, 'text/html');
        channel.send(connectPacket(token()));
        assert.match(await channel.next(), /^40\/im,/);
        await channel.close();
    });
});

broken(
    ['nginx-short-timeout', 'backend-frozen'],
    "504 at the proxy's timeout, and directly a connection without a byte until it thaws",
    async (log) => {
        let arrived = false;
        const direct = request(`${local}${polling}`).finally(() => (arrived = true));
        const [p, w, reached] = await Promise.all([request(P), rawUpgrade(W, answered), reach()]);
        for (const reply of [p, w]) {
            assert.equal(reply.status, 504);
            assert.match(reply.body, nginxPage);
            assert.ok(reply.seconds > 4.5 && reply.seconds < 10, `${reply.seconds} s`);
        }
        assert.equal(arrived, false);
        await control('mend', 'backend-frozen');
        assert.equal((await direct).status, 200);
        await log.fence();
        assert.deepEqual([reached, log.attempts()], [{}, []]);
    },
);

broken('database-stopped', 'a good token is rejected in the words of a bad one', async () => {
    const { channel, answer } = await connect(publicUrl, connectPacket(token()));
    assert.match(answer, /^40\/im,/);
    assert.deepEqual([await channel.next(), await channel.next()], rejection);
    await channel.close();
    await apiWorks();
});

broken(
    'database-locked',
    'the acknowledgement comes, and nothing after it until the table is free',
    async () => {
        const { channel, answer } = await connect(publicUrl, connectPacket(token()));
        assert.match(answer, /^40\/im,/);
        await apiWorks();
        assert.equal(channel.messages.length, 0);
        await control('mend', 'database-locked');
        assert.match(await channel.next(), /^42\/im,\["connected"/);
        await channel.close();
    },
);

for (const [fault, verdict] of [
    ['token-expired', 'Token 已过期'],
    ['token-revoked', 'Token 不存在或已被撤销'],
    ['token-unknown', 'Token 不存在或已被撤销'],
    ['token-missing', '缺少 token'],
]) {
    broken(fault, `the probe's token is rejected and the log says ${verdict}`, async (log) => {
        const { channel, answer } = await connect(publicUrl, connectPacket(token()));
        assert.deepEqual([await channel.next(), await channel.next()], rejection);
        await log.waitFor(verdict);
        assert.deepEqual(log.attempts(), [sidIn(answer)]);
        if (fault === 'token-missing') assert.ok(log.text().includes('Token from auth: 不存在'));
        await channel.close();
    });
}

test('a restarted backend counts its sids from the start again', async () => {
    const opened = async () => sequence(sidIn((await request(`${local}${polling}`)).body));
    for (let session = 0; session < 20; ++session) await opened();
    const before = await opened();
    await whileBroken('backend-stopped', async () => {});
    assert.ok((await opened()) < before);
});
