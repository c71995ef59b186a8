// What a session meets that does nothing: the server's pings, and its end where no namespace was joined. The
// figures are 25 s and 45 s, so these are registered only with GATEWATCH_THOROUGH=1.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
    Channel,
    ack,
    connect,
    connectPacket,
    local,
    publicUrl,
    rejection,
    token,
    websocket,
} from './client.mjs';

const secondsSince = (moment) => (performance.now() - moment) / 1000;

// Waits for the server's ping and answers it; the ping is due `seconds` after the moment.
async function ping(channel, moment, seconds) {
    assert.equal(await channel.next(), '2');
    const passed = secondsSince(moment);
    assert.ok(passed > seconds - 0.5 && passed < seconds + 3, `a ping after ${passed} s`);
    channel.send('3');
}

// Answered pings show that the close is not the heartbeat's: that would come at 45 s as well.
async function closesAt45(channel, opened) {
    await ping(channel, opened, 25);
    assert.equal(await channel.closed, 1005);
    const passed = secondsSince(opened);
    assert.ok(passed > 44.5 && passed < 48, `closed after ${passed} s`);
    assert.deepEqual(channel.messages, []);
}

if (process.env.GATEWATCH_THOROUGH === '1')
    describe('a session that idles', { concurrency: true }, () => {
        test('the server closes it at 45 s without a CONNECT', async () => {
            const channel = new Channel(`${local}${websocket}`);
            await channel.next();
            await closesAt45(channel, performance.now());
        });

        test('the server closes it at 45 s after a namespace that does not exist', async () => {
            const { channel, answer } = await connect(local, '40/nope,');
            assert.match(answer, /^44\/nope,/);
            await closesAt45(channel, performance.now());
        });

        for (const [what, value, greeting] of [
            ['connected', token(), 1],
            ['rejected', token('unknown_token'), rejection.length],
        ])
            test(`the server pings it every 25 s and keeps it open while it is ${what}`, async () => {
                const { channel, answer } = await connect(publicUrl, connectPacket(value));
                let last = performance.now();
                assert.match(answer, ack);
                for (let packet = 0; packet < greeting; ++packet) await channel.next();
                for (let interval = 0; interval < 2; ++interval) {
                    await ping(channel, last, 25);
                    last = performance.now();
                }
                channel.send('40/nope,');
                assert.match(await channel.next(), /^44\/nope,/);
                await channel.close();
            });
    });
