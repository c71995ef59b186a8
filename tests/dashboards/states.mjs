#!/usr/bin/env node
// Takes the reference deployment in GATEWATCH_STACK_DIR through the states that panels.json declares, and runs every
// panel's queries in each. Ends with 0, or 1 on findings; the deployment is whole again in either case.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { checkQueries } from './queries.mjs';

// Longer than the longest range that a panel looks back, so that the state before has left it.
const wait = 120; // seconds
const states = [
    { state: 'healthy' },
    { state: 'fault', fault: 'nginx-no-location' },
    { state: 'database', fault: 'database-stopped' },
    { state: 'healthy' }, // recovered
];

const dir = process.env.GATEWATCH_STACK_DIR;
if (!dir) throw new Error('GATEWATCH_STACK_DIR: set it to the directory of a stack that is up, with --prometheus');
const { urls } = JSON.parse(readFileSync(`${dir}/state.json`, 'utf8'));

function stack(command, fault) {
    const tool = fileURLToPath(new URL('../stack/stack', import.meta.url));
    const { status } = spawnSync(tool, [command, fault, '--dir', dir], { stdio: 'inherit' });
    if (status !== 0) throw new Error(`stack ${command} ${fault} failed`);
}

let failed = false;
for (const { state, fault } of states) {
    if (fault) stack('break', fault);
    try {
        const findings = await checkQueries({
            prometheus: urls.prometheus,
            metrics: `${urls.agent}/metrics`,
            state,
            wait,
        });
        for (const finding of findings) console.error(`${state}: ${finding}`);
        console.log(`${state}: ${findings.length} findings`);
        failed ||= findings.length > 0;
    } finally {
        if (fault) stack('mend', fault);
    }
}
process.exitCode = failed ? 1 : 0;
