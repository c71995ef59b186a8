// From a fault to the page and back: a real Prometheus and Alertmanager with the project's rules and example
// configuration, quickened by the deployment's pace, and a pager that keeps what it is sent. Each fault must bring
// exactly one page or none, with the cause in its text, within two minutes at the pace of the rules, and be resolved
// after the mend. GATEWATCH_THOROUGH=1: every fault, and half an hour of healthy running instead of two minutes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { app } from '../stack/lib/layout.mjs';
import { get, stackState, statusOf, until } from './lib/agent.mjs';
import { harmless, paging, someOfEach } from './lib/paging.mjs';

const state = stackState();
const thorough = Boolean(process.env.GATEWATCH_THOROUGH);
const stack = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'stack', 'stack');
const pm2Commands = path.join(path.dirname(stack), 'lib', 'pm2-commands.mjs');
const { pace } = state.options;
const within = (minutes) => (minutes * 60) / pace;

function act(verb, fault) {
    execFileSync(stack, [verb, fault, '--dir', state.dir], { stdio: ['ignore', 'ignore', 'inherit'] });
}

const nameOf = (alert) => alert.labels.alertname;
const isFiring = (alert) => alert.status === 'firing';
const isPage = (alert) => alert.labels.severity === 'critical';

/// What the pager was sent since its first `from` notifications, but for the Watchdog's.
async function notifications(from = 0) {
    const all = JSON.parse((await get(state.urls.pager)).text);
    return all.slice(from).filter((each) => each.alerts.some((alert) => nameOf(alert) !== 'Watchdog'));
}

async function countOfNotifications() {
    return JSON.parse((await get(state.urls.pager)).text).length;
}

async function ask(url) {
    return JSON.parse((await get(url)).text);
}

/// The alerts that Prometheus has pending or firing, and those that Alertmanager still holds.
async function alerts() {
    const found = (await ask(`${state.urls.prometheus}/api/v1/alerts`)).data.alerts;
    const held = await ask(`${state.urls.alertmanager}/api/v2/alerts`);
    return [...found, ...held].map(nameOf).filter((name) => name !== 'Watchdog');
}

/// For as long as the rules' usual ranges.
async function hasHistory() {
    const query = `count_over_time(up{job="gatewatch"}[${Math.round(within(3))}s]) >= 10`;
    const url = `${state.urls.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`;
    return (await ask(url)).data.result.length > 0;
}

/// No group of alerts either, since what joins one that is there waits for its turn.
async function peace() {
    await until(
        'the agent is green and no alert but Watchdog is pending or firing',
        async () => {
            const [gateway] = (await statusOf(state.urls.agent)).gateways;
            if (gateway.verdict.cause !== 'none' || (await alerts()).length > 0) return false;
            const groups = await ask(`${state.urls.alertmanager}/api/v2/alerts/groups`);
            return groups.length === 1 && (await hasHistory());
        },
        { seconds: within(40), describe: async () => `there are: ${(await alerts()).join(', ') || 'none'}` },
    );
}

const describe = (from) => async () =>
    `notifications: ${JSON.stringify((await notifications(from)).map(({ receiver, alerts }) => [receiver, alerts.map((alert) => [nameOf(alert), alert.status])]))}`;

async function resolved(from) {
    await until(
        'every alert that was sent is resolved',
        async () => {
            const last = new Map();
            for (const alert of (await notifications(from)).flatMap(({ alerts }) => alerts))
                last.set(alert.fingerprint, alert.status);
            return [...last.values()].every((status) => status === 'resolved');
        },
        { seconds: within(15), describe: describe(from) },
    );
}

/// The notification for the fault: the page where there must be one, else the ticket.
async function call(fault, { cause, page }, from, made) {
    const wanted = (alert) => isFiring(alert) && (page ? isPage(alert) : !isPage(alert));
    const notice = await until(
        `${fault} brings ${page ?? 'a ticket'}`,
        async () => (await notifications(from)).find(({ alerts }) => alerts.some(wanted)),
        { seconds: within(page ? 4 : 8), describe: describe(from) },
    );
    const alerts = notice.alerts.filter(wanted);
    if (page) {
        assert.deepEqual(alerts.map(nameOf), [page]);
        const seconds = (Date.parse(notice.time) - made) / 1000;
        assert.ok(seconds <= within(2), `the page came after ${seconds} s, within is ${within(2)} s`);
    }
    for (const { annotations } of alerts) {
        for (const key of [
            'summary',
            'summary_zh',
            'description',
            'description_zh',
            'runbook_url',
            'dashboard_url',
        ])
            assert.ok(annotations[key], `${key} is missing`);
    }
    assert.ok(
        alerts.some(({ annotations }) => annotations.description.includes(cause)),
        `${cause} stands in no description: ${JSON.stringify(alerts.map(({ annotations }) => annotations.description))}`,
    );
}

for (const [fault, wanted] of Object.entries(paging)) {
    if (harmless.includes(fault) || !(thorough || someOfEach.includes(fault))) continue;
    test(`${fault} brings ${wanted.page ? `one page, ${wanted.page}` : 'a ticket and no page'}, and is resolved`, async () => {
        await peace();
        const from = await countOfNotifications();
        try {
            act('break', fault);
            await call(fault, wanted, from, Date.now());
        } finally {
            act('mend', fault);
        }
        await resolved(from);
        const pages = (await notifications(from)).filter(({ alerts }) =>
            alerts.some((a) => isFiring(a) && isPage(a)),
        );
        assert.equal(pages.length, wanted.page ? 1 : 0, `one incident, one page: ${await describe(from)()}`);
    });
}

function pm2(...commands) {
    execFileSync('node', [pm2Commands, JSON.stringify(commands)], {
        env: { ...process.env, PM2_HOME: state.files.pm2_home },
        stdio: 'ignore',
    });
}

function rotateBackendLog() {
    renameSync(state.files.backend_log, `${state.files.backend_log}.1`);
    pm2(['reloadLogs']);
}

const ordinaryWork = {
    'the backend is restarted': () => pm2(['restart', app]),
    'the log is rotated': rotateBackendLog,
    'nginx is reloaded': () => process.kill(state.pids.nginx, 'SIGHUP'),
    'Prometheus is reloaded': () => process.kill(state.pids.prometheus, 'SIGHUP'),
    'Alertmanager is reloaded': () => process.kill(state.pids.alertmanager, 'SIGHUP'),
    ...Object.fromEntries(
        (thorough ? harmless : harmless.slice(0, 1)).flatMap((fault) => [
            [`${fault} is made`, () => act('break', fault)],
            [`${fault} is mended`, () => act('mend', fault)],
        ]),
    ),
};

test('healthy running with restarts, rotation and reloads brings no alert but Watchdog', async () => {
    await peace();
    const from = await countOfNotifications();
    const minutes = thorough ? 30 : 2;
    const end = Date.now() + minutes * 60_000;
    const works = Object.entries(ordinaryWork);
    for (let turn = 0; Date.now() < end; ++turn) {
        const [what, work] = works[turn % works.length];
        work();
        await pause((minutes * 60_000) / (works.length * (thorough ? 2 : 1)));
        assert.deepEqual(
            (await notifications(from)).flatMap(({ alerts }) => alerts.map(nameOf)),
            [],
            `after ${what}`,
        );
    }
    assert.ok((await countOfNotifications()) >= 1, 'the Watchdog itself has been heard');
});
