// PromQL as a tree of plain nodes, by the grammar that Prometheus' own pages use. Used by lint.mjs.

import { require } from '../packages.mjs';

const { parser } = require('@prometheus-io/lezer-promql');

function plain(cursor, expr, parent) {
    const node = { name: cursor.name, text: expr.slice(cursor.from, cursor.to), parent, children: [] };
    if (cursor.firstChild()) {
        do node.children.push(plain(cursor, expr, node));
        while (cursor.nextSibling());
        cursor.parent();
    }
    return node;
}

/** The node and all below it, from the top. */
export function* walk(node) {
    yield node;
    for (const child of node.children) yield* walk(child);
}

/** The tree of { name, text, parent, children }; an Error that says what cannot be read. */
export function parse(expr) {
    const root = plain(parser.parse(expr).cursor(), expr, null);
    const bad = [...walk(root)].find(({ name }) => name === '⚠');
    if (bad) throw new Error(`this is no PromQL near "${(bad.text || bad.parent.text).slice(0, 60)}"`);
    return root.children.find(({ name }) => name !== 'LineComment');
}

export const child = (node, name) => node.children.find((each) => each.name === name);

/** Of a call: "rate", "max_over_time"; of another node nothing. */
export const functionOf = (node) => child(node, 'FunctionIdentifier')?.text;

export function* ancestors(node) {
    for (let at = node.parent; at; at = at.parent) yield at;
}

/** The nearest call around a node. */
export function callAround(node) {
    for (const each of ancestors(node)) if (each.name === 'FunctionCall') return functionOf(each);
    return undefined;
}

const comparisons = ['Eql', 'Neq', 'Gtr', 'Gte', 'Lss', 'Lte'];
export const isComparison = (node) =>
    node.name === 'BinaryExpr' && node.children.some(({ name }) => comparisons.includes(name));

export const operandsOf = (binary) => [binary.children[0], binary.children.at(-1)];

/** Whether it is one number and no set of series. */
export function isScalar(node) {
    if (node.name === 'NumberDurationLiteral') return true;
    if (node.name === 'FunctionCall') return ['time', 'scalar', 'pi'].includes(functionOf(node));
    if (node.name === 'ParenExpr' || node.name === 'UnaryExpr') return isScalar(node.children.at(-1));
    return node.name === 'BinaryExpr' && operandsOf(node).every(isScalar);
}

/** Seconds of "1h30m". */
export function seconds(duration) {
    const unit = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400, w: 604800, y: 31536000 };
    return [...duration.matchAll(/(\d+)(ms|[smhdwy])/g)].reduce((sum, [, n, u]) => sum + n * unit[u], 0);
}

/** Of each metric that is named: its node, its name, its matchers. */
export function selectors(root) {
    return [...walk(root)]
        .filter(({ name }) => name === 'VectorSelector')
        .map((node) => ({
            node,
            name: child(node, 'Identifier')?.text,
            matchers: [...walk(node)]
                .filter(({ name }) => name === 'UnquotedLabelMatcher')
                .map((matcher) => ({
                    label: child(matcher, 'LabelName').text,
                    operator: child(matcher, 'MatchOp').text,
                    value: JSON.parse(child(matcher, 'StringLiteral').text),
                })),
        }));
}
