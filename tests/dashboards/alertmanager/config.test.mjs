// The Alertmanager example as it stands: what amtool says of it, and where each alert of the rules goes.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
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
