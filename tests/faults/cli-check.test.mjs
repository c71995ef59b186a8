// `check` as a user meets it, against the reference deployment: its output, its exit codes, how long it takes, and
// what it does on a terminal.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { test } from 'node:test';
import { binary, configuration, during, gatewatch, onTerminal, state } from './lib/cli.mjs';

/// Intervals and timeouts as they are where the file does not say.
const defaults = configuration('defaults', (text) =>
    text.replace(/^(interval|timeout) = .*\n/gm, '').replace('[gateway.probe.hold]\n', ''),
);

test('check of a healthy deployment passes within ten seconds with the default timeouts', () => {
    const { status, stdout, stderr, seconds } = gatewatch('check', { config: defaults });
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /^im: OK$/m);
    assert.match(stdout, /-- {4}public hold +not run; --thorough runs it/);
    assert.ok(seconds < 10, `${seconds} s`);
});

test('check --thorough waits for hold, and the results of the quick probes stand until then', () => {
    const { status, stdout } = gatewatch('check', { args: ['--thorough'] });
    assert.equal(status, 0, stdout);
    assert.match(stdout, /ok {4}public hold/);
    assert.match(stdout, /ok {4}public websocket/);
    assert.doesNotMatch(stdout, /^ {4}-- /m);
});

test('check of a frozen backend says so before its deadline, however many probes hang', () => {
    const { status, stdout, seconds } = during('backend-frozen', () =>
        gatewatch('check', { config: defaults, args: ['--format', 'json'] }),
    );
    assert.equal(status, 2, stdout);
    assert.equal(JSON.parse(stdout).gateways[0].verdict.cause, 'backend_hung');
    assert.ok(seconds < 18, `${seconds} s`);
});

test('check of a proxy that drops packets says so before its deadline', () => {
    const { status, stdout, seconds } = during('nginx-drops-syn', () =>
        gatewatch('check', { config: defaults, args: ['--format', 'nagios'] }),
    );
    assert.equal(status, 2, stdout);
    assert.match(stdout, /^GATEWATCH CRITICAL - im: tcp_timeout - /);
    assert.ok(seconds < 18, `${seconds} s`);
});

test('check of a frontend that never answers names its page before the deadline', async () => {
    const mute = net.createServer().listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const page = `http://127.0.0.1:${mute.address().port}/`;
    const config = configuration('mute-frontend', () =>
        readFileSync(defaults, 'utf8').replace(/(\[gateway\.frontend\]\nurl = ).*/, `$1"${page}"`),
    );
    const { status, stdout, seconds } = gatewatch('check', { config, args: ['--format', 'json'] });
    mute.close();
    assert.equal(status, 0, stdout);
    const [gateway] = JSON.parse(stdout).gateways;
    const frontend = gateway.collectors.find(({ name }) => name === 'frontend');
    assert.equal(frontend.up, false);
    assert.ok(frontend.detail.includes(`cannot fetch ${page}`), frontend.detail);
    assert.ok(gateway.verdict.fix.includes(`cannot fetch ${page}`), gateway.verdict.fix);
    assert.ok(seconds < 15, `${seconds} s`);
});

test('check of several gateways ends as the worst of them, and names each', () => {
    const config = configuration('several', (text) => {
        const [head, gateway] = text.split(/(?=^\[\[gateway\]\]$)/m);
        const dead = `[[gateway]]\nname = "dead"\n[[gateway.route]]\nname = "public"\nurl = "http://127.0.0.1:1"\n`;
        return `${head}${gateway}${dead}`;
    });
    const { status, stdout } = gatewatch('check', { config });
    assert.equal(status, 2, stdout);
    assert.match(stdout, /^im: OK$/m);
    assert.match(stdout, /^dead: DOWN$/m);
});

test('what cannot be checked ends with 3, and says what, where and what to do', () => {
    const bad = configuration('bad', (text) => text.replace('interval =', 'intervall ='));
    const { status, stdout, stderr } = gatewatch('check', { config: bad });
    assert.deepEqual([status, stdout], [3, '']);
    assert.match(stderr, /bad\.toml:\d+:\d+: .*intervall.*interval/);
    const unknown = spawnSync(binary, ['chek'], { encoding: 'utf8' });
    assert.equal(unknown.status, 2);
    assert.match(unknown.stderr, /"chek" is no command/);
});

test('the checklist fills in on a terminal, and is plain where there is none', async () => {
    const check = ['check', '--config', state.files.agent_config];
    const live = await onTerminal(check);
    assert.equal(live.status, 0, live.shown);
    assert.match(live.shown, /\.\.\.\. {2}public websocket/, 'it is drawn before the results are there');
    assert.match(live.shown, /\u001b\[\d+A/, 'and drawn anew in its place');
    assert.match(live.shown, /\u001b\[32mok/);
    assert.match(live.shown, /Nothing to do\.\s*$/);
    const dumb = await onTerminal(check, { env: { TERM: 'dumb' } });
    assert.doesNotMatch(dumb.shown, /\u001b\[/);
    const colourless = await onTerminal(check, { env: { NO_COLOR: '1' } });
    assert.doesNotMatch(colourless.shown, /\u001b\[3\dm/);
    assert.doesNotMatch(gatewatch('check').stdout, /\u001b/);
});
