// What promtool's own tests of the rules say, and that the rules still stand after what the README says to change.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathOf, read, ruleTests } from '../files.mjs';
import { promtool } from '../rules.mjs';
import { parseYaml } from './load.mjs';

for (const file of ruleTests()) {
    test(`promtool: dashboards/${file}`, async () => {
        const run = spawn('promtool', ['test', 'rules', pathOf(file)]);
        const said = [];
        for (const stream of [run.stdout, run.stderr]) stream.on('data', (chunk) => said.push(String(chunk)));
        const [status] = await once(run, 'close');
        assert.equal(status, 0, said.join(''));
    });
}

test('the command of the README puts other addresses of runbooks and dashboards into all rules', (t) => {
    const dir = mkdtempSync(path.join(tmpdir(), 'gatewatch-rules-'));
    t.after(() => rmSync(dir, { recursive: true }));
    for (const name of readdirSync(pathOf('rules')).filter((each) => each.endsWith('.yml'))) {
        cpSync(pathOf(`rules/${name}`), path.join(dir, name));
    }
    const [, command] = read('README.md').match(/^(sed -i [\s\S]*?gatewatch-\*\.yml)$/m);
    const { status, stderr } = spawnSync('sh', ['-c', command], { cwd: dir, encoding: 'utf8' });
    assert.equal(status, 0, stderr);

    const files = readdirSync(dir).map((name) => path.join(dir, name));
    assert.deepEqual(promtool('check', 'rules', '--lint=all', '--lint-fatal', ...files), []);
    const groups = files.flatMap((file) => parseYaml(readFileSync(file, 'utf8')).groups);
    const alerts = groups.flatMap((group) => group.rules).filter((rule) => rule.alert);
    assert.ok(alerts.length > 20);
    for (const { alert, annotations } of alerts) {
        assert.equal(annotations.runbook_url, `https://wiki.example.com/gatewatch/${alert}`);
        assert.match(
            annotations.dashboard_url,
            /^https:\/\/grafana\.example\.com\/d\/gatewatch-incident(\?|$)/,
        );
    }
});
