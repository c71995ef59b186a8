// Runs what Grafana would send, against a real Prometheus: each query must have data, or none, and the values that
// states.json says for the state that the deployment is in; and compares the agent's real /metrics with its catalogue.

import { setTimeout as sleep } from 'node:timers/promises';
import { readCatalogue, selectorsIn } from '../../dashboards/generator/catalogue.mjs';
import { states } from '../../dashboards/generator/states.mjs';
import { boardExpressions, boards, partsOf, queriesOf, variablesOf } from './boards.mjs';
import { compareMetrics } from './exposition.mjs';

/** What Grafana puts in: the rate interval is four scrapes, every variable is as the dashboard is delivered. */
function substitute(text, step, { json }) {
    const chosen = json.templating.list.map(({ name, allValue, current }) => [
        name,
        allValue ?? current?.value,
    ]);
    const inserted = {
        ...Object.fromEntries(chosen),
        __rate_interval: `${Math.round(4000 * step)}ms`,
        __range: json.time.from.replace('now-', ''),
    };
    const filled = text.replace(/\$\{?(\w+)\}?/g, (whole, name) => inserted[name] ?? whole);
    if (filled.includes('$')) throw new Error(`nothing known to put in for a variable of: ${filled}`);
    return filled;
}

/** A connection that is kept would break when Prometheus or the agent is started anew between two states. */
const once = () => ({ signal: AbortSignal.timeout(20_000), headers: { connection: 'close' } });

async function get(prometheus, path, parameters = {}) {
    const url = new URL(path, prometheus);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const response = await fetch(url, once());
    const body = await response.json();
    if (body.status !== 'success') throw new Error(`${parameters.query ?? path}: ${body.error}`);
    return body.data;
}

const units = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86400 };
const seconds = (duration) =>
    [...duration.matchAll(/(\d+)(ms|s|m|h|d)/g)].reduce(
        (sum, [, number, unit]) => sum + number * units[unit],
        0,
    );

/**
 * Seconds between two scrapes, the step of every query: Grafana has it from its data source, this from Prometheus.
 * Nothing while Prometheus has no targets, as when it has just started.
 */
async function scrapeInterval(prometheus) {
    const { activeTargets } = await get(prometheus, '/api/v1/targets', { state: 'active' });
    const [interval, ...others] = new Set(activeTargets.map((target) => target.scrapeInterval));
    if (others.length > 0)
        throw new Error(`Prometheus scrapes at ${interval} and ${others}: it must be one interval`);
    return interval && seconds(interval);
}

/** The series that have a number in them, now or at the scrape before. */
async function seriesOf(prometheus, step, query, instant) {
    const end = Date.now() / 1000;
    const { result } = instant
        ? await get(prometheus, '/api/v1/query', { query, time: end })
        : await get(prometheus, '/api/v1/query_range', { query, start: end - step, end, step });
    const isNumber = ([, value]) => value !== 'NaN';
    return result.filter(({ value, values }) => (values ?? [value]).some(isNumber));
}

/** What is said against the present value of each series, where the query declares bounds for it. */
function wrongValues(where, series, bounds) {
    if (!bounds) return [];
    const { least = -Infinity, most = Infinity } = bounds;
    const wanted = least === most ? least : `${least} to ${most}`;
    return series
        .map(({ metric, value, values }) => [metric, Number((value ?? values.at(-1))[1])])
        .filter(([, value]) => !(value >= least && value <= most))
        .map(([metric, value]) => `${where} is ${value} and must be ${wanted}: ${JSON.stringify(metric)}`);
}

async function checkQuery({ prometheus, step, state }, board, { where, expr, instant, legend, needs }) {
    const query = substitute(expr, step, board);
    const mustBeEmpty = needs.none.includes(state);
    // What must be empty is asked for now only: the time before may belong to another state.
    const series = await seriesOf(prometheus, step, query, instant || mustBeEmpty);
    const findings = [];
    if (needs.data.includes(state) && series.length === 0) findings.push(`${where} has no data: ${query}`);
    if (mustBeEmpty && series.length > 0) {
        findings.push(`${where} must have no data and has ${JSON.stringify(series[0].metric)}`);
    }
    findings.push(...wrongValues(where, series, needs.values?.[state]));
    const legendLabels = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
    for (const { metric } of series) {
        for (const label of legendLabels.filter((each) => !(each in metric))) {
            findings.push(`${where}: its legend wants ${label}, a series has only ${JSON.stringify(metric)}`);
        }
    }
    return [...new Set(findings)];
}

