// The dashboards' JSON: what Grafana would not complain about and a reader would.

import { spawnSync } from 'node:child_process';
import { readCatalogue } from '../../dashboards/generator/catalogue.mjs';
import { states } from '../../dashboards/generator/states.mjs';
import { boardExpressions, boards, panelsOf, placed, queriesOf, variablesOf } from './boards.mjs';
import { checkExpression } from './expressions.mjs';
import { pathOf, read, ruleFiles } from './files.mjs';

const gridWidth = 24;

function checkLayout(board) {
    const findings = [];
    const all = placed(board);
    const overlap = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
    all.forEach(({ title, gridPos }, index) => {
        if (gridPos.x < 0 || gridPos.x + gridPos.w > gridWidth)
            findings.push(`panel "${title}" leaves the grid`);
        for (const other of all.slice(index + 1)) {
            if (overlap(gridPos, other.gridPos))
                findings.push(`panels "${title}" and "${other.title}" overlap`);
        }
    });
    for (const line of linesOf(all)) {
        const width = line.reduce((sum, { gridPos }) => sum + gridPos.w, 0);
        if (width !== gridWidth) findings.push(`the line of panel "${line[0].title}" is ${width} wide`);
        if (new Set(line.map(({ gridPos }) => gridPos.h)).size > 1) {
            findings.push(`the line of panel "${line[0].title}" has panels of several heights`);
        }
    }
    for (const key of ['id', 'title']) {
        const seen = all.map((panel) => panel[key]);
        if (new Set(seen).size !== seen.length) findings.push(`two panels have the same ${key}`);
    }
    return findings;
}

/** Panels by their upper edge. */
function linesOf(all) {
    const lines = new Map();
    for (const panel of all) lines.set(panel.gridPos.y, [...(lines.get(panel.gridPos.y) ?? []), panel]);
    return lines.values();
}

/** The one data source is a variable, and nothing else of anybody's Grafana is named. */
function checkDataSource(board) {
    const variables = board.json.templating.list.filter(({ type }) => type === 'datasource');
    const findings =
        variables.length === 1 ? [] : [`${variables.length} datasource variables instead of one`];
    const allowed = [board.json.uid, `\${${variables[0]?.name}}`];
    for (const [, uid] of board.text.matchAll(/"uid": "([^"]*)"/g)) {
        if (!allowed.includes(uid)) findings.push(`the data source ${uid} is not the variable`);
    }
    const asking = panelsOf(board).flatMap((panel) => [panel, ...panel.targets]);
    for (const each of [...asking, ...variablesOf(board), ...board.json.annotations.list]) {
        const name = each.title ?? each.name ?? each.expr;
        if (!each.datasource?.uid) findings.push(`"${name}" names no data source`);
    }
    return findings;
}

function checkWords(mappings) {
    return mappings
        .flatMap(({ type, options }) => (type === 'value' ? Object.values(options) : [options.result]))
        .every(({ text }) => text);
}

