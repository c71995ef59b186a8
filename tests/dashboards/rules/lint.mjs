// What must hold for every expression of the rules, beyond what promtool looks at. Tried with bad examples in
// lint.test.mjs.

import { labels as knownLabels, metricOf, unknownValues } from './known.mjs';
import {
    ancestors,
    callAround,
    child,
    functionOf,
    isComparison,
    isScalar,
    operandsOf,
    parse,
    seconds,
    selectors,
    walk,
} from './promql.mjs';

export const scrape = 15; // seconds between two scrapes, and two evaluations

const named = (root, name) => [...walk(root)].filter((node) => node.name === name);
const short = ({ text }) => text.replace(/\s+/g, ' ').slice(0, 70);

function checkRanges(root) {
    const ranges = [...named(root, 'MatrixSelector'), ...named(root, 'SubqueryExpr')];
    return ranges
        .map((node) => child(node, 'DurationExpr').text)
        .filter((range) => seconds(range) < 4 * scrape)
        .map((range) => `the range [${range}] is shorter than four scrapes`);
}

/** Of `absent(x == 1)` nobody knows the labels; `absent(x) == 1` says the same thing twice. */
function checkAbsent(root) {
    const absent = named(root, 'FunctionCall').filter((node) => /^absent/.test(functionOf(node)));
    return absent.flatMap((node) => {
        const inside = [...walk(node)].some(isComparison);
        const outside = isComparison(node.parent ?? node) && node.parent.children.some(isScalar);
        return inside || outside ? [`"${short(node)}" is compared: absent() needs no comparison`] : [];
    });
}

function checkMatching(root) {
    const between = named(root, 'BinaryExpr').filter((node) => !operandsOf(node).some(isScalar));
    return between
        .filter((node) => !child(node, 'MatchingModifierClause')?.children.some(({ name }) => name === 'On'))
        .map((node) => `two sets of series meet without on (...) in "${short(node)}"`);
}

/** Counters jump to 0 when the agent restarts, and a single 0 or 1 may be the only bad one of its minute. */
function checkSelector({ node, name, matchers }, recorded) {
    if (recorded.has(name)) return [];
    const metric = metricOf(name);
    if (!metric)
        return [name?.includes(':') ? `no rule records ${name} before` : `the agent has no metric ${name}`];
    const findings = [];
    const around = node.parent?.name === 'MatrixSelector' ? callAround(node) : undefined;
    if (metric.type !== 'gauge' && !['rate', 'increase'].includes(around)) {
        findings.push(`${name} only goes up: use it in rate() or increase()`);
    }
    const absent = [...ancestors(node)].some((each) => /^absent/.test(functionOf(each) ?? ''));
    if (metric.isState && !absent && !/_over_time$/.test(around ?? '')) {
        findings.push(`${name} is a state of one moment: use it in max_over_time() or its like`);
    }
    for (const matcher of matchers) {
        if (!metric.labels.includes(matcher.label)) findings.push(`${name} has no label ${matcher.label}`);
        for (const value of unknownValues(matcher))
            findings.push(`no ${name} has ${matcher.label}="${value}"`);
    }
    return findings;
}

function checkLabels(root, recorded) {
    const grouped = named(root, 'GroupingLabels').flatMap((node) => node.children.map(({ text }) => text));
    const known = (label) => knownLabels.has(label) || recorded.has(label);
    return grouped.filter((label) => !known(label)).map((label) => `no metric has the label ${label}`);
}

/** Findings on an expression as sentences. `recorded`: the names of the series that rules record. */
export function lintExpression(expr, recorded = new Set()) {
    let root;
    try {
        root = parse(expr);
    } catch (error) {
        return [error.message];
    }
    return [
        ...checkRanges(root),
        ...checkAbsent(root),
        ...checkMatching(root),
        ...selectors(root).flatMap((selector) => checkSelector(selector, recorded)),
        ...checkLabels(root, recorded),
    ];
}

/** An alert fires for whatever its expression returns, and a cause among its labels would make it another alert. */
export function lintAlertExpression(expr, recorded) {
    const findings = lintExpression(expr, recorded);
    if (findings.some((each) => each.startsWith('this is no PromQL'))) return findings;
    const root = parse(expr);
    const bounded =
        [...walk(root)].some(isComparison) ||
        named(root, 'FunctionCall').some((node) => /^(absent|vector)/.test(functionOf(node)));
    if (!bounded) findings.push('nothing is compared: it fires for whatever is there');
    const grouped = named(root, 'GroupingLabels').flatMap((node) => node.children.map(({ text }) => text));
    for (const label of ['cause', 'reason'].filter((each) => grouped.includes(each))) {
        findings.push(`${label} would be a label of the alert: put it into the description by a query`);
    }
    return findings;
}

/** The queries in a template, with something in place of what printf puts in. */
export function queriesIn(template) {
    const quoted = '"((?:[^"\\\\]|\\\\.)*)"';
    const direct = [...template.matchAll(new RegExp(`\\bquery ${quoted}`, 'g'))];
    const printed = [...template.matchAll(new RegExp(`\\bprintf ${quoted}[^|}]*\\| query`, 'g'))];
    return [...direct, ...printed].map(([, text]) => JSON.parse(`"${text}"`).replaceAll('%q', '"x"'));
}

/** A template's queries are asked at one moment, so a state may be read as it is then. */
export function lintTemplate(template, recorded) {
    return queriesIn(template)
        .flatMap((expr) => lintExpression(expr, recorded))
        .filter((finding) => !finding.includes('is a state of one moment'));
}
