// The alert and recording rules: promtool's own checks, those of rules/lint.mjs, what each alert must say, and that each
// is tested. What promtool's tests say is rules/promtool.mjs' part.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { pathOf, read, ruleFiles } from './files.mjs';
import { lintAlertExpression, lintExpression, lintTemplate } from './rules/lint.mjs';
import { cases, pathsOf, rules } from './rules/load.mjs';

const annotations = [
    'summary',
    'summary_zh',
    'description',
    'description_zh',
    'runbook_url',
    'dashboard_url',
];
// The watchdog always fires: there is no case in which it must not.
const neverSilent = ['Watchdog'];
const alerts = rules.filter((rule) => rule.alert);

export function promtool(...args) {
    const { status, stdout, stderr, error } = spawnSync('promtool', args, { encoding: 'utf8' });
    if (error) return [`promtool cannot be run (${error.message}): install the package prometheus`];
    return status === 0 ? [] : [`promtool ${args.slice(0, 2).join(' ')} failed:\n${stdout}${stderr}`];
}

function checkText({ alert, annotations: said = {}, labels = {} }) {
    const findings = [];
    if (!['critical', 'warning', 'info'].includes(labels.severity)) findings.push('no severity');
    if (Object.keys(labels).length !== 1) findings.push('severity is the only label of its own');
    for (const each of annotations) {
        if (!said[each]) findings.push(`no ${each}`);
        if (said[each]?.includes('\n')) findings.push(`${each} has more than one line`);
        if (each.endsWith('_zh') && !/\p{Script=Han}/u.test(said[each] ?? ''))
            findings.push(`${each} is not Chinese`);
    }
    for (const each of Object.keys(said))
        if (!annotations.includes(each)) findings.push(`${each} is not known`);
    if (!said.runbook_url?.includes(`/runbooks/${alert}`))
        findings.push('its runbook_url is of another alert');
    if (!read('README.md').includes(`| ${alert} | ${labels.severity} |`))
        findings.push('README.md does not list it');
    for (const each of [`${alert}.md`, `${alert}.zh-CN.md`]) {
        if (!existsSync(pathOf(`runbooks/${each}`))) findings.push(`there is no dashboards/runbooks/${each}`);
    }
    return findings;
}

/** Each rule sees the series that the rules of its own file record before it, what it said itself, and the other files'. */
function checkExpressions() {
    const all = new Set(rules.map(({ record }) => record).filter(Boolean));
    const before = new Set();
    return rules.flatMap(({ record, alert, expr, file, annotations: said = {} }) => {
        if (record) before.add(record);
        const later = rules.filter((rule) => rule.record && rule.file === file && !before.has(rule.record));
        const known = new Set([...all].filter((name) => !later.some((rule) => rule.record === name)));
        const found = record
            ? lintExpression(expr, known)
            : [
                  ...lintAlertExpression(expr, known),
                  ...Object.values(said).flatMap((text) => lintTemplate(text, all)),
              ];
        return [...new Set(found)].map((finding) => `${file}: ${record ?? alert}: ${finding}`);
    });
}

/** Each alert has a case in which it fires, with all that it says then, and one in which it must not. */
function checkTested({ alert }) {
    const own = cases.filter(({ alertname }) => alertname === alert);
    const expected = own.flatMap(({ exp_alerts: list }) => list);
    const findings = [];
    if (expected.length === 0) findings.push('no test in which it fires');
    if (!own.some(({ exp_alerts: list }) => list.length === 0) && !neverSilent.includes(alert)) {
        findings.push('no test in which it must not fire');
    }
    for (const { exp_labels: labels = {}, exp_annotations: said = {} } of expected) {
        if (!labels.severity) findings.push('a test expects it without all of its labels');
        if (!annotations.every((each) => said[each]))
            findings.push('a test expects it without all of its annotations');
        if (labels.cause) findings.push('a test expects a cause among its labels');
    }
    return [...new Set(findings)];
}

function checkNames() {
    const names = alerts.map(({ alert }) => alert);
    const twice = names
        .filter((name, index) => names.indexOf(name) !== index)
        .map((name) => `${name} stands twice`);
    const tested = new Set(cases.map(({ alertname }) => alertname));
    const gone = [...tested]
        .filter((name) => !names.includes(name))
        .map((name) => `there is no alert ${name} to test`);
    return [...twice, ...gone];
}

export function checkRules() {
    const found = alerts.flatMap((rule) =>
        [...checkText(rule), ...checkTested(rule)].map((finding) => `alert ${rule.alert}: ${finding}`),
    );
    return [
        ...promtool('check', 'rules', '--lint=all', '--lint-fatal', ...pathsOf(ruleFiles())),
        ...checkNames(),
        ...checkExpressions(),
        ...found,
    ];
}
