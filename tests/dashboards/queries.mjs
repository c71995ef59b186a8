// Runs what Grafana would send, against a real Prometheus: each query must have data, or none, as panels.json says
// for the state that the deployment is in; and compares the agent's real /metrics with its catalogue.

import { setTimeout as sleep } from 'node:timers/promises';
import { readCatalogue, selectorsIn } from '../../dashboards/generator/catalogue.mjs';
import { compareMetrics } from './exposition.mjs';
import { alerts, board, panelExpressions, panels, states } from './files.mjs';

/** What Grafana puts in: the rate interval is four scrapes, every variable set to All. */
function substitute(text, step) {
    const inserted = { __rate_interval: `${4 * step}s`, __interval: `${step}s`, __range: '5m', gateway: '.*' };
    const filled = text.replace(/\$\{?(\w+)\}?/g, (whole, name) => inserted[name] ?? whole);
    if (filled.includes('$')) throw new Error(`nothing known to put in for a variable of: ${filled}`);
    return filled;
}

async function get(prometheus, path, parameters = {}) {
    const url = new URL(path, prometheus);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const response = await fetch(url, { signal: AbortSignal.timeout(20_000) });
    const body = await response.json();
    if (body.status !== 'success') throw new Error(`${parameters.query ?? path}: ${body.error}`);
    return body.data;
}

/** Seconds between two scrapes, the step of every query: Grafana has it from its data source, this from Prometheus. */
async function scrapeInterval(prometheus) {
    const { activeTargets } = await get(prometheus, '/api/v1/targets', { state: 'active' });
    const intervals = new Set(activeTargets.map((target) => target.scrapeInterval));
    const [, seconds] = [...intervals].join().match(/^(\d+)s$/) ?? [];
    if (!seconds) throw new Error(`Prometheus must scrape at one interval in seconds, not at '${[...intervals]}'`);
    return Number(seconds);
}

/** The series that have a number in them, now or within the last four scrapes. */
async function seriesOf(prometheus, step, { expr, instant }) {
    const query = substitute(expr, step);
    const end = Date.now() / 1000;
    const { result } = instant
        ? await get(prometheus, '/api/v1/query', { query, time: end })
        : await get(prometheus, '/api/v1/query_range', { query, start: end - 4 * step, end, step });
    const isNumber = ([, value]) => value !== 'NaN';
    return result.filter(({ value, values }) => (values ?? [value]).some(isNumber));
}

async function checkTarget({ prometheus, step }, title, target, expected) {
    const where = `panel "${title}" ${target.refId}`;
    // What must be empty is asked for now only: the time before may belong to another state.
    const series = await seriesOf(prometheus, step, expected === false ? { ...target, instant: true } : target);
    const findings = [];
    if (expected === true && series.length === 0) {
        findings.push(`${where} has no data: ${substitute(target.expr, step)}`);
    }
    if (expected === false && series.length > 0) {
        findings.push(`${where} must have no data and has ${JSON.stringify(series[0].metric)}`);
    }
    const legendLabels = [...target.legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
    for (const { metric } of series) {
        for (const label of legendLabels.filter((each) => !(each in metric))) {
            findings.push(`${where}: its legend wants ${label}, a series has only ${JSON.stringify(metric)}`);
        }
    }
    return [...new Set(findings)];
}

async function checkVariable(prometheus, { name, query: { query } }) {
    const [, metric, label] = query.match(/^label_values\((\w+), (\w+)\)$/);
    const { result } = await get(prometheus, '/api/v1/query', { query: `count by (${label}) (${metric})` });
    return result.some((each) => each.metric[label]) ? [] : [`variable ${name} has no values`];
}

async function oneRound({ prometheus, step, state }) {
    const findings = [];
    for (const { title, targets } of panels) {
        for (const target of targets) {
            const expected = states[title][state]?.[target.refId];
            findings.push(...(await checkTarget({ prometheus, step }, title, target, expected)));
        }
    }
    for (const variable of board.templating.list.filter(({ type }) => type === 'query')) {
        findings.push(...(await checkVariable(prometheus, variable)));
    }
    for (const { expr } of alerts()) await get(prometheus, '/api/v1/query', { query: expr });
    return findings;
}

async function checkMetrics(url) {
    const response = await fetch(url, { signal: AbortSignal.timeout(20_000) });
    if (!response.ok) return [`${url} answered ${response.status}`];
    const expressions = [...panelExpressions(), ...alerts().map(({ name, expr }) => [`alert ${name}`, expr])];
    const selectors = expressions.flatMap(([where, expr]) => selectorsIn(expr).map((each) => ({ where, ...each })));
    return compareMetrics(await response.text(), readCatalogue(), selectors);
}

/** Findings as sentences; with `wait`, those that are left after so many seconds. */
export async function checkQueries({ prometheus, state, metrics, wait }) {
    const known = new Set(Object.values(states).flatMap(Object.keys));
    if (!known.has(state)) return [`no panel declares the state ${state}: use one of ${[...known].join(', ')}`];
    const end = Date.now() + wait * 1000;
    const step = await scrapeInterval(prometheus);
    let findings = await oneRound({ prometheus, step, state });
    while (findings.length > 0 && Date.now() < end) {
        await sleep(1000);
        findings = await oneRound({ prometheus, step, state });
    }
    return metrics ? [...findings, ...(await checkMetrics(metrics))] : findings;
}
