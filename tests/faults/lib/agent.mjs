// What a running agent says of itself, as tests read it: its metrics, its status, waiting for a condition.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseExposition } from '../../lib/exposition.mjs';
import { Failure, until as poll } from '../../stack/lib/failure.mjs';

/// The reference deployment that the test runs against, from GATEWATCH_STACK_DIR.
export function stackState() {
    const dir = process.env.GATEWATCH_STACK_DIR;
    if (!dir)
        throw new Error(
            'GATEWATCH_STACK_DIR names no reference deployment: run this through ctest or tests/run',
        );
    return JSON.parse(readFileSync(path.join(dir, 'state.json'), 'utf8'));
}

/// One scrape of /metrics.
export class Metrics {
    constructor(text) {
        this.samples = parseExposition(text).samples;
    }

    all(name, labels = {}) {
        return this.samples.filter(
            (sample) =>
                sample.name === `gatewatch_${name}` &&
                Object.entries(labels).every(([key, value]) => sample.labels[key] === value),
        );
    }

    /// The only sample of that name and those labels, or undefined.
    value(name, labels = {}) {
        return this.all(name, labels)[0]?.value;
    }

    /// The cause whose gauge stands at 1; more or fewer than one is an error of the agent.
    cause() {
        const causes = this.all('diagnosis').filter((sample) => sample.value === 1);
        if (causes.length !== 1) throw new Error(`diagnosis is 1 for ${causes.length} causes`);
        return causes[0].labels.cause;
    }

    /// Total runs of a probe.
    runs(labels) {
        return this.all('probe_runs_total', labels).reduce((sum, sample) => sum + sample.value, 0);
    }

    failing() {
        return this.all('probe_success')
            .filter((sample) => sample.value === 0)
            .map((sample) => `${sample.labels.route}:${sample.labels.probe}`)
            .sort();
    }
}

export async function get(url) {
    const response = await fetch(url, { headers: { connection: 'close' } });
    return { status: response.status, headers: response.headers, text: await response.text() };
}

export async function metricsOf(url) {
    return new Metrics((await get(`${url}/metrics`)).text);
}

export async function statusOf(url) {
    return JSON.parse((await get(`${url}/api/v1/status`)).text);
}

/// The gateways that it watches, in their order.
export async function namesOf(agent) {
    return (await statusOf(agent.url)).gateways.map(({ name }) => name);
}

/// Asks until `condition` gives something truthy, and gives that. `what` ends the sentence "timed out waiting until";
/// `describe` adds what is there instead.
export async function until(what, condition, { seconds = 60, describe, every } = {}) {
    try {
        return await poll(what, condition, { seconds, every });
    } catch (error) {
        if (describe && error instanceof Failure) error.message += `. ${await describe()}`;
        throw error;
    }
}
