// The drill as a team sees it: what it prints from the fault to the end of the incident, that it says what kept it from
// being one, and that it leaves nothing broken however often it is interrupted. Needs a deployment with --alertmanager.
import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { get, statusOf, until } from './lib/agent.mjs';
import { nameOf, peace, stackTool, state, within } from './lib/notifications.mjs';

const scratch = mkdtempSync(path.join(os.tmpdir(), 'gatewatch-drill-'));
after(() => rmSync(scratch, { recursive: true, force: true }));
before(peace);

const english = { LC_ALL: 'C.UTF-8' };
const chinese = { LC_ALL: '', LC_MESSAGES: '', LANG: 'zh_CN.UTF-8' };

/// A drill that runs, at the head of a process group of its own, as on a terminal.
class Drill {
    constructor(fault, env) {
        this.output = '';
        this.child = spawn(stackTool, ['drill', fault, '--dir', state.dir], {
            detached: true,
            stdio: ['ignore', 'pipe', 'pipe'],
            env: { ...process.env, ...env },
        });
        for (const stream of [this.child.stdout, this.child.stderr])
            stream.setEncoding('utf8').on('data', (data) => (this.output += data));
        this.ended = new Promise((resolve) => this.child.on('close', resolve)).then((status) => {
            this.isOver = true;
            return status;
        });
    }

    async says(words) {
        await until(`the drill says "${words}"`, () => this.isOver || this.output.includes(words), {
            describe: () => this.output,
        });
        assert.ok(this.output.includes(words), `"${words}" is missing: ${this.output}`);
    }

    /// Ctrl-C: the whole group hears of it.
    interrupt() {
        try {
            process.kill(-this.child.pid, 'SIGINT');
        } catch (error) {
            if (error.code !== 'ESRCH') throw error;
        }
    }
}

/// In this order.
function assertSaid(output, lines) {
    let from = 0;
    for (const line of lines) {
        const at = output.indexOf(line, from);
        assert.ok(at >= 0, `"${line}" is missing, or not in its place: ${output}`);
        from = at + line.length;
    }
}

const now = () =>
    JSON.parse(execFileSync(stackTool, ['status', '--json', '--dir', state.dir], { encoding: 'utf8' }));

/// What state.json says, and what the wire does.
async function assertWhole() {
    assert.deepEqual(now().faults, [], 'no fault is in force');
    for (const url of [state.urls.users, state.urls.local]) {
        const { text } = await get(`${url}/socket.io/?EIO=4&transport=polling`);
        assert.match(text, /^0\{"sid":/, `${url} gives out sessions`);
    }
}

/// As a drill demands it.
async function calm() {
    const seen = async () => [
        (await statusOf(state.urls.agent)).gateways[0].verdict.cause,
        ...JSON.parse((await get(`${state.urls.alertmanager}/api/v2/alerts`)).text).map(nameOf),
    ];
    const isCalm = (words) => words.every((word) => ['none', 'Watchdog'].includes(word));
    await until('the agent is green and no alert but Watchdog fires', async () => isCalm(await seen()), {
        seconds: within(40),
        every: 250,
        describe: seen,
    });
}

/// A PATH whose nginx refuses a site with these words in it.
function pathWithNginxThatRefuses(words) {
    const usual = `${process.env.PATH}:/usr/sbin:/sbin`;
    const real = execFileSync('sh', ['-c', 'command -v nginx'], { env: { PATH: usual }, encoding: 'utf8' });
    const script = `#!/bin/sh
if grep -q '${words}' '${state.files.nginx_site_conf}'; then
    echo 'nginx: [emerg] ${words} is not to be had' >&2
    exit 1
fi
exec ${real.trim()} "$@"
`;
    writeFileSync(path.join(scratch, 'nginx'), script, { mode: 0o755 });
    return `${scratch}:${usual}`;
}

test('a fault that would not show is refused, with what to do', async () => {
    const drill = new Drill('tls-expired', english);
    assert.equal(await drill.ended, 1);
    assert.match(drill.output, /tls-expired would not show: .* take http, not https; .* --public tls/);
    await assertWhole();
});

test('a fault that cannot be made is told as such, and mended', async () => {
    const drill = new Drill('nginx-cached', { ...english, PATH: pathWithNginxThatRefuses('proxy_cache') });
    assert.equal(await drill.ended, 1);
    assertSaid(drill.output, ['making the fault nginx-cached', 'mending', 'the fault is mended']);
    assert.match(drill.output, /nginx ended with status 1\n[^]*\[emerg\] proxy_cache is not to be had/);
    for (const untrue of ['the fault is made', 'nothing has come'])
        assert.ok(!drill.output.includes(untrue), drill.output);
    await assertWhole();
    const site = readFileSync(state.files.nginx_site_conf, 'utf8');
    assert.ok(!site.includes('proxy_cache'), 'what was refused does not stay behind, for the agent to find');
});

test('from the fault to the page with its text, the mend and the end', async () => {
    await calm();
    const drill = new Drill('nginx-no-location', english);
    assert.equal(await drill.ended, 0, drill.output);
    assertSaid(drill.output, [
        'making the fault nginx-no-location',
        'the fault is made',
        'Gatewatch says location_missing (down, nginx)',
        'a page arrives: somebody is woken',
        'FIRING GatewatchPublicDown (critical)',
        'Likely cause: location_missing',
        'runbook: http://',
        'mending',
        'the fault is mended',
        'Gatewatch says that all is well',
        'the incident is over',
    ]);
    assert.match(drill.output, /the fault is mended[^]*resolved: GatewatchPublicDown/);
    await assertWhole();
});

const moments = {
    'PM2 replaces the backend': [
        'backend-other-path',
        async (drill) => {
            const [worker] = now().pids.backend;
            await drill.says('正在注入故障 backend-other-path');
            await until('the backend as it was has ended', () => !now().pids.backend.includes(worker));
        },
    ],
    'nginx is reloaded': [
        'nginx-no-location',
        async () => {
            const site = () => readFileSync(state.files.nginx_site_conf, 'utf8');
            await until('the site is written', () => !site().includes('location /socket.io/'));
        },
    ],
    'the fault is made': ['backend-other-path', (drill) => drill.says('故障已注入')],
};

for (const [moment, [fault, arrives]] of Object.entries(moments)) {
    test(`interrupted when ${moment}, and again and again while it mends, it leaves nothing broken`, async () => {
        await calm();
        const drill = new Drill(fault, chinese);
        await arrives(drill);
        drill.interrupt();
        await drill.says('正在修复');
        await until(
            'the drill has ended',
            () => {
                if (!drill.isOver) drill.interrupt();
                return drill.isOver;
            },
            { every: 250, describe: () => drill.output },
        );
        assert.equal(await drill.ended, 1);
        assertSaid(drill.output, ['正在修复', '故障已修复']);
        assert.match(drill.output, /interrupted by SIGINT/);
        await assertWhole();
    });
}
