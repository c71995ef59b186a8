// The lint itself: what it must find, and what it must leave alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lintAlertExpression, lintExpression, lintTemplate, queriesIn } from './lint.mjs';

const recorded = new Set(['gateway:gatewatch_up:avg']);

const bad = {
    'a range shorter than four scrapes': [
        'max_over_time(up{job="x"}[45s]) == 0',
        'shorter than four scrapes',
    ],
    'a subquery over a short range': ['max_over_time(time()[30s:15s]) > 0', 'shorter than four scrapes'],
    'absent of a comparison': ['absent(up{job="x"} == 1)', 'needs no comparison'],
    'absent that is compared': ['absent_over_time(up{job="x"}[5m]) == 1', 'needs no comparison'],
    'a division without on': [
        'increase(gatewatch_probe_runs_total{result="fail"}[1m]) / increase(gatewatch_probe_runs_total[1m])',
        'without on (...)',
    ],
    'ignoring instead of on': [
        'gateway:gatewatch_up:avg > ignoring (route) gateway:gatewatch_up:avg',
        'without on (...)',
    ],
    'or without on': ['gateway:gatewatch_up:avg or absent(up)', 'without on (...)'],
    'a counter by itself': ['gatewatch_probe_runs_total > 3', 'only goes up'],
    'a counter in max_over_time': ['max_over_time(gatewatch_probe_runs_total[5m]) > 3', 'only goes up'],
    'a counter in rate of something else': [
        'sum(gatewatch_log_events_total) > rate(process_cpu_seconds_total[5m])',
        'only goes up',
    ],
    'a histogram by itself': ['gatewatch_probe_duration_seconds_count > 3', 'only goes up'],
    'a state of one moment': ['gatewatch_probe_success == 0', 'state of one moment'],
    'a state behind an aggregation': [
        'max by (gateway) (gatewatch_diagnosis{cause="none"}) == 0',
        'state of one moment',
    ],
    'up of one moment': ['up{job="x"} == 0', 'state of one moment'],
    'a metric that the agent lacks': [
        'max_over_time(gatewatch_probe_sucess[1m]) == 0',
        'no metric gatewatch_probe_sucess',
    ],
    'a series that no rule records': ['gateway:gatewatch_down:avg > 1', 'no rule records'],
    'a label that the metric lacks': [
        'max_over_time(gatewatch_tokens{reason="cors"}[1m]) == 0',
        'has no label reason',
    ],
    'a value that the label lacks': [
        'max_over_time(gatewatch_tokens{state="vaild"}[1m]) == 0',
        'state="vaild"',
    ],
    'a value among others that the label lacks': [
        'max_over_time(gatewatch_diagnosis{cause=~"none|tls_expird"}[1m]) == 0',
        'cause="tls_expird"',
    ],
    'a label that nothing has': ['sum by (gatway) (gateway:gatewatch_up:avg) > 1', 'has the label gatway'],
    'what is no PromQL': ['max_over_time(up[1m]) === 0', 'no PromQL'],
    'half an expression': ['max_over_time(up[1m]) ==', 'no PromQL'],
};
for (const [name, [expr, finding]] of Object.entries(bad)) {
    test(`finds ${name}`, () => {
        const found = lintExpression(expr, recorded);
        assert.ok(
            found.some((each) => each.includes(finding)),
            JSON.stringify(found),
        );
    });
}

const badAlerts = {
    'an alert that compares nothing': ['max_over_time(up{job="x"}[1m])', 'nothing is compared'],
    'a cause among the labels of an alert': [
        'max by (gateway, cause) (max_over_time(gatewatch_diagnosis[1m])) == 1',
        'cause would be a label',
    ],
    'a reason among them': [
        'sum by (gateway, reason) (increase(gatewatch_probe_failures_total[5m])) > 1',
        'reason would be a label',
    ],
};
for (const [name, [expr, finding]] of Object.entries(badAlerts)) {
    test(`finds ${name}`, () => {
        const found = lintAlertExpression(expr, recorded);
        assert.ok(
            found.some((each) => each.includes(finding)),
            JSON.stringify(found),
        );
    });
}

const good = {
    'four scrapes':
        'max_over_time(gatewatch_probe_success{route="public", probe=~"websocket|polling"}[1m]) == 0',
    'an absence': 'absent_over_time(up{job="x"}[5m])',
    'numbers against series': '100 * gateway:gatewatch_up:avg < 14 * 86400 - time()',
    'a match by labels':
        'gateway:gatewatch_up:avg > on (gateway) group_left () (2 * gateway:gatewatch_up:avg)',
    'a comparison that gives a number': '(gateway:gatewatch_up:avg > bool 0.5) == 1',
    'a counter in increase, at another time':
        'increase(gatewatch_probe_runs_total{result="fail"}[1h] offset 1d) > 3',
    'a count of scrapes': 'count_over_time(gatewatch_collector_up{collector="pm2_log"}[5m]) >= 4',
    'a value that is a number': 'gatewatch_tokens{state="valid"} < 3',
    'what always fires': 'vector(1)',
};
for (const [name, expr] of Object.entries(good)) {
    test(`leaves alone ${name}`, () => assert.deepEqual(lintAlertExpression(expr, recorded), []));
}

test('finds what is wrong with a query in a template, whose labels printf puts in', () => {
    const template =
        '{{ with printf "max by (x) (gatewatch_tokens{gateway=%q})" $labels.gateway | query }}{{ end }}';
    assert.deepEqual(queriesIn(template), ['max by (x) (gatewatch_tokens{gateway="x"})']);
    assert.deepEqual(lintTemplate(template, recorded), ['no metric has the label x']);
    assert.deepEqual(lintTemplate('{{ with query "gatewatch_build_inf" }}{{ end }}', recorded), [
        'the agent has no metric gatewatch_build_inf',
    ]);
});

test('leaves a state alone where a template asks for it at one moment', () => {
    assert.deepEqual(lintTemplate('{{ query "gatewatch_diagnosis == 1" }}', recorded), []);
});
