// What all checks read: the dashboard, the declared states of its panels, the rules.

import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const dashboards = new URL('../../dashboards/', import.meta.url);
export const pathOf = (name) => fileURLToPath(new URL(name, dashboards));
export const read = (name) => readFileSync(pathOf(name), 'utf8');

export const rulesFile = 'rules/gatewatch.yml';
export const ruleTests = () => readdirSync(pathOf('rules/tests')).map((name) => `rules/tests/${name}`);

export const board = JSON.parse(read('gatewatch.json'));
export const states = JSON.parse(read('panels.json'));
/** The panels that show data: all but the headings of rows. */
export const panels = board.panels.filter(({ type }) => type !== 'row');

/** Metrics and label names in use, as [where, expression]. */
export const panelExpressions = () =>
    panels.flatMap(({ title, targets }) => targets.map(({ refId, expr }) => [`panel "${title}" ${refId}`, expr]));

/** The rules' expressions, as [where, expression]: the file's own form is enough to find them. */
export function alerts() {
    return read(rulesFile)
        .split(/^ *- alert: /m)
        .slice(1)
        .map((text) => ({ name: text.match(/^\S+/)[0], text, expr: expressionOf(text) }));
}

function expressionOf(text) {
    const block = text.match(/^ *expr: \|\n((?: {10}.*\n)+)/m);
    return (block ? block[1] : text.match(/^ *expr: (.*)$/m)[1]).replace(/\s+/g, ' ').trim();
}
