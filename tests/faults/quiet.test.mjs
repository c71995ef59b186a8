// Ordinary work on a healthy deployment: restarts, log rotation and reloads of everything, and changes that users do
// not notice. A real Prometheus and Alertmanager must send nothing but the Watchdog meanwhile. GATEWATCH_THOROUGH=1:
// half an hour of it instead of two minutes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { app } from '../stack/lib/layout.mjs';
import { single } from './lib/expected/index.mjs';
import {
    act,
    countOfNotifications,
    isFiring,
    nameOf,
    notifications,
    peace,
    stackTool,
    state,
    thorough,
} from './lib/notifications.mjs';
import { harmless } from './lib/paging.mjs';

const pm2Commands = path.join(path.dirname(stackTool), 'lib', 'pm2-commands.mjs');

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

const changes = (faults) =>
    faults.flatMap((fault) => [
        [`${fault} is made`, () => act('break', fault)],
        [`${fault} is mended`, () => act('mend', fault)],
    ]);
const withoutRestart = harmless.filter((fault) => !single[fault].restarts);

const unnoticed = [
    ['the log is rotated', rotateBackendLog],
    ['the agent is reloaded', () => process.kill(state.pids.agent, 'SIGHUP')],
    ['nginx is reloaded', () => process.kill(state.pids.nginx, 'SIGHUP')],
    ['Prometheus is reloaded', () => process.kill(state.pids.prometheus, 'SIGHUP')],
    ['Alertmanager is reloaded', () => process.kill(state.pids.alertmanager, 'SIGHUP')],
    ...changes(thorough ? withoutRestart : withoutRestart.slice(0, 1)),
];
// For some seconds nobody can connect. A backend that is restarted every few minutes is not healthy: the pages on the
// error budget say so, and rightly.
const restarts = [
    ['the backend is restarted', () => pm2(['restart', app])],
    ...(thorough ? changes(['log-json']) : []),
];
// A restart has ordinary work before it, and after it as much time as a page takes.
const works = restarts.flatMap((restart) => [...unnoticed.slice(0, 3), restart, ...unnoticed.slice(3)]);

test('healthy running with restarts, rotation and reloads brings no alert but Watchdog', async () => {
    await peace();
    const from = await countOfNotifications();
    const minutes = thorough ? 30 : 2;
    for (const [what, work] of works) {
        work();
        await pause((minutes * 60_000) / works.length);
        assert.deepEqual(
            (await notifications(from)).flatMap(({ alerts }) => alerts.filter(isFiring).map(nameOf)),
            [],
            `after ${what}`,
        );
    }
    assert.ok((await countOfNotifications()) >= 1, 'the Watchdog itself has been heard');
});
