// A test for a fault: what it does, which connects reach the gateway's log under it, and that nothing of it
// is left when it is mended.
import assert from 'node:assert/strict';
import test from 'node:test';
import {
    Channel,
    ack,
    connect,
    connectPacket,
    local,
    poll,
    polling,
    publicUrl,
    request,
    sidIn,
    token,
    websocket,
    whileBroken,
} from './client.mjs';
import { settledLog } from './log.mjs';

export const P = `${publicUrl}${polling}`;
export const W = `${publicUrl}${websocket}`;
const ready = /^42\/im,\["connected"/;

export async function connects(url) {
    const { channel } = await connect(url, connectPacket(token()));
    assert.match(await channel.next(), ready);
    await channel.close();
}

async function byPolling() {
    const opened = await request(P);
    if (!opened.body.startsWith('0{')) return undefined;
    const session = `${P}&sid=${sidIn(opened.body)}`;
    await request(session, { method: 'POST', body: connectPacket(token()) });
    const packets = await poll(session, ready);
    assert.match(packets[0], ack);
    return sidIn(packets[0]);
}

async function byWebsocket() {
    const channel = new Channel(W);
    if (!(await channel.opened)) return undefined;
    await channel.next();
    channel.send(connectPacket(token()));
    const answer = await channel.next();
    assert.match(answer, ack);
    assert.match(await channel.next(), ready);
    await channel.close();
    return sidIn(answer);
}

// Connects over the public route as a probe does, and gives the namespace sid for each transport that can.
export async function reach() {
    const [polling, websocket] = await Promise.all([byPolling(), byWebsocket()]);
    return { ...(polling && { polling }), ...(websocket && { websocket }) };
}

// Breaks, works, mends and connects. Where `transports` is given, these and no others reach the gateway while
// the fault is in force, and its log has a line for each and for what the work says it has connected itself.
export function broken(faults, does, work, transports) {
    // Where no worker is left, a fence can only be logged after the mending.
    const silent = faults === 'backend-stopped';
    test(`${[faults].flat().join(' and ')}: ${does}`, async () => {
        const log = await settledLog();
        let expected;
        await whileBroken(faults, async () => {
            const own = await work(log);
            if (!transports) return;
            const reached = await reach();
            assert.deepEqual(Object.keys(reached), transports);
            expected = [...(own ?? []), ...Object.values(reached)];
            if (!silent) await log.fence();
        });
        if (silent) await log.fence();
        if (expected) assert.deepEqual(log.attempts().sort(), expected.sort());
        await connects(publicUrl);
        await connects(local);
    });
}
