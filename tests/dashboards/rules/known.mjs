// What a rule may name: the agent's metrics and their labels, and the values of those labels that are closed lists, all
// from the agent's own sources. Used by lint.mjs.

import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { familyOf, readCatalogue } from '../../../dashboards/generator/catalogue.mjs';

const top = fileURLToPath(new URL('../../../', import.meta.url));

const headers = ['config', 'probes', 'agent']
    .flatMap((folder) =>
        readdirSync(`${top}${folder}`, { recursive: true }).map((name) => `${top}${folder}/${name}`),
    )
    .filter((name) => name.endsWith('.hpp'))
    .map((name) => readFileSync(name, 'utf8'))
    .join('');

/** The names of an enumeration, as they stand in labels. */
function enumeration(name) {
    const [, list] = headers.match(new RegExp(`GATEWATCH_ENUM\\(${name},([^)]*)\\)`)) ?? [];
    if (!list) throw new Error(`no header has the enumeration ${name}`);
    return list.split(',').map((each) => each.trim().replace(/_$/, ''));
}

const lists = {
    cause: enumeration('Cause'),
    reason: enumeration('Reason'),
    phase: enumeration('Phase'),
    probe: enumeration('ProbeKind'),
    route: enumeration('Role'),
    collector: enumeration('CollectorKind'),
    event: enumeration('EventKind'),
    origin: enumeration('Origin'),
    state: enumeration('TokenState'),
    result: ['ok', 'fail'],
};

// By Prometheus: its own labels, and `vantage` by relabelling.
const added = ['job', 'instance', 'vantage'];
const up = { name: 'up', type: 'gauge', labels: [], help: '1 if the scrape succeeded' };
const catalogue = readCatalogue();

/** The metric of that name: { type, labels, isState }, or undefined. `isState`: its value is 0 or 1. */
export function metricOf(name) {
    const family = name === 'up' ? up : familyOf(name, catalogue);
    if (!family) return undefined;
    const isState = family.type === 'gauge' && /^(Always 1|1 (if|while|for) )/.test(family.help);
    return { type: family.type, labels: [...family.labels, ...added, 'le'], isState };
}

export const labels = new Set([...catalogue.values()].flatMap((metric) => metric.labels).concat(added));

/** Those values that a matcher asks for and the label never has. */
export function unknownValues({ label, operator, value }) {
    if (!lists[label]) return [];
    const asked = operator.endsWith('~') ? value.split('|') : [value];
    return asked.filter((each) => !lists[label].some((one) => new RegExp(`^(?:${each})$`).test(one)));
}
