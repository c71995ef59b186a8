#!/usr/bin/env node
// Writes the dashboards (grafana/*.json), states.json and two tables of README.md from generator/. `--check`
// writes nothing and fails if one of them is not what it would write. Needs the packages of package.json: `npm ci`.

import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { familyOf, readCatalogue, selectorsIn } from './generator/catalogue.mjs';
import { fleet } from './generator/fleet.mjs';
import { incident } from './generator/incident/index.mjs';
import { slo } from './generator/slo.mjs';
import { states } from './generator/states.mjs';

const here = new URL('./', import.meta.url);
const read = (name) => readFileSync(new URL(name, here), 'utf8');
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

const dashboards = [incident, slo, fleet];

// Why a metric stands neither on a dashboard nor in a rule.
const unused = {
    process_max_fds: 'the limit, to compare by hand with the open descriptors',
    process_virtual_memory_bytes: 'one of the usual process metrics; resident memory tells more',
};

const rulesText = () =>
    readdirSync(new URL('rules', here))
        .filter((name) => name.endsWith('.yml'))
        .map((name) => read(`rules/${name}`))
        .join('\n');

function metricsTable() {
    const catalogue = readCatalogue();
    const namesIn = (text) => new Set(selectorsIn(text).map(({ name }) => familyOf(name, catalogue)?.name));
    const inPanels = namesIn(dashboards.map((each) => JSON.stringify(each.json)).join('\n'));
    const inRules = namesIn(rulesText());
    const lines = [...catalogue.values()].map(({ name, type, labels, help }) => {
        const places = [inPanels.has(name) && 'panels', inRules.has(name) && 'rules'].filter(Boolean);
        const used = places.join(', ') || `– (${unused[name] ?? 'NO REASON GIVEN'})`;
        return `| \`${name}\` | ${type} | ${labels.join(', ')} | ${help} | ${used} |`;
    });
    const head = ['| metric | type | labels | meaning | used in |', '| --- | --- | --- | --- | --- |'];
    return [...head, ...lines].join('\n');
}

function statesTable() {
    const lines = Object.entries(states).map(([name, what]) => `| ${name} | ${what} |`);
    return ['| state | what is the case |', '| --- | --- |', ...lines].join('\n');
}

/** The text with what stands between two marks in it replaced. */
function between(text, begin, end, content) {
    if (!text.includes(begin) || !text.includes(end)) throw new Error(`README.md lacks ${begin} or ${end}`);
    return `${text.split(begin)[0]}${begin}\n${content}\n${end}${text.split(end)[1]}`;
}

function readmeWithTables() {
    const [states, metrics] = ['states', 'metrics'].map(
        (what) => `<!-- ${what}: written by generate.mjs -->`,
    );
    const text = between(read('README.md'), states, '<!-- end of states -->', statesTable());
    return between(text, metrics, '<!-- end of metrics -->', metricsTable());
}

const outputs = {
    ...Object.fromEntries(dashboards.map((each) => [`grafana/${each.json.uid}.json`, json(each.json)])),
    'states.json': json(Object.fromEntries(dashboards.map((each) => [each.json.uid, each.needs]))),
    'README.md': readmeWithTables(),
};

let failed = false;
const isWritten = (name, text) => existsSync(new URL(name, here)) && read(name) === text;
if (!process.argv.includes('--check')) {
    mkdirSync(new URL('grafana', here), { recursive: true });
    for (const [name, text] of Object.entries(outputs)) writeFileSync(new URL(name, here), text);
} else {
    for (const [name, text] of Object.entries(outputs)) {
        if (isWritten(name, text)) continue;
        console.error(`dashboards/${name} is not what generate.mjs writes: run it and commit the result`);
        failed = true;
    }
    for (const name of readdirSync(new URL('grafana', here)).filter((each) => each.endsWith('.json'))) {
        if (`grafana/${name}` in outputs) continue;
        console.error(`dashboards/grafana/${name} is written by nobody: delete it`);
        failed = true;
    }
}
for (const [, metric] of outputs['README.md'].matchAll(/^\| `(\w+)` .*NO REASON GIVEN/gm)) {
    console.error(`${metric} stands on no dashboard and in no rule: use it, or say in generate.mjs why not`);
    failed = true;
}
if (failed) process.exit(1);
