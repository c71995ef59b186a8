#!/usr/bin/env node
// Takes the reference deployment in GATEWATCH_STACK_DIR through the states that dashboards/generator/states.mjs names,
// and runs every query of every dashboard in each. Ends with 0, or 1 on findings; the deployment is whole again in
// either case.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { states } from '../../dashboards/generator/states.mjs';
import { checkQueries } from './queries.mjs';

const wait = 60; // seconds, at most, for what a state is known by
// Prometheus scrapes and evaluates so many times quicker than it would, and with it goes the range of the queries:
// what belongs to the state before leaves it within seconds.
const pace = 10;

const dir = process.env.GATEWATCH_STACK_DIR;
if (!dir)
    throw new Error('GATEWATCH_STACK_DIR: set it to the directory of a stack that is up, with --prometheus');
const description = () => JSON.parse(readFileSync(`${dir}/state.json`, 'utf8'));
const { urls, options } = description();

function stack(...args) {
    const tool = fileURLToPath(new URL('../stack/stack', import.meta.url));
    const { status } = spawnSync(tool, [...args, '--dir', dir], { stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) throw new Error(`stack ${args.join(' ')} failed`);
}

const broken = (fault) => ({ make: () => stack('break', fault), mend: () => stack('mend', fault) });

/** The fault shows only where users, and with them the agent, take another way in. */
const overAnotherWay = (way, fault) => ({
    make: () => {
        stack('up', '--public', way);
        stack('break', fault);
    },
    mend: () => {
        stack('mend', fault);
        stack('up', '--public', options.public);
    },
});

async function stopAgent() {
    const { agent } = description().pids;
    process.kill(agent, 'SIGTERM');
    const isAlive = () => {
        try {
            return process.kill(agent, 0);
        } catch {
            return false;
        }
    };
    const end = Date.now() + 10_000;
    while (isAlive()) {
        if (Date.now() > end) throw new Error(`the agent (pid ${agent}) does not end`);
        await sleep(50);
    }
}

const ways = {
    healthy: {},
    nginx: broken('nginx-no-location'),
    dns: overAnotherWay('name', 'dns-broken'),
    certificate: overAnotherWay('tls', 'tls-expired'),
    backend: broken('backend-stopped'),
    token: broken('token-expired'),
    database: broken('database-stopped'),
    frontend: broken('frontend-localhost-url'),
    log: broken('log-elsewhere'),
    agent: { make: stopAgent, mend: () => stack('up') },
    recovered: {},
};

async function findingsIn(state, since) {
    // An agent that does not run has no /metrics.
    const metrics = state === 'agent' ? undefined : `${urls.agent}/metrics`;
    return checkQueries({ prometheus: urls.prometheus, metrics, state, wait, since });
}

async function tryState(state) {
    const { make, mend } = ways[state];
    const begun = Date.now();
    try {
        await make?.();
        const findings = await findingsIn(state, Date.now());
        for (const finding of findings) console.error(`${state}: ${finding}`);
        console.log(
            `${state}: ${findings.length} findings after ${Math.round((Date.now() - begun) / 1000)} s`,
        );
        return findings.length === 0;
    } finally {
        mend?.();
    }
}

stack('up', '--pace', String(pace));
try {
    for (const state of Object.keys(states)) {
        if (!(await tryState(state))) process.exitCode = 1;
    }
} finally {
    stack('up', '--pace', String(options.pace ?? 1));
}
