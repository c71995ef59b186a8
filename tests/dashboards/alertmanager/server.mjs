// A real Alertmanager with the example's routes, inhibitions and templates, its waits shortened by one factor and its
// receivers on loopback. Used by inhibition.test.mjs.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathOf, read } from '../files.mjs';
import { require } from '../packages.mjs';
import { seconds } from '../rules/promql.mjs';

const { load, dump } = require('js-yaml');

export const example = 'alertmanager/alertmanager.yml';
export const factor = 50;
export const config = load(read(example));

/** Polls until `what()` is true; after half a minute it throws what `found()` gives. */
export async function until(what, found) {
    const end = Date.now() + 30_000;
    while (!(await what())) {
        if (Date.now() > end)
            throw new Error(`did not come within 30 s; there is ${JSON.stringify(await found())}`);
        await sleep(50);
    }
}

function shortened(route) {
    const times = Object.entries(route).filter(([key]) => /_(wait|interval)$/.test(key));
    const quick = times.map(([key, time]) => [key, `${Math.round((seconds(time) * 1000) / factor)}ms`]);
    return { ...route, ...Object.fromEntries(quick), routes: route.routes?.map(shortened) };
}

function onLoopback({ webhookPort, mailPort }) {
    const webhooks = (list) =>
        list?.map((each) => ({
            ...each,
            url: each.url.replace('localhost:8088', `127.0.0.1:${webhookPort}`),
        }));
    return {
        ...config,
        global: { ...config.global, smtp_smarthost: `127.0.0.1:${mailPort}` },
        templates: config.templates.map((name) => pathOf(`alertmanager/${name}`)),
        route: shortened(config.route),
        receivers: config.receivers.map((each) => ({
            ...each,
            webhook_configs: webhooks(each.webhook_configs),
        })),
    };
}

async function freePort() {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address();
    server.close();
    await once(server, 'close');
    return port;
}

/** { post, alerts, stop }; ports of the sinks as in sinks.mjs. */
export async function startAlertmanager(ports) {
    const dir = mkdtempSync(path.join(tmpdir(), 'gatewatch-alertmanager-'));
    const file = path.join(dir, 'alertmanager.yml');
    writeFileSync(file, dump(onLoopback(ports), { skipInvalid: true }));
    const url = `http://127.0.0.1:${await freePort()}`;
    const args = [
        `--config.file=${file}`,
        `--storage.path=${dir}`,
        `--web.listen-address=${new URL(url).host}`,
    ];
    const process = spawn('prometheus-alertmanager', [...args, '--cluster.listen-address='], {
        stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = [];
    for (const stream of [process.stdout, process.stderr])
        stream.on('data', (chunk) => log.push(String(chunk)));
    const failed = once(process, 'error').then(([error]) =>
        log.push(`${error.message}: install prometheus-alertmanager`),
    );
    const ready = () =>
        fetch(`${url}/-/ready`).then(
            ({ ok }) => ok,
            () => false,
        );
    await until(
        async () => process.exitCode !== null || !process.pid || (await ready()),
        () => log.join(''),
    );
    if (!process.pid) await failed;
    if (!(await ready())) throw new Error(`Alertmanager did not start:\n${log.join('')}`);

    const ended = once(process, 'exit');
    return {
        async post(alerts) {
            const headers = { 'Content-Type': 'application/json' };
            const reply = await fetch(`${url}/api/v2/alerts`, {
                method: 'POST',
                headers,
                body: JSON.stringify(alerts),
            });
            if (!reply.ok) throw new Error(`Alertmanager answered ${reply.status}: ${await reply.text()}`);
        },
        alerts: () => fetch(`${url}/api/v2/alerts`).then((reply) => reply.json()),
        async stop() {
            process.kill('SIGTERM');
            await ended;
            rmSync(dir, { recursive: true });
        },
    };
}
