// Ordinary work of whoever runs the deployment: its logs are rotated, what runs is reloaded and restarted. Each is a
// list of pairs, what is done and the function that does it. Used by quiet.test.mjs.
import { execFileSync } from 'node:child_process';
import { copyFileSync, renameSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { app } from '../../stack/lib/layout.mjs';
import { act, pidOf, restart, stackTool, state } from './deployment.mjs';

const pm2Commands = path.join(path.dirname(stackTool), 'lib', 'pm2-commands.mjs');

function pm2(...commands) {
    execFileSync('node', [pm2Commands, JSON.stringify(commands)], {
        env: { ...process.env, PM2_HOME: state.files.pm2_home },
        stdio: 'ignore',
    });
}

const send = (name, signal) => process.kill(pidOf(name), signal);

const setAside = (file) => renameSync(file, `${file}.1`);

function rotateBackendLog() {
    setAside(state.files.backend_log);
    pm2(['reloadLogs']);
}

// As logrotate does it for a writer that cannot be told to open its file again.
function copyAndTruncate(file) {
    copyFileSync(file, `${file}.1`);
    truncateSync(file);
}

function rotateNginxLogs() {
    for (const file of [state.files.nginx_access_log, state.files.nginx_error_log]) setAside(file);
    send('nginx', 'SIGUSR1');
}

export const rotations = [
    ["the backend's log is rotated", rotateBackendLog],
    ["nginx's logs are rotated", rotateNginxLogs],
];
export const truncation = [
    "the backend's log is copied and truncated",
    () => copyAndTruncate(state.files.backend_log),
];
export const reloads = ['agent', 'nginx', 'prometheus', 'alertmanager'].map((name) => [
    `${name} is reloaded`,
    () => send(name, 'SIGHUP'),
]);

// No user notices these.
export const agentRestart = ['the agent is restarted', () => restart('agent')];
export const observerRestarts = [
    ['Prometheus is restarted', () => restart('prometheus')],
    ['Alertmanager is restarted', () => restart('alertmanager')],
];
export const observersRestart = [
    'Prometheus and Alertmanager are restarted',
    () => restart('prometheus', 'alertmanager'),
];

// For some seconds nobody can connect.
export const backendRestart = ['the backend is restarted', () => pm2(['restart', app])];
export const backendRestartToJson = [
    'the backend is restarted, and writes its log as JSON from now on',
    () => act('break', 'log-json'),
];
export const nginxRestart = ['nginx is restarted', () => restart('nginx')];
export const databaseRestart = ['MariaDB is restarted', () => restart('mysql')];
