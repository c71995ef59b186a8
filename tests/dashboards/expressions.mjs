// What must hold for every expression, in panels and in rules.

import { familyOf, selectorsIn } from '../../dashboards/generator/catalogue.mjs';

const added = ['job', 'instance', 'vantage', 'le']; // by Prometheus, and of histograms
const ofAlerts = ['alertname', 'severity'];

export function checkExpression(where, expr, catalogue) {
    const findings = [];
    for (const { name, matchers } of selectorsIn(expr)) {
        if (name === 'up') continue;
        const family = familyOf(name, catalogue);
        if (!family) {
            findings.push(`${where}: the agent has no metric ${name}`);
            continue;
        }
        const labels = [...family.labels, ...added];
        for (const { label } of matchers) {
            if (!labels.includes(label)) findings.push(`${where}: ${name} has no label ${label}`);
        }
        if (family.type !== 'gauge' && !new RegExp(`\\b(rate|increase)\\(${name}\\b`).test(expr)) {
            findings.push(`${where}: ${name} only goes up: use it in rate() or increase()`);
        }
    }
    for (const [, operator, next] of expr.matchAll(/ (and|unless) (\S+)/g)) {
        if (next !== 'on') findings.push(`${where}: "${operator}" without on (...)`);
    }
    const known = new Set([...catalogue.values()].flatMap(({ labels }) => labels).concat(added, ofAlerts));
    for (const [, list] of expr.matchAll(/\b(?:by|on|group_left|group_right) \(([^)]*)\)/g)) {
        for (const label of list.split(/, */)) {
            if (!known.has(label)) findings.push(`${where}: no metric has the label ${label}`);
        }
    }
    return findings;
}
