// Every fault that the reference deployment offers has an expectation, every expectation a test in ctest, and the table
// of causes and tests in CAUSES.md is whole and up to date. Usage: node complete.mjs [--write] integration.cmake STACK
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expected, single } from './lib/expected/index.mjs';
import { table, causes, shownForReal } from './lib/causes.mjs';

const here = path.dirname(fileURLToPath(import.meta.url));
const write = process.argv[2] === '--write';
const [cmake, stack] = process.argv.slice(write ? 3 : 2);
const offered = execFileSync(stack, ['faults'], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/)[0])
    .sort();
const list = /set\(cases([^)]*)\)/.exec(readFileSync(cmake, 'utf8'))[1].trim().split(/\s+/).sort();
assert.deepEqual(Object.keys(single).sort(), offered, 'lib/expected and tests/stack/stack faults');
assert.deepEqual(list, Object.keys(expected).sort(), 'integration.cmake and lib/expected');

const file = path.join(here, 'CAUSES.md');
const text = table();
if (write) writeFileSync(file, text);
assert.equal(readFileSync(file, 'utf8'), text, 'CAUSES.md is not up to date: run complete.mjs --write');
assert.ok(shownForReal().length >= 35, `only ${shownForReal().length} causes are shown by real faults`);
for (const cause of causes()) assert.ok(text.includes(`| \`${cause}\` |`), `${cause} has a row`);
