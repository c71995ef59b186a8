// The life of an agent beside a real deployment: starting with everything dead, recovering, becoming ready, stopping.
// Each test runs an agent of its own with a configuration of its own.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, test } from 'node:test';
import { get, metricsOf, stackState, until } from './lib/agent.mjs';
import {
    binary,
    endAll,
    freePort,
    gateway,
    mutePeer,
    mysql,
    scratch,
    start,
    stop,
} from './lib/own-agent.mjs';

after(endAll);

const state = stackState();

test('fault_87_sigterm_while_probes_hang_is_over_within_two_seconds', async () => {
    for (const hello of [
        '',
        'HTTP/1.1 101 Switching Protocols\r\n',
        'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n0{',
    ]) {
        const peer = await mutePeer(hello);
        const agent = await start(
            gateway({
                publicUrl: peer.url,
                localUrl: peer.url,
                timeout: '60s',
                extra: mysql(peer.url.slice(7)),
            }),
        );
        await until('probes hang in the peer', () => peer.sockets.size >= 4);
        const { code, signal, seconds } = await stop(agent);
        peer.close();
        assert.deepEqual([code, signal], [0, null], agent.log);
        assert.ok(seconds < 2, `${seconds} s`);
    }
});

/// Makes a port that was dead lead to a live one.
function forward(port, to) {
    return new Promise((resolve) => {
        const server = net
            .createServer((socket) => {
                const onward = net.connect(to, '127.0.0.1');
                socket
                    .on('error', () => onward.destroy())
                    .pipe(onward)
                    .on('error', () => socket.destroy())
                    .pipe(socket);
            })
            .listen(port, '127.0.0.1', () => resolve(server));
    });
}

test('with every target dead the agent starts, says so once, and recovers by itself', async () => {
    const home = path.join(scratch, 'pm2');
    const backend = await freePort();
    const database = await freePort();
    const dead = `http://127.0.0.1:${backend}`;
    const agent = await start(
        gateway({
            publicUrl: dead,
            extra: `${mysql(`127.0.0.1:${database}`)}[gateway.pm2]\nhome = "${home}"\n`,
        }),
    );
    await until(
        'the local route passes and the dead ones are red',
        async () => {
            const now = await metricsOf(agent.url);
            return (
                now.value('probe_success', { route: 'local', probe: 'websocket' }) === 1 &&
                now.value('probe_success', { route: 'public', probe: 'websocket' }) === 0 &&
                now.value('collector_up', { collector: 'mysql' }) === 0 &&
                now.value('collector_up', { collector: 'pm2_log' }) === 0
            );
        },
        { describe: async () => (await get(`${agent.url}/metrics`)).text },
    );
    await until(
        'several rounds have run',
        async () => (await metricsOf(agent.url)).runs({ route: 'public', probe: 'websocket' }) >= 6,
    );
    const down = await metricsOf(agent.url);
    assert.deepEqual(down.all('tokens'), [], 'counts that are not known are absent');

    const servers = [await forward(backend, state.ports.nginx), await forward(database, state.ports.mysql)];
    mkdirSync(path.join(home, 'logs'), { recursive: true });
    writeFileSync(path.join(home, 'logs', 'nest-backend-out.log'), '');
    await until(
        'everything is up',
        async () => {
            const now = await metricsOf(agent.url);
            return (
                now.failing().length === 0 &&
                now.value('collector_up', { collector: 'mysql' }) === 1 &&
                now.value('collector_up', { collector: 'pm2_log' }) === 1 &&
                now.value('tokens', { state: 'valid' }) > 0
            );
        },
        { describe: async () => agent.log },
    );
    const { code } = await stop(agent);
    for (const server of servers) server.close();
    assert.equal(code, 0);
    const said = (...parts) =>
        agent.log.split('\n').filter((line) => parts.every((part) => line.includes(part))).length;
    assert.equal(said('probe fails', 'public websocket'), 1, agent.log);
    assert.equal(said('probe fails', 'public polling'), 1, agent.log);
    assert.equal(said('collector is down', 'collector=mysql'), 1, agent.log);
    assert.equal(said('collector is down', 'collector=pm2_log'), 1, agent.log);
});

test('/-/ready waits for every probe, /-/healthy does not', async () => {
    const peer = await mutePeer();
    const agent = await start(gateway({ publicUrl: peer.url, timeout: '3s' }));
    assert.equal((await get(`${agent.url}/-/ready`)).status, 503);
    await until(
        'it is ready, once the slow probes have ended',
        async () => (await get(`${agent.url}/-/ready`)).status === 200,
    );
    await stop(agent);
    peer.close();
});

test('gateways of one PM2 app do not take each other for users', async () => {
    const extra = `[gateway.pm2]\nhome = "${state.files.pm2_home}"\n`;
    const agent = await start(gateway({ name: 'a', extra }) + gateway({ name: 'b', extra }));
    await until('a counts more attempts of the agent than its own probes can have made', async () => {
        const now = await metricsOf(agent.url);
        const seen = now.value('log_events_total', { gateway: 'a', event: 'attempt', origin: 'synthetic' });
        return seen >= now.runs({ gateway: 'a' }) + 8;
    });
    await stop(agent);
});

test('a bad configuration is refused with file, line and column, and status 2', () => {
    const file = path.join(scratch, 'bad.toml');
    writeFileSync(
        file,
        '[[gateway]]\nname = "im"\nintervall = "15s"\n[[gateway.route]]\nname = "public"\nurl = "http://im.example.com"\n',
    );
    const { status, stderr } = spawnSync(binary, ['run', '--config', file], {
        encoding: 'utf8',
        timeout: 10_000,
    });
    assert.equal(status, 2);
    assert.match(stderr, /bad\.toml:3:1: .*intervall.*interval/);
});

test('the smallest configuration is one URL', async () => {
    const agent = await start(
        `[[gateway]]\nname = "im"\ninterval = "1s"\n[[gateway.route]]\nname = "public"\nurl = "${state.urls.public}"\n`,
    );
    await until('both probes have run', async () => (await get(`${agent.url}/-/ready`)).status === 200);
    const now = await metricsOf(agent.url);
    assert.deepEqual(now.all('collector_up'), [], 'a collector that is not configured is absent');
    assert.equal((await stop(agent)).code, 0);
});
