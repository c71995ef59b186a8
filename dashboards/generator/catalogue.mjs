// The agent's metrics as its own table has them (agent/metrics/catalogue.cpp), and how to find them in a query.
// Used by generate.mjs for the table in README.md and by tests/dashboards.

import { readFileSync } from 'node:fs';

const source = new URL('../../agent/metrics/catalogue.cpp', import.meta.url);

/** Map of full name to { name, type, labels, help }. */
export function readCatalogue() {
    const row = /MetricRow\{(\w+),\s*(counter|gauge|histogram),\s*"([^"]*)",\s*"([^"]*)"\}/g;
    const metrics = [...readFileSync(source, 'utf8').matchAll(row)].map(([, short, type, labels, help]) => ({
        name: short.startsWith('process_') ? short : `gatewatch_${short}`,
        type,
        labels: labels === '' ? [] : labels.split(','),
        help,
    }));
    if (metrics.length === 0)
        throw new Error(`${source.pathname}: no metrics; has the table changed its form?`);
    return new Map(metrics.map((metric) => [metric.name, metric]));
}

/** The family that a name in a query belongs to: a histogram's series carry a suffix. */
export function familyOf(name, catalogue) {
    if (catalogue.has(name)) return catalogue.get(name);
    const family = catalogue.get(name.replace(/_(bucket|sum|count)$/, ''));
    return family?.type === 'histogram' ? family : undefined;
}

/** Every metric of the agent that a query names, each with the label matchers beside it; not what rules record. */
export function selectorsIn(expr) {
    const selector = /(?<![\w:])((?:gatewatch|process)_\w+|up)\b(?:\{([^}]*)\})?/g;
    return [...expr.matchAll(selector)].map(([, name, inside = '']) => ({
        name,
        matchers: [...inside.matchAll(/(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g)].map(
            ([, label, operator, value]) => ({
                label,
                operator,
                value,
            }),
        ),
    }));
}
