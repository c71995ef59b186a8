// What the deployment's agent reports, and what `check` prints beside it. These tests count the attempts of users in
// the backend's log, so no other agent may probe meanwhile: none is started here, and the tests that do come later.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { get, metricsOf, stackState, until } from './lib/agent.mjs';

const state = stackState();
const binary = process.env.GATEWATCH;

test('check prints the verdict as text and as the JSON of the contract, in both languages, with its exit code', () => {
    const check = (...more) =>
        spawnSync(binary, ['check', '--config', state.files.agent_config, ...more], {
            encoding: 'utf8',
            timeout: 20_000,
        });
    const json = check('--format', 'json');
    assert.equal(json.status, 0, json.stderr);
    const report = JSON.parse(json.stdout);
    assert.deepEqual(Object.keys(report), ['version', 'time', 'gateways']);
    const [im] = report.gateways;
    assert.deepEqual(Object.keys(im), ['name', 'verdict', 'probes', 'tokens', 'collectors']);
    assert.deepEqual(Object.keys(im.verdict), [
        'cause',
        'severity',
        'hop',
        'since',
        'evidence',
        'consequences',
        'fix',
        'runbook',
    ]);
    assert.equal(im.verdict.cause, 'none');
    assert.equal(im.verdict.severity, 'ok');
    const ran = im.probes.filter(({ ok }) => ok !== null);
    assert.deepEqual(
        im.probes.filter((probe) => !ran.includes(probe)).map(({ route, probe }) => [route, probe]),
        [
            ['public', 'hold'],
            ['local', 'hold'],
        ],
        'what was not asked for has no result',
    );
    assert.deepEqual([...new Set(ran.map(({ probe }) => probe))].sort(), [
        'expired_token',
        'http',
        'missing_token',
        'polling',
        'revoked_token',
        'sticky',
        'upgrade',
        'websocket',
    ]);
    for (const probe of im.probes) {
        assert.deepEqual(Object.keys(probe), [
            'route',
            'probe',
            'ok',
            'reason',
            'phase',
            'phases',
            'status',
            'detail',
        ]);
        assert.equal(probe.reason, null);
    }
    for (const { ok, phase, phases } of ran) {
        assert.equal(ok, true);
        assert.ok(phases[phase] >= 0 && phases[phase] < 10);
    }
    assert.equal(im.tokens.valid, state.tokens.valid);
    assert.equal(im.tokens.expired, state.tokens.expired);
    assert.equal(im.tokens.revoked, state.tokens.revoked);
    assert.deepEqual(
        im.collectors.map(({ name, up }) => [name, up]),
        [
            ['mysql', true],
            ['pm2_log', true],
            ['pm2_process', true],
            ['nginx_config', true],
            ['nginx_log', true],
            ['frontend', true],
            ['env_files', true],
        ],
    );
    const token = readFileSync(state.files.token, 'utf8').trim();
    const texts = [
        check('--lang', 'en'),
        check('--lang', 'zh'),
        check('--lang', 'zh', '--format', 'json'),
    ].map(({ stdout }) => stdout);
    assert.match(texts[1], /[\u4e00-\u9fff]/);
    for (const text of texts) {
        assert.ok(text.includes('none'));
        assert.ok(!text.includes(token), 'the token stands nowhere');
    }
});

test('the probes of a check are counted as synthetic by the daemon beside it', async () => {
    const attempts = async () => {
        const now = await metricsOf(state.urls.agent);
        return {
            user: now.value('log_events_total', { event: 'attempt', origin: 'user' }),
            synthetic: now.value('log_events_total', { event: 'attempt', origin: 'synthetic' }),
        };
    };
    const before = await attempts();
    const { status } = spawnSync(binary, ['check', '--config', state.files.agent_config], {
        timeout: 20_000,
    });
    assert.equal(status, 0);
    await until(
        'later own attempts are counted',
        async () => (await attempts()).synthetic >= before.synthetic + 12,
    );
    assert.equal((await attempts()).user, before.user);
});

test('the log events of a real user are told from those of the probes', async () => {
    const attempts = async () =>
        (await metricsOf(state.urls.agent)).value('log_events_total', { event: 'attempt', origin: 'user' });
    const before = await attempts();
    const open = await get(`${state.urls.local}/socket.io/?EIO=4&transport=polling`);
    const { sid } = JSON.parse(open.text.slice(1));
    await fetch(`${state.urls.local}/socket.io/?EIO=4&transport=polling&sid=${sid}`, {
        method: 'POST',
        body: `40/im,${JSON.stringify({ token: readFileSync(state.files.token, 'utf8').trim() })}`,
    });
    await until('one attempt by a user is counted', async () => (await attempts()) === before + 1);
});

test('a truncated and a rotated log are followed on', async () => {
    const count = async () =>
        (await metricsOf(state.urls.agent)).value('log_events_total', {
            event: 'accepted',
            origin: 'synthetic',
        });
    const goesOn = async (what) => {
        const before = await count();
        await until(`events are counted after ${what}`, async () => (await count()) > before + 2);
    };
    const truncations = async () => (await metricsOf(state.urls.agent)).value('log_truncations_total');
    await goesOn('the start');
    const before = await truncations();
    writeFileSync(state.files.backend_log, '');
    await until('the truncation is seen', async () => (await truncations()) > before);
    await goesOn('a truncation');
    // PM2 goes on writing to a renamed file until it is told to reopen.
    renameSync(state.files.backend_log, `${state.files.backend_log}.1`);
    try {
        await goesOn('a rename');
    } finally {
        renameSync(`${state.files.backend_log}.1`, state.files.backend_log);
    }
});

test("nginx's log counts the requests of the probes as synthetic and those of a client as a user's, through a rotation", async () => {
    const log = state.files.nginx_access_log;
    const count = async (origin) =>
        (await metricsOf(state.urls.agent))
            .all('nginx_log_requests_total', { origin, transport: 'polling', status: 'success' })
            .reduce((sum, { value }) => sum + value, 0);
    let users = await count('user');
    const oneMore = async (when) => {
        assert.equal((await get(`${state.urls.users}/socket.io/?EIO=4&transport=polling`)).status, 200);
        users += 1;
        await until(`the request of a user is counted ${when}`, async () => (await count('user')) === users);
    };
    const synthetic = await count('synthetic');
    await oneMore('while the log grows');
    await until('the probes are counted as synthetic', async () => (await count('synthetic')) > synthetic);

    renameSync(log, `${log}.1`);
    try {
        await oneMore('while nginx still writes to the renamed file');
        // What `nginx -s reopen` sends.
        process.kill(Number(readFileSync(path.join(state.dir, 'nginx', 'nginx.pid'), 'utf8')), 'SIGUSR1');
        await until('nginx has reopened its log', () => existsSync(log));
        await oneMore('in the new file');
    } finally {
        rmSync(`${log}.1`);
    }
    assert.equal((await metricsOf(state.urls.agent)).value('nginx_log_unparsed_lines_total'), 0);
    // While the log had no file of its name the collector was down, and it says so at its next look only.
    await until(
        "nginx's log can be read again",
        async () => (await metricsOf(state.urls.agent)).value('collector_up', { collector: 'nginx_log' }) === 1,
    );
});
