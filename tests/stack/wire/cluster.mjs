// Several workers behind one port without sticky sessions: what a client meets, and what ids and log tell.
import assert from 'node:assert/strict';
import http from 'node:http';
import test from 'node:test';
import { broken } from './broken.mjs';
import {
    connect,
    connectPacket,
    local,
    openPolling,
    publicUrl,
    request,
    sequence,
    sidIn,
    token,
    whileBroken,
} from './client.mjs';
import { followLog } from './log.mjs';

const fault = 'cluster-not-sticky';
const rises = (numbers) => numbers.every((number, index) => index === 0 || number > numbers[index - 1]);

// A POST may meet the right worker by chance: its CONNECT is then logged like that of a WebSocket.
broken(
    fault,
    'POSTs on new connections meet workers that do not know the session and log nothing; WebSockets work',
    async (log) => {
        const posts = [];
        for (let attempt = 0; attempt < 8; ++attempt) {
            const session = `${publicUrl}${await openPolling(publicUrl)}`;
            posts.push(await request(session, { method: 'POST', body: connectPacket(token()) }));
        }
        const refused = posts.filter((post) => post.status !== 200);
        assert.ok(refused.length > 0);
        for (const { status, body } of refused) assert.deepEqual([status, JSON.parse(body).code], [400, 1]);
        const { channel, answer } = await connect(publicUrl, connectPacket(token()));
        assert.match(await channel.next(), /^42\/im,\["connected"/);
        await channel.close();
        await log.fence();
        assert.equal(log.attempts().length, posts.length - refused.length + 1);
        assert.ok(log.attempts().includes(sidIn(answer)));
    },
);

test('the sids of several workers are interleaved sequences, one for each', async () => {
    await whileBroken(fault, async () => {
        const log = followLog();
        const [engines, namespaces] = [[], []];
        for (let session = 0; session < 12; ++session) {
            const { channel, open, answer } = await connect(publicUrl, connectPacket(token()));
            engines.push(sequence(open.sid));
            namespaces.push(sequence(sidIn(answer)));
            await channel.close();
        }
        await log.fence();
        assert.ok(!rises(engines), engines.join());
        assert.ok(!rises(namespaces), namespaces.join());
        const workers = log.attemptsByWorker().map((sids) => sids.map(sequence));
        assert.ok(workers.length > 1);
        assert.deepEqual(workers.flat().sort(), namespaces.sort());
        for (const own of workers) assert.ok(rises(own), own.join());
    });
});

test('one connection kept alive hides that the workers are not sticky', async () => {
    await whileBroken(fault, async () => {
        const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
        const session = `${local}${await openPolling(local, { agent })}`;
        const posted = await request(session, { method: 'POST', body: connectPacket(token()), agent });
        assert.equal(posted.status, 200);
        agent.destroy();
    });
});
