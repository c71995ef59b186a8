// Bringing a whole stack up and down, and making it show the faults that are in force.
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import * as backend from './backend.mjs';
import * as database from './database.mjs';
import { Failure, throwIfInterrupted, uninterrupted } from './failure.mjs';
import * as frontend from './frontend.mjs';
import { install, isInstalled } from './install.mjs';
import { readState } from './layout.mjs';
import * as names from './names.mjs';
import * as nginx from './nginx.mjs';
import * as observers from './observers.mjs';
import { choosePorts, releasePorts } from './ports.mjs';
import { stopUnnamed } from './processes.mjs';

const components = [names, database, backend, nginx, observers];

export const pids = (stack) => Object.assign({}, ...components.map((component) => component.pids(stack)));
const more = (stack) => ({ ...database.describe(stack), ...names.describe(stack), pids: pids(stack) });
const save = (stack) => stack.save(more(stack));

// What state.json says, with the processes that run now.
export const describe = (stack) => stack.describe(more(stack));

// Every command looks for programs there too: an ordinary user's PATH may lack it.
process.env.PATH = `${process.env.PATH}:/usr/sbin:/sbin`;

function checkPrograms(stack) {
    const needed = ['mariadbd', 'mariadb-install-db', 'nginx', 'openssl'];
    if (!isInstalled()) needed.push('npm', 'flock');
    if (stack.options.prometheus) needed.push('prometheus');
    if (stack.options.alertmanager) needed.push('prometheus-alertmanager');
    const dirs = process.env.PATH.split(':');
    const missing = needed.filter((program) => !dirs.some((dir) => isExecutable(path.join(dir, program))));
    if (missing.length > 0) {
        throw new Failure(
            `${missing.join(', ')} missing; packaging/install-packages installs what a stack needs`,
        );
    }
    const { agent } = stack.options;
    if (agent && !isExecutable(agent)) throw new Failure(`--agent ${agent} is not a program that can be run`);
}

function isExecutable(file) {
    try {
        accessSync(file, constants.X_OK);
        return true;
    } catch {
        return false;
    }
}

async function step(title, work, report) {
    throwIfInterrupted();
    const started = performance.now();
    report.begin(title);
    try {
        await work();
    } catch (error) {
        if (error instanceof Failure) error.step = title;
        throw error;
    }
    report.end(title, (performance.now() - started) / 1000);
}

export async function up(stack, report) {
    checkPrograms(stack);
    const fresh = !stack.up;
    if (fresh) {
        stack.faults.clear();
        stack.ports = {};
    }
    await backend.endOrphans(stack);
    await nginx.endOrphans(stack);
    const current = pids(stack);
    const nginxPort = ['nginx', 'deaf_listener'];
    const owners = { nginx: nginxPort, nginx_tls: nginxPort, backend_second: ['backend'] };
    await choosePorts(stack, (name) =>
        (owners[name] ?? [name]).some((owner) => [current[owner]].flat().some(Boolean)),
    );
    stack.up = true;
    save(stack);
    try {
        if (!isInstalled()) await step('Node packages (npm ci)', () => install(stack), report);
        await step(
            'MariaDB',
            async () => {
                if (!stack.faults.has('database-stopped')) await database.prepare(stack);
                await database.converge(stack);
            },
            report,
        );
        await step('backend (NestJS under PM2)', () => backend.converge(stack), report);
        await step(
            'nginx',
            async () => {
                frontend.converge(stack);
                await nginx.prepare(stack);
                await nginx.converge(stack);
            },
            report,
        );
        await names.converge(stack);
        observers.writeConfigs(stack);
        if (stack.options.agent) await step('Gatewatch agent', () => observers.startAgent(stack), report);
        if (stack.options.alertmanager)
            await step('Alertmanager', () => observers.startAlertmanager(stack), report);
        if (stack.options.prometheus)
            await step('Prometheus', () => observers.startPrometheus(stack), report);
    } catch (error) {
        if (fresh) await down(stack);
        throw error;
    }
    save(stack);
}

// Ends everything, in the reverse order of `up`; nothing to end is no failure.
export async function down(stack) {
    await uninterrupted(async () => {
        for (const component of [...components].reverse()) await component.stopAll(stack);
        await stopUnnamed(stack);
    });
    releasePorts(stack);
    stack.up = false;
    stack.faults.clear();
    if (stack.known || readState(stack.dir)) save(stack);
}

// state.json names the fault for as long as any of it may be in force: from before it is made until it is mended.
export async function setFault(stack, fault, broken) {
    if (!stack.up) throw new Failure(`no stack is up in ${stack.dir}; bring it up first`);
    if (broken) {
        stack.faults.add(fault);
        save(stack);
    } else stack.faults.delete(fault);
    for (const component of [names, database, frontend, backend, nginx]) await component.converge(stack);
    save(stack);
}