/** As Grafana's data source asks for `label_values()`: over the dashboard's time range; for `query_result()`: now. */
async function valuesOf({ prometheus, step }, board, variable) {
    const { selector, label, result, pattern } = partsOf(variable);
    if (result) {
        const series = await seriesOf(prometheus, step, substitute(result, step, board), true);
        // Grafana looks for the pattern in a text that it makes of each series.
        const texts = series.map(({ metric }) =>
            Object.entries(metric).map(([name, value]) => `${name}="${value}"`),
        );
        return texts.map((text) => `{${text}} 1 0`.match(pattern)?.[1]).filter(Boolean);
    }
    const end = Date.now() / 1000;
    return get(prometheus, `/api/v1/label/${label}/values`, {
        'match[]': substitute(selector, step, board),
        start: end - seconds(board.json.time.from),
        end,
    });
}

async function checkVariable(context, board, variable) {
    const { data, none } = board.needs.variables[variable.name];
    const where = `${board.json.uid}: variable ${variable.name}`;
    const values = await valuesOf(context, board, variable);
    if (data.includes(context.state) && values.length === 0) return [`${where} has no values`];
    if (none.includes(context.state) && values.length > 0)
        return [`${where} must have no values and has ${values}`];
    return [];
}

/** The rules that Prometheus has loaded, with what it found wrong with them. */
async function loadedRules(prometheus) {
    const { groups } = await get(prometheus, '/api/v1/rules');
    return groups.flatMap(({ rules }) => rules);
}

async function oneRound(context) {
    const findings = [];
    for (const board of boards) {
        for (const query of queriesOf(board)) findings.push(...(await checkQuery(context, board, query)));
        for (const each of variablesOf(board)) findings.push(...(await checkVariable(context, board, each)));
    }
    for (const { name, lastError } of await loadedRules(context.prometheus)) {
        if (lastError) findings.push(`rule ${name} cannot be evaluated: ${lastError}`);
    }
    return findings;
}

async function checkMetrics(url, prometheus) {
    const response = await fetch(url, once()).catch((error) => error.cause ?? error);
    if (response instanceof Error) return [`${url} does not answer: ${response.message}`];
    if (!response.ok) return [`${url} answered ${response.status}`];
    const rules = (await loadedRules(prometheus)).map(({ name, query }) => [`rule ${name}`, query]);
    const expressions = [...boardExpressions(), ...rules];
    const selectors = expressions.flatMap(([where, expr]) =>
        selectorsIn(expr).map((each) => ({ where, ...each })),
    );
    return compareMetrics(await response.text(), readCatalogue(), selectors);
}

/**
 * Findings as sentences; with `wait`, those that are left after so many seconds. `since`: when the state began, in ms;
 * what a query says counts only once its range lies within the state.
 */
export async function checkQueries({ prometheus, state, metrics, wait, since = 0 }) {
    if (!(state in states))
        return [`there is no state ${state}: use one of ${Object.keys(states).join(', ')}`];
    const end = Date.now() + wait * 1000;
    let findings = ['Prometheus asks no agent'];
    let step;
    for (;;) {
        step ??= await scrapeInterval(prometheus);
        const isWithinState = step && (Date.now() - since) / 1000 > 4 * step;
        if (isWithinState) findings = await oneRound({ prometheus, step, state });
        const mayTryAgain = Date.now() < end || (step && !isWithinState);
        if (findings.length === 0 || !mayTryAgain) break;
        await sleep(500);
    }
    return metrics ? [...findings, ...(await checkMetrics(metrics, prometheus))] : findings;
}
