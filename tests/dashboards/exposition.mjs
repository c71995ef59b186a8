// Compares the text of a real /metrics with the catalogue, and with the label values that queries ask for.

import { familyOf } from '../../dashboards/generator/catalogue.mjs';
import { parseExposition } from '../lib/exposition.mjs';

// Chosen at the top of a dashboard, or put there by Prometheus.
const added = ['gateway', 'job', 'instance'];

/** Label values that queries ask for and no series has, of metrics that are there. */
function missingValues(selectors, samples, catalogue) {
    const values = new Map();
    for (const { name, labels } of samples) {
        for (const [label, value] of Object.entries(labels)) {
            const key = `${familyOf(name, catalogue)?.name} ${label}`;
            values.set(key, (values.get(key) ?? new Set()).add(value));
        }
    }
    const findings = [];
    for (const { where, name, matchers } of selectors) {
        for (const { label, operator, value } of matchers) {
            if (added.includes(label) || operator.startsWith('!')) continue;
            const present = values.get(`${familyOf(name, catalogue)?.name} ${label}`);
            if (!present) continue; // the metric is not there in this state
            const asked = operator.endsWith('~') ? value.split('|') : [value];
            for (const each of asked) {
                const found = [...present].some((one) => new RegExp(`^(?:${each})$`).test(one));
                if (!found) findings.push(`${where}: no ${name} has ${label}="${each}"`);
            }
        }
    }
    return findings;
}

export function compareMetrics(text, catalogue, selectors) {
    const { types, samples } = parseExposition(text);
    const findings = samples.length === 0 ? ['/metrics holds no samples'] : [];
    for (const [name, type] of types) {
        const family = catalogue.get(name);
        if (!family) findings.push(`/metrics has ${name}, the catalogue has not`);
        else if (family.type !== type)
            findings.push(`${name} is a ${type}, in the catalogue a ${family.type}`);
    }
    for (const { name, labels } of samples) {
        const family = familyOf(name, catalogue);
        const found = Object.keys(labels)
            .filter((label) => label !== 'le')
            .sort()
            .join();
        const wanted = family && [...family.labels].sort().join();
        if (family && found !== wanted)
            findings.push(`${name} has the labels ${found}, in the catalogue ${wanted}`);
    }
    return [...new Set([...findings, ...missingValues(selectors, samples, catalogue)])];
}
