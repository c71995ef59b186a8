// Makes a fault of the reference deployment (or two), waits for what the agent makes of it, mends it, and waits for
// green. Usage: GATEWATCH_STACK_DIR=DIR GATEWATCH=BINARY node fault.mjs CASE; the cases are in lib/expected.
// With GATEWATCH_THOROUGH=1 five times in a row.
//
// "Within two intervals" is measured in the agent's own runs, not in seconds, so that a slow machine does not decide:
// the verdict must stand before any of the probes that it rests on has run more often than twice since the fault, not
// counting the run that was under way.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { metricsOf, stackState, statusOf, until } from './lib/agent.mjs';
import { expected } from './lib/expected/index.mjs';
import { profiles, surroundings } from './lib/expected/profiles.mjs';
import { endAll, scratch, startConfigured } from './lib/own-agent.mjs';

const name = process.argv[2];
const wanted = expected[name];
if (!wanted) throw new Error(`unknown case ${name}; known: ${Object.keys(expected).join(', ')}`);

const state = stackState();
const stack = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'stack', 'stack');
const connectProbes = ['public:websocket', 'public:polling', 'local:websocket', 'local:polling'];
const runLimit = 3; // two, and the one that was under way
let agent = state.urls.agent;

function act(verb, fault) {
    execFileSync(stack, [verb, fault, '--dir', state.dir], { stdio: ['ignore', 'inherit', 'inherit'] });
}

function make() {
    for (const fault of wanted.faults) act('break', fault);
    surroundings[wanted.surroundings]?.make(scratch, state);
}

function mend() {
    for (const fault of [...wanted.faults].reverse()) act('mend', fault);
    surroundings[wanted.surroundings]?.mend(scratch, state);
}

async function describe() {
    const metrics = await metricsOf(agent);
    const { verdict, probes, collectors } = (await statusOf(agent)).gateways[0];
    return (
        `cause ${verdict.cause}, ${verdict.severity}, with ${verdict.consequences.join(' ') || 'nothing'}, ` +
        `advice and evidence lack ${JSON.stringify(missing(verdict))}: ${verdict.fix}; failing ${metrics.failing().join(' ') || 'nothing'}; evidence ${JSON.stringify(verdict.evidence)}; ` +
        `probes ${JSON.stringify(probes.filter(({ ok }) => !ok).map(({ route, probe, reason, phase, detail }) => [route, probe, reason, phase, detail]))}; ` +
        `collectors ${JSON.stringify(collectors.filter(({ up, detail }) => !up || detail))}`
    );
}

function runsOf(metrics, probes) {
    return Object.fromEntries(
        probes.map((each) => {
            const [route, probe] = each.split(':');
            return [each, metrics.runs({ route, probe })];
        }),
    );
}

/// How many runs the probe that has run most often has had since `before`.
function mostRuns(metrics, before) {
    const now = runsOf(metrics, Object.keys(before));
    return Math.max(...Object.keys(now).map((probe) => now[probe] - before[probe]));
}

const planned = (metrics) => connectProbes.filter((each) => metrics.runs({ route: each.split(':')[0] }) > 0);

async function green(what) {
    const first = await metricsOf(agent);
    const before = runsOf(first, planned(first));
    return until(
        what,
        async () => {
            const metrics = await metricsOf(agent);
            const every = Object.entries(runsOf(metrics, Object.keys(before))).every(
                ([probe, count]) => count > before[probe],
            );
            return every && metrics.failing().length === 0 && metrics.cause() === 'none';
        },
        { describe },
    );
}

/// The reason of each failing connect probe, from the status that `check` prints too.
function reasons(gateway) {
    const failing = gateway.probes.filter(
        ({ ok, route, probe }) => ok === false && connectProbes.includes(`${route}:${probe}`),
    );
    return Object.fromEntries(failing.map(({ route, probe, reason }) => [`${route}:${probe}`, reason]));
}

const sorted = (object) => JSON.stringify(Object.entries(object).sort());

async function staysGreen() {
    const before = runsOf(await metricsOf(agent), connectProbes);
    await until(
        'every probe has run twice under the fault',
        async () => {
            const metrics = await metricsOf(agent);
            const why = async () => `this is harmless: ${await describe()}`;
            if (metrics.failing().length > 0 || metrics.cause() !== 'none') assert.fail(await why());
            return Object.entries(runsOf(metrics, connectProbes)).every(
                ([probe, count]) => count >= before[probe] + 2,
            );
        },
        { describe },
    );
}

/// The metrics and the verdict of the moment when both say what is expected.
async function diagnosed() {
    const { cause, consequence, failing, severity } = wanted;
    return until(
        `${name} is diagnosed as ${cause}`,
        async () => {
            const [gateway] = (await statusOf(agent)).gateways;
            const metrics = await metricsOf(agent);
            const there =
                (!failing || sorted(reasons(gateway)) === sorted(failing)) &&
                (!consequence || gateway.verdict.consequences.includes(consequence)) &&
                [severity].flat().includes(gateway.verdict.severity) &&
                gateway.verdict.cause === cause &&
                metrics.cause() === cause &&
                missing(gateway.verdict).length === 0;
            return there && { metrics, verdict: gateway.verdict };
        },
        { describe },
    );
}

/// What of the user's own the advice does not name, and which evidence is not there.
function missing(verdict) {
    const evidence = verdict.evidence.map(({ source, text }) => `${source}: ${text}`).join('\n');
    return [
        ...(wanted.fix?.(state) ?? []).filter((own) => !verdict.fix.includes(own)),
        ...(wanted.evidence?.(state) ?? []).filter((seen) => !evidence.includes(seen)),
    ];
}

function checkVerdict(verdict) {
    if (wanted.hop) assert.equal(verdict.hop, wanted.hop);
    assert.ok(verdict.evidence.length > 0, 'a verdict shows what it rests on');
}

async function turnsRed() {
    const first = await metricsOf(agent);
    const before = runsOf(first, wanted.by ?? planned(first));
    const { metrics, verdict } = await diagnosed();
    const runs = mostRuns(metrics, before);
    checkVerdict(verdict);
    for (const [where, reason] of Object.entries(wanted.failing ?? {})) {
        const [route, probe] = where.split(':');
        assert.equal(metrics.value('probe_success', { route, probe }), 0);
        const failures = (scrape) => scrape.value('probe_failures_total', { route, probe, reason });
        assert.ok(failures(metrics) >= 1, `${where} counts ${reason}`);
    }
    return runs;
}

async function once() {
    await green('the deployment is healthy before the fault');
    make();
    try {
        if (wanted.cause === 'none') {
            if (wanted.restarts) await green('the backend is back');
            await staysGreen();
            console.log(`${name}: no probe complains`);
        } else {
            const runs = await turnsRed();
            console.log(`${name}: ${wanted.cause} after ${runs} runs`);
            // Two faults are not in force at one moment, and some show only in what runs seldom.
            const timed = wanted.faults.length === 1 && !wanted.slow;
            if (timed) assert.ok(runs <= runLimit, `the verdict took ${runs} runs, ${runLimit} are allowed`);
        }
    } finally {
        mend();
    }
    await green(`${name} is mended`);
    console.log(`${name}: green again`);
}

try {
    if (wanted.profile) {
        const text = profiles[wanted.profile](readFileSync(state.files.agent_config, 'utf8'), state, scratch);
        ({ url: agent } = await startConfigured(text, state.agent_environment));
    }
    for (let times = process.env.GATEWATCH_THOROUGH === '1' ? 5 : 1; times > 0; --times) await once();
} finally {
    endAll();
}
