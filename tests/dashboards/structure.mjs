// The dashboard's JSON: what Grafana would not complain about and a reader would.

import { spawnSync } from 'node:child_process';
import { readCatalogue } from '../../dashboards/generator/catalogue.mjs';
import { checkExpression } from './expressions.mjs';
import { board, panelExpressions, panels, pathOf, read, states } from './files.mjs';

const gridWidth = 24;

function checkLayout() {
    const findings = [];
    const overlap = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
    board.panels.forEach(({ title, gridPos }, index) => {
        if (gridPos.x < 0 || gridPos.x + gridPos.w > gridWidth) findings.push(`panel "${title}" leaves the grid`);
        for (const other of board.panels.slice(index + 1)) {
            if (overlap(gridPos, other.gridPos)) findings.push(`panels "${title}" and "${other.title}" overlap`);
        }
    });
    for (const key of ['id', 'title']) {
        const seen = board.panels.map((panel) => panel[key]);
        if (new Set(seen).size !== seen.length) findings.push(`two panels have the same ${key}`);
    }
    return findings;
}

function checkDataSource() {
    const variables = board.templating.list.filter(({ type }) => type === 'datasource');
    const findings = variables.length === 1 ? [] : [`${variables.length} datasource variables instead of one`];
    for (const [, uid] of read('gatewatch.json').matchAll(/"datasource": \{[^}]*"uid": "([^"]*)"/g)) {
        if (uid !== `\${${variables[0]?.name}}`) findings.push(`the data source ${uid} is not the variable`);
    }
    for (const panel of panels) {
        for (const each of [panel, ...panel.targets]) {
            if (!each.datasource?.uid) findings.push(`panel "${panel.title}" names no data source`);
        }
    }
    if (!board.templating.list.some(({ name }) => name === 'gateway')) findings.push('no gateway variable');
    return findings;
}

/** Units and words: nothing is told by colour alone, and missing data looks neither good nor bad. */
function checkMeaning({ title, type, description = '', targets, fieldConfig, options }) {
    const where = `panel "${title}"`;
    const findings = [];
    const { defaults } = fieldConfig;
    if (!/[a-z]/.test(description) || !/\p{Script=Han}/u.test(description)) {
        findings.push(`${where}: no description in both languages`);
    }
    if (!(type === 'heatmap' ? options.yAxis.unit : defaults.unit)) findings.push(`${where}: no unit`);
    if (targets.length === 0) findings.push(`${where}: no query`);
    for (const { refId, legendFormat } of targets) {
        if (!legendFormat) findings.push(`${where} ${refId}: no legend`);
    }
    if (type === 'stat' || type === 'state-timeline') {
        const missing = defaults.mappings?.find((each) => each.options?.match === 'null+nan')?.options.result;
        const grey = /^(text|#)/.test(missing?.color ?? '');
        if (!missing?.text || !grey) findings.push(`${where}: missing data has no grey word`);
        for (const mapping of defaults.mappings ?? []) {
            for (const result of mapping.type === 'value' ? Object.values(mapping.options) : []) {
                if (!result.text) findings.push(`${where}: a value has a colour and no word`);
            }
        }
    }
    const steps = defaults.thresholds?.steps ?? [];
    if (steps.some(({ color }) => color !== 'text')) findings.push(`${where}: a threshold tells by colour alone`);
    if (defaults.custom?.spanNulls) findings.push(`${where}: draws over gaps`);
    return findings;
}

function checkStates() {
    const findings = [];
    const titles = new Set(panels.map(({ title }) => title));
    for (const title of Object.keys(states)) {
        if (!titles.has(title)) findings.push(`panels.json: there is no panel "${title}"`);
    }
    for (const { title, targets } of panels) {
        if (!states[title]) findings.push(`panels.json: panel "${title}" declares no states`);
        const refIds = targets.map(({ refId }) => refId);
        for (const refId of Object.values(states[title] ?? {}).flatMap(Object.keys)) {
            if (!refIds.includes(refId)) findings.push(`panels.json: panel "${title}" has no query ${refId}`);
        }
    }
    return findings;
}

function checkExpressions() {
    const catalogue = readCatalogue();
    return panelExpressions().flatMap(([where, expr]) => {
        const fixed = [...expr.matchAll(/\[([^\]]*)\]/g)].filter(([, range]) => range !== '$__rate_interval');
        return [
            ...checkExpression(where, expr, catalogue),
            ...fixed.map(([range]) => `${where}: the range ${range} should be $__rate_interval`),
        ];
    });
}

function checkGenerated() {
    const run = spawnSync(process.execPath, [pathOf('generate.mjs'), '--check'], { encoding: 'utf8' });
    return run.status === 0 ? [] : [run.stderr.trim() || 'generate.mjs --check failed'];
}

export function checkStructure() {
    return [
        ...checkGenerated(),
        ...checkLayout(),
        ...checkDataSource(),
        ...panels.flatMap(checkMeaning),
        ...checkStates(),
        ...checkExpressions(),
    ];
}
