// Makes one fault of the reference deployment, waits for what the agent makes of it, mends it, and waits for green.
// Usage: GATEWATCH_STACK_DIR=DIR node fault.mjs FAULT
//
// "Within two intervals" is measured in the agent's own runs, not in seconds, so that a slow machine does not decide:
// the verdict must stand before any of the probes that it rests on has run more often than twice since the fault, not
// counting the run that was under way.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expected } from './lib/expected.mjs';
import { metricsOf, stackState, statusOf, until } from './lib/agent.mjs';

const state = stackState();
const agent = state.urls.agent;
const stack = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'stack', 'stack');
const routes = ['public', 'local'];
const probes = ['websocket', 'polling'];

function act(verb, fault) {
    execFileSync(stack, [verb, fault, '--dir', state.dir], { stdio: ['ignore', 'inherit', 'inherit'] });
}

async function describe() {
    const metrics = await metricsOf(agent);
    const status = await statusOf(agent);
    return (
        `cause ${metrics.cause()}, failing ${metrics.failing().join(' ') || 'nothing'}; ` +
        `probes ${JSON.stringify(status.gateways[0].probes.map(({ route, probe, reason }) => [route, probe, reason]))}`
    );
}

function runsOf(metrics) {
    const runs = {};
    for (const route of routes) {
        for (const probe of probes) runs[`${route}:${probe}`] = metrics.runs({ route, probe });
    }
    return runs;
}

/// How many runs the probe that has run most often has had since `before`.
function mostRuns(metrics, before) {
    const now = runsOf(metrics);
    return Math.max(...Object.keys(now).map((probe) => now[probe] - before[probe]));
}

async function green(what) {
    const before = runsOf(await metricsOf(agent));
    const runs = await until(
        what,
        async () => {
            const metrics = await metricsOf(agent);
            const every = Object.entries(runsOf(metrics)).every(([probe, count]) => count > before[probe]);
            return (
                every &&
                metrics.failing().length === 0 &&
                metrics.cause() === 'none' &&
                mostRuns(metrics, before)
            );
        },
        { describe },
    );
    return runs;
}

/// The reason of each failing probe, from the status that `check` prints too.
function reasons(gateway) {
    const failing = gateway.probes.filter((probe) => !probe.ok);
    return Object.fromEntries(failing.map(({ route, probe, reason }) => [`${route}:${probe}`, reason]));
}

const sorted = (object) => JSON.stringify(Object.entries(object).sort());

async function staysGreen(before) {
    await until('every probe has run twice under the fault', async () => {
        const metrics = await metricsOf(agent);
        assert.deepEqual(metrics.failing(), [], 'this must not fail any connect probe');
        assert.equal(metrics.cause(), 'none');
        return Object.entries(runsOf(metrics)).every(([probe, count]) => count >= before[probe] + 2);
    });
}

/// The metrics and the verdict of the moment when both say what is expected.
async function diagnosed(fault) {
    const { cause, failing } = expected[fault];
    return until(
        `${fault} is diagnosed as ${cause}`,
        async () => {
            const [gateway] = (await statusOf(agent)).gateways;
            const metrics = await metricsOf(agent);
            const there =
                sorted(reasons(gateway)) === sorted(failing) &&
                gateway.verdict.cause === cause &&
                metrics.cause() === cause;
            return there && { metrics, verdict: gateway.verdict };
        },
        { describe },
    );
}

function checkVerdict(verdict, { severity, hop, fix }) {
    assert.deepEqual({ severity: verdict.severity, hop: verdict.hop }, { severity, hop });
    assert.ok(verdict.evidence.length > 0, 'a verdict shows what it rests on');
    for (const own of fix(state)) {
        assert.ok(verdict.fix.includes(own), `the advice names ${own}: ${verdict.fix}`);
    }
}

async function turnsRed(fault, before, failuresBefore) {
    const { metrics, verdict } = await diagnosed(fault);
    const runs = mostRuns(metrics, before);
    assert.ok(runs <= 3, `the verdict took ${runs} runs, two and the one under way are allowed`);
    for (const [where, reason] of Object.entries(expected[fault].failing)) {
        const [route, probe] = where.split(':');
        assert.equal(metrics.value('probe_success', { route, probe }), 0);
        const failures = metrics.value('probe_failures_total', { route, probe, reason });
        assert.ok(
            failures > failuresBefore.value('probe_failures_total', { route, probe, reason }),
            `${where} counts ${reason}`,
        );
    }
    checkVerdict(verdict, expected[fault]);
    return runs;
}

const fault = process.argv[2];
if (!expected[fault]) throw new Error(`unknown fault ${fault}; known: ${Object.keys(expected).join(', ')}`);
await green('the deployment is healthy before the fault');
const healthy = await metricsOf(agent);
act('break', fault);
try {
    const before = runsOf(await metricsOf(agent));
    if (expected[fault].cause === 'none') {
        await staysGreen(before);
        console.log(`${fault}: no probe complains`);
    } else {
        const runs = await turnsRed(fault, before, healthy);
        console.log(`${fault}: ${expected[fault].cause} after ${runs} runs`);
    }
} finally {
    act('mend', fault);
}
const runs = await green(`${fault} is mended`);
assert.ok(runs <= 3, `recovery took ${runs} runs, two and the one under way are allowed`);
console.log(`${fault}: green again after ${runs} runs`);
