// README.md describes every fault in the words of `stack faults`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { faults } from '../lib/faults.mjs';
import { here } from '../lib/layout.mjs';

test('the README lists the faults that there are', () => {
    const rows = readFileSync(path.join(here, 'README.md'), 'utf8').matchAll(/^\| `(\S+)` \| (.*) \|$/gm);
    const listed = Object.fromEntries([...rows].map(([, name, text]) => [name, text]));
    const meant = Object.entries(faults).map(([name, text]) => [name, text.replace(/^harmless: /, '')]);
    assert.deepEqual(listed, Object.fromEntries(meant));
});
