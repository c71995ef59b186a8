#!/usr/bin/env node
// Writes gatewatch.json, panels.json and the table of metrics in README.md from generator/. `--check` writes
// nothing and fails if one of them is not what it would write.

import { readFileSync, writeFileSync } from 'node:fs';
import { agent } from './generator/agent.mjs';
import { familyOf, readCatalogue, selectorsIn } from './generator/catalogue.mjs';
import { dashboard, dataSourceVariable, labelVariable } from './generator/grafana.mjs';
import { now, tokens, where, why } from './generator/service.mjs';
import { time } from './generator/timing.mjs';

const here = new URL('./', import.meta.url);
const read = (name) => readFileSync(new URL(name, here), 'utf8');
const json = (value) => `${JSON.stringify(value, null, 2)}\n`;

const rows = [
    { title: 'Now · 现在', panels: now },
    { title: 'Where · 哪里', panels: where },
    { title: 'Why · 为什么', panels: why },
    { title: 'Time · 耗时', panels: time },
    { title: 'Tokens and certificate · token 与证书', panels: tokens },
    { title: 'The agent itself · agent 自身', panels: agent },
];

const board = dashboard({
    title: 'Gatewatch',
    uid: 'gatewatch',
    description: 'Can users connect to the Socket.IO gateway, and if not, why. 用户能否连接 Socket.IO 网关，若不能，原因何在。',
    tags: ['gatewatch', 'socket.io'],
    variables: [
        dataSourceVariable(),
        labelVariable('gateway', 'Gateway', { metric: 'gatewatch_diagnosis', of: 'gateway' }),
    ],
    rows,
});

const everyPanel = rows.flatMap(({ panels }) => panels);
const states = Object.fromEntries(everyPanel.map((panel) => [panel.json.title, panel.needs]));

// Why a metric stands neither in a panel nor in a rule.
const unused = {
    gatewatch_hold_duration_seconds: 'the verdict idle_timeout names it; for a look by hand at what cuts sessions',
    process_max_fds: 'the limit, to compare by hand with the open descriptors',
    process_virtual_memory_bytes: 'one of the usual process metrics; resident memory tells more',
};

function metricsTable() {
    const catalogue = readCatalogue();
    const namesIn = (text) => new Set(selectorsIn(text).map(({ name }) => familyOf(name, catalogue)?.name));
    const queries = everyPanel.flatMap((panel) => panel.json.targets.map(({ expr }) => expr));
    const inPanels = namesIn(queries.join('\n'));
    const inRules = namesIn(read('rules/gatewatch.yml'));
    const lines = [...catalogue.values()].map(({ name, type, labels, help }) => {
        const places = [inPanels.has(name) && 'panels', inRules.has(name) && 'rules'].filter(Boolean);
        const used = places.join(', ') || `– (${unused[name] ?? 'NO REASON GIVEN'})`;
        return `| \`${name}\` | ${type} | ${labels.join(', ')} | ${help} | ${used} |`;
    });
    const head = ['| metric | type | labels | meaning | used in |', '| --- | --- | --- | --- | --- |'];
    return [...head, ...lines].join('\n');
}

function readmeWithTable() {
    const [begin, end] = ['<!-- metrics: written by generate.mjs -->', '<!-- end of metrics -->'];
    const text = read('README.md');
    if (!text.includes(begin) || !text.includes(end)) throw new Error(`README.md lacks ${begin} or ${end}`);
    return `${text.split(begin)[0]}${begin}\n${metricsTable()}\n${end}${text.split(end)[1]}`;
}

const outputs = { 'gatewatch.json': json(board), 'panels.json': json(states), 'README.md': readmeWithTable() };
let failed = false;
for (const [name, text] of Object.entries(outputs)) {
    if (!process.argv.includes('--check')) {
        writeFileSync(new URL(name, here), text);
    } else if (read(name) !== text) {
        console.error(`dashboards/${name} is not what generate.mjs writes: run it and commit the result`);
        failed = true;
    }
}
for (const text of Object.values(outputs)) failed ||= text.includes('NO REASON GIVEN');
if (failed) process.exit(1);
