// The healthy exchange, and what the gateway does with tokens, namespaces and ids.
import assert from 'node:assert/strict';
import test from 'node:test';
import {
    Channel,
    ack,
    connect,
    connectPacket,
    local,
    openPolling,
    poll,
    polling,
    publicUrl,
    rejection,
    request,
    sequence,
    sidIn,
    token,
    websocket,
} from './client.mjs';
import { followLog } from './log.mjs';

const routes = { public: publicUrl, local };

for (const [name, url] of Object.entries(routes)) {
    test(`over the ${name} route a polling request opens a session`, async () => {
        const opened = await request(`${url}${polling}`);
        assert.equal(opened.status, 200);
        assert.equal(opened.type, 'text/plain; charset=UTF-8');
        const { sid, ...rest } = JSON.parse(opened.body.slice(1));
        assert.equal(opened.body.charAt(0), '0');
        assert.match(sid, /^[\w-]{20}$/);
        const timing = { pingInterval: 25000, pingTimeout: 20000 };
        assert.deepEqual(rest, { upgrades: ['websocket'], ...timing, maxPayload: 1000000 });
    });

    test(`over the ${name} route polling connects and becomes ready`, async () => {
        const session = `${url}${await openPolling(url)}`;
        const posted = await request(session, { method: 'POST', body: connectPacket(token()) });
        assert.deepEqual([posted.status, posted.type, posted.body], [200, 'text/html', 'ok']);
        const packets = await poll(session, /^42\/im,/);
        assert.match(packets[0], ack);
        assert.match(packets[1], /^42\/im,\["connected",\{"userId":1,/);
    });

    test(`over the ${name} route a WebSocket connects and becomes ready`, async () => {
        const { channel, open, answer } = await connect(url, connectPacket(token()));
        assert.deepEqual(open.upgrades, []);
        assert.match(answer, ack);
        assert.match(await channel.next(), /^42\/im,\["connected",\{"userId":1,/);
        await channel.close();
    });

    test(`over the ${name} route a polling session upgrades to WebSocket`, async () => {
        const session = await openPolling(url);
        const pending = request(`${url}${session}`);
        const channel = new Channel(`${url}${session.replace('polling', 'websocket')}`);
        assert.ok(await channel.opened);
        channel.send('2probe');
        assert.equal(await channel.next(), '3probe');
        assert.equal((await pending).body, '6');
        channel.send('5');
        channel.send(connectPacket(token()));
        assert.match(await channel.next(), ack);
        assert.match(await channel.next(), /^42\/im,\["connected"/);
        await channel.close();
    });
}

test('a second GET while one is pending kills the polling session', async () => {
    const session = `${local}${await openPolling(local)}`;
    const first = request(session);
    const second = await request(session);
    assert.equal(second.status, 400);
    assert.equal((await first).body, '1');
    assert.equal(JSON.parse((await request(session)).body).code, 1);
});

test('a client that sends a ping is closed', async () => {
    const { channel } = await connect(local, connectPacket(token()));
    channel.send('2');
    assert.equal(await channel.closed, 1005);
});

test('a bad token is acknowledged first and rejected afterwards, and the transport stays open', async () => {
    const { channel, answer } = await connect(publicUrl, connectPacket(token('unknown_token')));
    assert.match(answer, ack);
    assert.deepEqual([await channel.next(), await channel.next()], rejection);
    channel.send(connectPacket(token()));
    assert.match(await channel.next(), ack);
    await channel.close();
});

test('on polling the rejection follows the acknowledgement', async () => {
    const session = `${publicUrl}${await openPolling(publicUrl)}`;
    await request(session, { method: 'POST', body: connectPacket(token('unknown_token')) });
    const packets = await poll(session, /^41/);
    assert.match(packets[0], ack);
    assert.deepEqual(packets.slice(1), rejection);
});

test('expired, revoked, unknown and missing tokens look the same on the wire, not in the log', async () => {
    const verdicts = {
        expired_token: 'Token 已过期',
        revoked_token: 'Token 不存在或已被撤销',
        unknown_token: 'Token 不存在或已被撤销',
        missing: '缺少 token',
    };
    for (const [name, verdict] of Object.entries(verdicts)) {
        const log = followLog();
        const { channel, answer } = await connect(
            publicUrl,
            connectPacket(name === 'missing' ? undefined : token(name)),
        );
        assert.match(answer, ack);
        assert.deepEqual([await channel.next(), await channel.next()], rejection, name);
        await log.waitFor(verdict);
        await channel.close();
    }
});

test('a good token leaves attempt, verdict and end in the log, under the sid of the namespace', async () => {
    const log = followLog();
    const { channel, open, answer } = await connect(publicUrl, connectPacket(token()));
    await channel.next();
    await channel.close();
    const sid = sidIn(answer);
    assert.notEqual(sid, open.sid);
    await log.waitFor(`客户端 ${sid} 断开连接`);
    const lines = log.text();
    for (const line of [
        `客户端 ${sid} 尝试连接`,
        'Token from auth: 存在',
        'Token from header: 不存在',
        `验证 Token: ${token().slice(0, 20)}...`,
        'Token 验证成功',
    ])
        assert.ok(lines.split('\n').includes(line), `${line} in\n${lines}`);
});

test('a rejected missing token has no line about its end, a rejected wrong one has', async () => {
    const log = followLog();
    const missing = await connect(local, connectPacket());
    assert.deepEqual([await missing.channel.next(), await missing.channel.next()], rejection);
    await missing.channel.close();
    const wrong = await connect(local, connectPacket(token('unknown_token')));
    await wrong.channel.close();
    await log.waitFor(`客户端 ${sidIn(wrong.answer)} 断开连接`);
    assert.ok(log.text().includes(`客户端 ${sidIn(missing.answer)} 尝试连接`));
    assert.ok(!log.text().includes(`客户端 ${sidIn(missing.answer)} 断开连接`));
});

test('an engine handshake alone leaves no line in the log', async () => {
    const log = followLog();
    const silent = new Channel(`${local}${websocket}`);
    const { sid } = JSON.parse((await silent.next()).slice(1));
    const { channel, answer } = await connect(local, connectPacket(token()));
    await log.waitFor(`客户端 ${sidIn(answer)} 尝试连接`);
    assert.ok(!log.text().includes(sid));
    await Promise.all([silent.close(), channel.close()]);
});

test('the token may come in the Authorization header instead', async () => {
    const log = followLog();
    const headers = { Authorization: `Bearer ${token()}` };
    const { channel } = await connect(publicUrl, connectPacket(), { headers });
    assert.match(await channel.next(), /^42\/im,\["connected"/);
    await log.waitFor('Token from header: 存在');
    await channel.close();
});

test('a namespace that does not exist is answered with 44', async () => {
    const { channel, answer } = await connect(local, '40/nope,');
    assert.equal(answer, '44/nope,{"message":"Invalid namespace"}');
    await channel.close();
});

test('a namespace without its slash is a packet that cannot be read: the server closes', async () => {
    const channel = new Channel(`${local}${websocket}`);
    await channel.next();
    channel.send('40im,{}');
    assert.equal(await channel.closed, 1005);
});

test('a sid ends with a counter of the process, one for engine and one for namespace sids', async () => {
    const sessions = [
        await connect(local, connectPacket(token())),
        await connect(local, connectPacket(token())),
    ];
    const rises = ([first, second]) =>
        assert.ok(second > first && second < first + 1000, `${first}, ${second}`);
    rises(sessions.map(({ open }) => sequence(open.sid)));
    rises(sessions.map(({ answer }) => sequence(sidIn(answer))));
    await Promise.all(sessions.map(({ channel }) => channel.close()));
});