/** Units and words: nothing is told by colour alone, and missing data looks neither good nor bad. */
function checkMeaning({ title, type, description = '', targets, fieldConfig, options }) {
    const where = `panel "${title}"`;
    const findings = [];
    const { defaults, overrides = [] } = fieldConfig;
    if (!/[a-z]/.test(description) || !/\p{Script=Han}/u.test(description)) {
        findings.push(`${where}: no description in both languages`);
    }
    if (!/[a-z]/i.test(title)) findings.push(`${where}: no title`);
    if (!(type === 'heatmap' ? options.yAxis.unit : defaults.unit)) findings.push(`${where}: no unit`);
    if (targets.length === 0) findings.push(`${where}: no query`);
    for (const { refId, legendFormat } of type === 'table' ? [] : targets) {
        if (!legendFormat) findings.push(`${where} ${refId}: no legend`);
    }
    if (!/no data.*无数据/.test(defaults.noValue))
        findings.push(`${where}: nothing says that data is missing`);
    const missing = defaults.mappings?.find((each) => each.options?.match === 'null+nan')?.options.result;
    // A bar of each cause: where it has no data another one was named, which is not "no data".
    const ofCauses = type === 'state-timeline' && targets.some((each) => each.legendFormat?.includes('{{cause}}'));
    if (ofCauses) {
        if (missing) findings.push(`${where}: calls it missing data that another cause was named`);
    } else if (type === 'stat' || type === 'state-timeline' || type === 'table') {
        const grey = /^(text|#808080)/.test(missing?.color ?? '');
        if (!missing?.text || !grey) findings.push(`${where}: missing data has no grey word`);
    }
    const ofOverrides = overrides.flatMap(({ properties }) =>
        properties.filter(({ id }) => id === 'mappings'),
    );
    for (const mappings of [defaults.mappings ?? [], ...ofOverrides.map(({ value }) => value)]) {
        if (!checkWords(mappings)) findings.push(`${where}: a value has a colour and no word`);
    }
    const steps = defaults.thresholds?.steps ?? [];
    if (steps.some(({ color }) => color !== 'text'))
        findings.push(`${where}: a threshold tells by colour alone`);
    if (defaults.custom?.spanNulls) findings.push(`${where}: draws over gaps`);
    if (type === 'state-timeline' && options.mergeValues && defaults.color?.mode === 'thresholds') {
        // Grafana merges thresholds then, and drops the words that values are mapped to.
        findings.push(`${where}: merges states by thresholds, which makes all of them look the same`);
    }
    return findings;
}

/** Every query says in which states it must return data, and there is one. */
function checkStates(board) {
    const asked = [
        ...queriesOf(board).map(({ where, needs }) => [where, needs]),
        ...variablesOf(board).map(({ name }) => [`variable ${name}`, board.needs.variables[name]]),
    ];
    const findings = [];
    for (const [where, needs] of asked) {
        if (!needs?.data?.length) findings.push(`${where} declares no state in which it must return data`);
        for (const state of [...(needs?.data ?? []), ...(needs?.none ?? [])]) {
            if (!(state in states)) findings.push(`${where} names the state ${state}, which there is not`);
        }
        for (const state of needs?.data ?? []) {
            if (needs.none.includes(state)) findings.push(`${where} must have data and none in ${state}`);
        }
        for (const [state, bounds] of Object.entries(needs?.values ?? {})) {
            if (!needs.data.includes(state))
                findings.push(`${where} has values in ${state}, where it needs no data`);
            if (!bounds || ![bounds.least, bounds.most].some(Number.isFinite))
                findings.push(`${where} says nothing of its values in ${state}`);
        }
    }
    return findings;
}

function checkLinks(board) {
    const uids = boards.map(({ json }) => json.uid);
    return [...board.text.matchAll(/"url": "\/d\/([\w-]+)/g)]
        .filter(([, uid]) => !uids.includes(uid))
        .map(([, uid]) => `a link leads to the dashboard ${uid}, which there is not`);
}

/** Windows of the error budget; all else is asked over what Grafana makes of the time range. */
const windows = ['5m', '1h', '6h', '1d', '3d', '$__range'];

function checkRanges(where, expr) {
    return [...expr.replace(/"[^"]*"/g, '').matchAll(/(\w+)\([^()[\]]*\[([^\]]*)\]/g)]
        .filter(
            ([, call, range]) =>
                range !== '$__rate_interval' && (call === 'rate' || !windows.includes(range)),
        )
        .map(([, call, range]) => `${where}: the range ${range} of ${call} should be $__rate_interval`);
}

/** What rules record is asked for by the name that they give it. */
function checkRecorded(where, expr) {
    const recorded = new Set(
        ruleFiles().flatMap((file) => [...read(file).matchAll(/record: (\S+)/g)].map(([, name]) => name)),
    );
    return [...expr.replace(/"[^"]*"/g, '').matchAll(/\w+(?::\w+)+/g)]
        .filter(([name]) => !recorded.has(name))
        .map(([name]) => `${where}: no rule records ${name}`);
}

function checkExpressions() {
    const catalogue = readCatalogue();
    return boardExpressions().flatMap(([where, expr]) => [
        ...checkExpression(where, expr, catalogue),
        ...checkRanges(where, expr),
        ...checkRecorded(where, expr),
    ]);
}

function checkGenerated() {
    const run = spawnSync(process.execPath, [pathOf('generate.mjs'), '--check'], { encoding: 'utf8' });
    return run.status === 0 ? [] : [run.stderr.trim() || 'generate.mjs --check failed'];
}

const checkBoard = (board) =>
    [
        ...checkLayout(board),
        ...checkDataSource(board),
        ...panelsOf(board).flatMap(checkMeaning),
        ...checkStates(board),
        ...checkLinks(board),
    ].map((finding) => `${board.json.uid}: ${finding}`);

/** Each is a change that a check must find. */
const spoilers = {
    'panels that overlap': ({ panels }) => (panels[2].gridPos.x = panels[1].gridPos.x),
    'a panel beyond the grid': ({ panels }) => (panels[1].gridPos.x = 20),
    'a gap in a line': ({ panels }) => (panels[1].gridPos.w -= 1),
    'a data source by its uid': ({ panels }) => (panels[1].targets[0].datasource.uid = 'PBFA97CFB590B2093'),
    'a second data source': ({ templating: { list } }) => list.push({ ...list[0], name: 'other' }),
    'a panel without unit': ({ panels }) => delete panels[1].fieldConfig.defaults.unit,
    'a description in one language': ({ panels }) => (panels[1].description = 'Can users connect?'),
    'a colour without word': ({ panels }) => {
        panels[1].fieldConfig.defaults.mappings[0].options[0] = { color: 'red' };
    },
    'missing data in green': ({ panels }) => {
        panels[1].fieldConfig.defaults.mappings.at(-1).options.result.color = 'green';
    },
    'a cause that is "no data" while another is named': ({ panels }) => {
        const isDiagnosis = ({ type, title }) => type === 'state-timeline' && title.startsWith('Diagnosis');
        panels.find(isDiagnosis).fieldConfig.defaults.mappings.push(
            panels[1].fieldConfig.defaults.mappings.at(-1),
        );
    },
    'a threshold in red': ({ panels }) => {
        panels[1].fieldConfig.defaults.thresholds.steps.push({ value: 1, color: 'red' });
    },
    'states merged by thresholds': ({ panels }) => {
        panels.find(({ type }) => type === 'state-timeline').fieldConfig.defaults.color.mode = 'thresholds';
    },
    'lines over gaps': ({ panels }) => {
        panels.find(({ type }) => type === 'timeseries').fieldConfig.defaults.custom.spanNulls = true;
    },
    'a link to nowhere': ({ links }) => links.push({ url: '/d/gatewatch-nowhere' }),
    'a query that declares nothing': (json, needs) => delete needs.panels[json.panels[1].title].A,
    'a variable that declares nothing': (_, needs) => delete needs.variables.job,
    'a value where there need be no data': (json, needs) => {
        needs.panels[json.panels[1].title].A.values = { agent: { least: 1 } };
    },
    'a value without bounds': (json, needs) => {
        needs.panels[json.panels[1].title].A.values = { healthy: {} };
    },
    'a state that there is not': (_, needs) => (needs.variables.job = { data: ['sunny'], none: [] }),
};

function checkChecks() {
    const incident = boards.find(({ json }) => json.uid === 'gatewatch-incident');
    return Object.entries(spoilers).flatMap(([what, spoil]) => {
        const { json, needs } = structuredClone(incident);
        spoil(json, needs);
        const findings = checkBoard({ json, needs, text: JSON.stringify(json, null, 2) });
        return findings.length > 0 ? [] : [`the checks of structure let ${what} pass`];
    });
}

const wanted = ['gatewatch-fleet', 'gatewatch-incident', 'gatewatch-slo'];

export function checkStructure() {
    const there = boards.map(({ json }) => json.uid).sort();
    const missing = wanted.filter((uid) => !there.includes(uid)).map((uid) => `there is no dashboard ${uid}`);
    return [
        ...checkGenerated(),
        ...missing,
        ...boards.flatMap(checkBoard),
        ...checkChecks(),
        ...checkExpressions(),
    ];
}
