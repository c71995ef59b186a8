// The Alertmanager example as it stands: what amtool says of it, and where each alert of the rules goes.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pathOf } from '../files.mjs';
import { severityOf } from '../rules/load.mjs';
import { config, example } from './server.mjs';

function amtool(...args) {
    const { status, stdout, stderr, error } = spawnSync('amtool', args, { encoding: 'utf8' });
    assert.ok(
        !error,
        `amtool cannot be run (${error?.message}): install the package prometheus-alertmanager`,
    );
    return { status, stdout, text: `${stdout}${stderr}` };
}

const receiverOf = (labels) => {
    const pairs = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    return amtool('config', 'routes', 'test', `--config.file=${pathOf(example)}`, ...pairs).stdout.trim();
};

test('amtool finds nothing wrong with the example', () => {
    const { status, text } = amtool('check-config', pathOf(example));
    assert.equal(status, 0, text);
});

test('every alert of the rules goes to the receiver of its severity, the watchdog to the dead man', () => {
    const receivers = { critical: 'page', warning: 'ticket' };
    for (const [alertname, severity] of severityOf) {
        const wanted = alertname === 'Watchdog' ? 'dead-man' : receivers[severity];
        assert.equal(receiverOf({ alertname, severity, gateway: 'im' }), wanted, alertname);
    }
});

test('what no route knows is a ticket, and information is nobody’s', () => {
    assert.equal(receiverOf({ alertname: 'SomethingElse' }), 'ticket');
    assert.equal(receiverOf({ alertname: 'SomethingElse', severity: 'info' }), 'nobody');
});

test('each name in the inhibitions is an alert of the rules', () => {
    const matchers = config.inhibit_rules.flatMap((rule) => [
        ...rule.source_matchers,
        ...rule.target_matchers,
    ]);
    const names = matchers
        .map((each) => /^alertname\s*(?:=~|!=|=)\s*"(.*)"$/.exec(each)?.[1])
        .filter(Boolean);
    assert.ok(names.length > 10);
    for (const name of names.flatMap((each) => each.split('|'))) {
        assert.ok(
            [...severityOf.keys()].some((alert) => new RegExp(`^${name}$`).test(alert)),
            name,
        );
    }
});

/** What the template makes of a notification of these alerts, of one gateway and severity. */
function rendered(template, type, alerts) {
    const directory = mkdtempSync(path.join(tmpdir(), 'template-'));
    try {
        const data = path.join(directory, 'data.json');
        const status = alerts.some((each) => each.status === 'firing') ? 'firing' : 'resolved';
        writeFileSync(data, JSON.stringify({ status, alerts, commonLabels: { severity: 'critical' } }));
        const { status: code, text } = amtool(
            'template',
            'render',
            `--template.glob=${pathOf('alertmanager/gatewatch.tmpl')}`,
            `--template.text={{ template "${template}" . }}`,
            `--template.type=${type}`,
            `--template.data=${data}`,
        );
        assert.equal(code, 0, text);
        return text;
    } finally {
        rmSync(directory, { recursive: true });
    }
}

const mailed = (name, status, runbook_url) => ({
    status,
    labels: { alertname: name, severity: 'critical' },
    annotations: { summary: `${name} in short`, summary_zh: `${name} 概要`, runbook_url },
    startsAt: '2026-01-02T03:04:05Z',
    endsAt: '2026-01-02T03:14:05Z',
});

test('the subject of a mail names what still fires, not what is over', () => {
    const [over, firing] = [mailed('A', 'resolved'), mailed('B', 'firing')];
    assert.match(rendered('gatewatch.subject', 'text', [over, firing]), /^\[严重 CRITICAL\] B 概要 \| B in short \(\+1\)/);
    assert.match(rendered('gatewatch.subject', 'text', [over]), /^\[已恢复 RESOLVED\] A 概要 \| A in short$/m);
});

test('a runbook is a link where an agent shows it, else words', () => {
    const html = (url) => rendered('gatewatch.html', 'html', [mailed('A', 'firing', url)]);
    assert.match(html('http://a:9464/runbooks/A'), /<a href="http:\/\/a:9464\/runbooks\/A">/);
    const words = html('no agent is alive 没有存活的 agent: dashboards/runbooks/A.md, A.zh-CN.md');
    assert.match(words, /runbook：no agent is alive 没有存活的 agent: dashboards\/runbooks\/A\.md, A\.zh-CN\.md/);
    assert.doesNotMatch(words, /ZgotmplZ/);
});
