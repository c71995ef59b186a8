// What all checks read: the folder of the dashboards, and the rules in it. The dashboards themselves: boards.mjs.

import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const dashboards = new URL('../../dashboards/', import.meta.url);
export const pathOf = (name) => fileURLToPath(new URL(name, dashboards));
export const read = (name) => readFileSync(pathOf(name), 'utf8');

const ymlIn = (folder) =>
    readdirSync(pathOf(folder))
        .filter((name) => name.endsWith('.yml'))
        .map((name) => `${folder}/${name}`);
export const ruleFiles = () => ymlIn('rules');
export const ruleTests = () => ymlIn('rules/tests');

/** The rules' expressions, as [where, expression]: the file's own form is enough to find them. */
export function alerts() {
    return ruleFiles()
        .map(read)
        .join('')
        .split(/^ *- alert: /m)
        .slice(1)
        .map((text) => ({ name: text.match(/^\S+/)[0], text, expr: expressionOf(text) }));
}

function expressionOf(text) {
    const block = text.match(/^ *expr: \|\n((?: {10}.*\n)+)/m);
    return (block ? block[1] : text.match(/^ *expr: (.*)$/m)[1]).replace(/\s+/g, ' ').trim();
}
