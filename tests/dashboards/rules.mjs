// The alert rules: promtool's own checks, and what it does not look at.

import { spawnSync } from 'node:child_process';
import { readCatalogue } from '../../dashboards/generator/catalogue.mjs';
import { checkExpression } from './expressions.mjs';
import { alerts, pathOf, read, ruleTests, rulesFile } from './files.mjs';

const scrape = 15; // seconds
const annotations = ['summary', 'description', 'summary_zh', 'description_zh'];
// The watchdog always fires: there is no case in which it must not.
const neverSilent = ['Watchdog'];

function promtool(...args) {
    const { status, stdout, stderr, error } = spawnSync('promtool', args, { encoding: 'utf8' });
    if (error) return [`promtool cannot be run (${error.message}): install the package prometheus`];
    return status === 0 ? [] : [`promtool ${args.slice(0, 2).join(' ')} failed:\n${stdout}${stderr}`];
}

function checkAlert({ name, text, expr }, catalogue) {
    const where = `alert ${name}`;
    const findings = checkExpression(where, expr, catalogue);
    if (!/^ +severity: (critical|warning|info)$/m.test(text)) findings.push(`${where}: no severity`);
    const labels = text.match(/^ +labels:\n((?: {10}.*\n)*)/m)?.[1] ?? '';
    if (labels.trim().split('\n').length !== 1) findings.push(`${where}: severity is the only label of its own`);
    for (const each of annotations) {
        if (!new RegExp(`^ +${each}: `, 'm').test(text)) findings.push(`${where}: no ${each}`);
    }
    for (const [range, number, unit] of expr.matchAll(/\[(\d+)([smhd])\]/g)) {
        if (number * { s: 1, m: 60, h: 3600, d: 86400 }[unit] < 4 * scrape) {
            findings.push(`${where}: the range ${range} is shorter than four scrapes`);
        }
    }
    return findings;
}

/** Each alert has a case in which it fires and one in which it must not. */
function checkTested({ name }, tests) {
    const cases = tests.split(new RegExp(`alertname: ${name}\\b`)).slice(1);
    const silent = cases.some((text) => /^[^-]*?exp_alerts: \[\]/.test(text));
    const fires = cases.some((text) => /^[^[-]*?exp_alerts:\s+- exp_labels/.test(text));
    const findings = [];
    if (!fires) findings.push(`alert ${name}: no test in which it fires`);
    if (!silent && !neverSilent.includes(name)) findings.push(`alert ${name}: no test in which it must not fire`);
    return findings;
}

export function checkRules() {
    const catalogue = readCatalogue();
    const tests = ruleTests().map(read).join('\n');
    return [
        ...promtool('check', 'rules', '--lint=all', '--lint-fatal', pathOf(rulesFile)),
        ...promtool('test', 'rules', ...ruleTests().map(pathOf)),
        ...alerts().flatMap((alert) => [...checkAlert(alert, catalogue), ...checkTested(alert, tests)]),
    ];
}
