// A new configuration for a running agent: by SIGHUP and by POST /-/reload, good, bad, in a storm, and at the very end.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';
import { get, metricsOf, namesOf, stackState, until } from './lib/agent.mjs';
import { endAll, gateway, mutePeer, mysql, reload, start, stop } from './lib/own-agent.mjs';

after(endAll);

const state = stackState();
const pm2 = `[gateway.pm2]\nhome = "${state.files.pm2_home}"\n`;
/// The [agent] section that start() writes has three lines, and the gateway's first two are sound.
const bad = gateway().replace('timeout = "2s"', 'timeoutt = "2s"\nsettle = 3');

const said = (agent, words) => agent.log.split(words).length - 1;
const ready = (agent) =>
    until('it is ready', async () => (await get(`${agent.url}/-/ready`)).status === 200, {
        describe: async () => agent.log,
    });
/// The series that stand for the last reload.
const lastReload = (metrics) => ({
    good: metrics.value('config_last_reload_successful'),
    at: metrics.value('config_last_reload_success_timestamp_seconds'),
});

test('fault_84_a_bad_file_at_a_reload_leaves_the_agent_as_it_is', async () => {
    const agent = await start(gateway());
    await ready(agent);
    const before = await metricsOf(agent.url);
    assert.equal(lastReload(before).good, 1);

    agent.configure(bad);
    const refused = await reload(agent);
    assert.equal(refused.status, 500);
    const lines = refused.text.trimEnd().split('\n');
    assert.equal(lines.length, 2, refused.text);
    assert.match(lines[0], /\.toml:7:1: .*timeoutt/);
    assert.match(lines[1], /\.toml:8:\d+: .*settle/);
    for (const line of lines) assert.ok(agent.log.includes(line.slice(0, line.indexOf('"'))), agent.log);
    const now = await metricsOf(agent.url);
    assert.deepEqual(lastReload(now), { good: 0, at: lastReload(before).at });
    assert.deepEqual(await namesOf(agent), ['im']);

    agent.child.kill('SIGHUP');
    await until('the signal is refused too', () => said(agent, 'the configuration is refused') === 2);
    const runs = now.runs({ route: 'public', probe: 'websocket' });
    await until(
        'the probes go on',
        async () => (await metricsOf(agent.url)).runs({ route: 'public', probe: 'websocket' }) > runs + 2,
    );

    agent.configure(gateway());
    agent.child.kill('SIGHUP');
    await until(
        'a good file is in force',
        async () => lastReload(await metricsOf(agent.url)).at > lastReload(before).at,
    );
    assert.equal(lastReload(await metricsOf(agent.url)).good, 1);
    assert.equal((await stop(agent)).code, 0);
});

test('gateways come, change and go while the others run on', async () => {
    const one = (name, timeout = '8s') => gateway({ name, interval: '1s', timeout, extra: pm2 });
    const agent = await start(one('kept') + one('changes') + one('goes'));
    await ready(agent);
    await until('there is something to lose', async () => {
        const now = await metricsOf(agent.url);
        return ['kept', 'changes'].every((name) => now.runs({ gateway: name }) > 20);
    });
    const before = await metricsOf(agent.url);

    agent.configure(one('comes') + one('kept') + one('changes', '9s'));
    const reply = await reload(agent);
    assert.equal(reply.status, 200);
    assert.equal(
        reply.text.split('\n')[0],
        'the configuration is in force: 1 gateway kept, 1 changed (changes), 1 added (comes), 1 removed (goes)',
    );
    assert.deepEqual(await namesOf(agent), ['comes', 'kept', 'changes']);
    const now = await metricsOf(agent.url);
    assert.deepEqual(
        now.samples.filter(({ labels }) => labels.gateway === 'goes'),
        [],
    );
    for (const name of [
        'probe_runs_total',
        'probe_skipped_total',
        'probe_backend_seen_total',
        'probe_duration_seconds_count',
        'log_events_total',
    ]) {
        for (const sample of before.all(name, { gateway: 'kept' })) {
            assert.ok(now.value(name, sample.labels) >= sample.value, `${name} ${JSON.stringify(sample)}`);
        }
    }
    assert.ok(now.runs({ gateway: 'changes' }) < before.runs({ gateway: 'changes' }), 'it starts anew');

    await ready(agent);
    await until('users can connect to each', async () => {
        const passes = (await metricsOf(agent.url)).all('probe_success', { probe: 'websocket' });
        return passes.length === 6 && passes.every(({ value }) => value === 1);
    });
    await until('those of one log know the probes of each other', async () => {
        const later = await metricsOf(agent.url);
        const seen = later.value('log_events_total', { gateway: 'comes', event: 'attempt', origin: 'synthetic' });
        return seen >= later.runs({ gateway: 'comes' }) + 8;
    });
    assert.equal((await stop(agent)).code, 0);
});

