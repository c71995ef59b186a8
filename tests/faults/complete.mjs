// Every fault that the reference deployment offers has an expectation and a test, and no test is for a fault that it
// does not offer. Usage: node complete.mjs integration.cmake STACK
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expected } from './lib/expected.mjs';

const [cmake, stack] = process.argv.slice(2);
const offered = execFileSync(stack, ['faults'], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/)[0])
    .sort();
const list = /foreach\(fault IN ITEMS([^)]*)\)/
    .exec(readFileSync(cmake, 'utf8'))[1]
    .trim()
    .split(/\s+/)
    .sort();
assert.deepEqual(Object.keys(expected).sort(), offered, 'lib/expected.mjs and tests/stack/stack faults');
assert.deepEqual(list, offered, 'integration.cmake and tests/stack/stack faults');
