#!/usr/bin/env node
// Checks of dashboards/: without arguments the rules and the dashboards' structure; `queries` runs every query of the
// dashboards against a Prometheus that has scraped an agent. See dashboards/README.md. Ends with 0, 1 on findings,
// 2 on wrong usage.

import { parseArgs } from 'node:util';
import { states } from '../../dashboards/generator/states.mjs';
import { checkQueries } from './queries.mjs';
import { checkRunbooks } from './runbooks.mjs';

const usage = `usage: check.mjs
              check.mjs queries --prometheus URL --state STATE [--metrics URL] [--wait SECONDS]
              STATE is one of ${Object.keys(states).join(', ')}`;

function wrongUsage(why) {
    console.error(`${why}\n${usage}`);
    process.exit(2);
}

function parse() {
    try {
        return parseArgs({
            allowPositionals: true,
            options: {
                prometheus: { type: 'string' },
                state: { type: 'string' },
                metrics: { type: 'string' },
                wait: { type: 'string', default: '0' },
            },
        });
    } catch (error) {
        return wrongUsage(error.message);
    }
}

/** These install the packages of dashboards/package.json where they are missing. */
async function checkFiles() {
    const [{ checkRules }, { checkSchema }, { checkStructure }] = await Promise.all([
        import('./rules.mjs'),
        import('./schema.mjs'),
        import('./structure.mjs'),
    ]);
    return [...checkRules(), ...checkRunbooks(), ...checkStructure(), ...checkSchema()];
}

const { values, positionals } = parse();
let findings;
if (positionals.length === 0) {
    findings = await checkFiles();
} else if (positionals.length === 1 && positionals[0] === 'queries') {
    if (!values.prometheus || !values.state) wrongUsage('queries needs --prometheus and --state');
    if (!/^\d+$/.test(values.wait)) wrongUsage('--wait is a number of seconds');
    findings = await checkQueries({ ...values, wait: Number(values.wait) });
} else {
    wrongUsage(`unknown command ${positionals.join(' ')}`);
}
for (const finding of findings) console.error(finding);
console.log(findings.length === 0 ? 'dashboards: all is well' : `dashboards: ${findings.length} findings`);
process.exit(findings.length === 0 ? 0 : 1);