test('a new address is refused as a whole', async () => {
    const agent = await start(gateway());
    const own = new URL(agent.url).host;
    writeFileSync(agent.file, `[agent]\nlisten = "127.0.0.2:1"\n${gateway({ name: 'other' })}`);
    const reply = await reload(agent);
    assert.equal(reply.status, 500);
    assert.match(reply.text, new RegExp(`listen in \\[agent\\] is "${own}" now, and cannot change without a restart`));
    assert.match(reply.text, /state_directory in \[agent\]/);
    assert.deepEqual(await namesOf(agent), ['im']);
    await stop(agent);
});

test('fault_86_sighup_storm', async () => {
    const agent = await start(gateway());
    await ready(agent);
    const before = await metricsOf(agent.url);
    const answers = [];
    for (let i = 0; i < 200; ++i) {
        agent.configure(i % 2 ? bad : gateway() + gateway({ name: `storm-${i}` }));
        agent.child.kill('SIGHUP');
        if (i % 20 === 0) answers.push(reload(agent));
        if (i % 5 === 0) await get(`${agent.url}/-/healthy`);
    }
    for (const { status } of await Promise.all(answers)) assert.ok([200, 500].includes(status));
    agent.configure(gateway());
    assert.equal((await reload(agent)).status, 200);
    assert.deepEqual(await namesOf(agent), ['im']);
    const readings = said(agent, 'the configuration is refused') + said(agent, 'the configuration is in force');
    assert.ok(readings <= 212, `${readings} readings`);
    const now = await metricsOf(agent.url);
    assert.equal(lastReload(now).good, 1);
    assert.deepEqual(
        now.samples.filter(({ labels }) => labels.gateway?.startsWith('storm')),
        [],
    );
    assert.ok(now.runs({ gateway: 'im' }) >= before.runs({ gateway: 'im' }));
    const runs = now.runs({ route: 'public', probe: 'websocket' });
    await until(
        'the probes go on',
        async () => (await metricsOf(agent.url)).runs({ route: 'public', probe: 'websocket' }) > runs + 2,
    );
    assert.equal((await stop(agent)).code, 0);
});

test('fault_87_sigterm_during_a_reload_is_over_within_two_seconds', async () => {
    for (let round = 0; round < 3; ++round) {
        const peer = await mutePeer();
        const hanging = (timeout) =>
            gateway({ publicUrl: peer.url, localUrl: peer.url, timeout, extra: mysql(peer.url.slice(7)) });
        const agent = await start(hanging('60s'));
        await until('probes hang in the peer', () => peer.sockets.size >= 4);
        for (let i = 0; i <= round; ++i) {
            agent.configure(hanging(`${50 + i}s`));
            agent.child.kill('SIGHUP');
            if (i < round) {
                await until('it is in force', () => said(agent, 'the configuration is in force') > i);
                await until('probes hang again', () => peer.sockets.size >= 4);
            }
        }
        const { code, signal, seconds } = await stop(agent);
        peer.close();
        assert.deepEqual([code, signal], [0, null], agent.log);
        assert.ok(seconds < 2, `${seconds} s`);
    }
});

test('a file whose disk hangs holds up neither the probes nor the end', async () => {
    const agent = await start(gateway());
    await ready(agent);
    rmSync(agent.file);
    assert.equal(spawnSync('mkfifo', [agent.file]).status, 0);
    const answer = reload(agent);
    const runs = (await metricsOf(agent.url)).runs({ route: 'public', probe: 'websocket' });
    await until(
        'the probes go on',
        async () => (await metricsOf(agent.url)).runs({ route: 'public', probe: 'websocket' }) > runs + 2,
    );
    const { status, text } = await answer;
    assert.equal(status, 500);
    assert.match(text, /cannot be read in 10 s; see whether its disk hangs/);
    assert.equal((await reload(agent)).status, 500, 'and no second worker is lost to it');
    const { code, seconds } = await stop(agent);
    assert.equal(code, 0);
    assert.ok(seconds < 2, `${seconds} s`);
});
