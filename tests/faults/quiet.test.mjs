// Ordinary work on a healthy deployment: restarts, log rotation and reloads of everything, and changes that users do
// not notice. A real Prometheus must find nothing and Alertmanager send nothing but the Watchdog meanwhile, and that to
// the end. GATEWATCH_THOROUGH=1: half an hour of it instead of two minutes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { stackState } from './lib/agent.mjs';
import { single } from './lib/expected/index.mjs';
import {
    act,
    countOfNotifications,
    firedSince,
    heardSince,
    isFiring,
    nameOf,
    notifications,
    peace,
    thorough,
    until,
    watchedSince,
    within,
} from './lib/notifications.mjs';
import { harmless } from './lib/paging.mjs';
import {
    agentRestart,
    backendRestart,
    backendRestartToJson,
    databaseRestart,
    nginxRestart,
    observerRestarts,
    observersRestart,
    reloads,
    rotations,
    truncation,
} from './lib/work.mjs';

const changes = (faults) =>
    faults.flatMap((fault) => [
        [`${fault} is made`, () => act('break', fault)],
        [`${fault} is mended`, () => act('mend', fault)],
    ]);
const withoutRestart = harmless.filter((fault) => !single[fault].restarts);

// Several at a time, where the time is short.
const atOnce = (works) => [
    works.map(([what]) => what).join(', '),
    async () => {
        for (const [, work] of works) await work();
    },
];
const unnoticed = thorough
    ? [...rotations, agentRestart, ...reloads, ...observerRestarts, truncation, ...changes(withoutRestart)]
    : [
          atOnce(rotations),
          agentRestart,
          atOnce(reloads),
          observersRestart,
          truncation,
          ...changes(withoutRestart.slice(0, 1)),
      ];
// For some seconds nobody can connect: one such restart in ten minutes. A backend that is restarted every few minutes
// is not healthy: the alerts on the error budget say so, and rightly.
const noticed = thorough ? [nginxRestart, databaseRestart, backendRestartToJson] : [backendRestart];
// Each has ordinary work before it, and after it as much time as a page takes.
const works = noticed.flatMap((restart) => [...unnoticed.slice(0, 3), restart, ...unnoticed.slice(3)]);
const minutes = thorough ? 30 : 2;

// Prometheus tells an Alertmanager that was started anew of its alerts once a minute, at any pace.
const silence = 60 + within(2);

/// Silence says something only while the dead man's switch is heard.
async function isQuiet(what, done, from, begun) {
    await until(`the Watchdog is heard again after: ${what}`, () => heardSince(done), { seconds: silence });
    assert.deepEqual(
        (await notifications(from)).flatMap(({ alerts }) => alerts.filter(isFiring).map(nameOf)),
        [],
        `somebody was told after: ${what}`,
    );
    assert.deepEqual(await firedSince(begun), [], `an alert fired after: ${what}`);
}

test('healthy running with restarts, rotation and reloads brings no alert but Watchdog', async () => {
    await peace();
    const from = await countOfNotifications();
    const begun = Date.now();
    try {
        for (const [index, [what, work]] of works.entries()) {
            await work();
            const done = Date.now();
            await pause(Math.max(0, begun + ((index + 1) * minutes * 60_000) / works.length - done));
            await isQuiet(what, done, from, begun);
        }
        const watched = await watchedSince(begun);
        assert.ok(watched > 0.75, `the rules were evaluated in ${Math.round(watched * 100)} % of the time only`);
    } finally {
        for (const fault of stackState().faults) act('mend', fault);
    }
});
