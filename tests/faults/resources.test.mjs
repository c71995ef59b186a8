// What an agent takes of the machine: resident memory and descriptors, at the start and after many probes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { metricsOf, stackState, until } from './lib/agent.mjs';
import { endAll, gateway, start, stop } from './lib/own-agent.mjs';

after(endAll);

const state = stackState();
const thorough = process.env.GATEWATCH_THOROUGH === '1';
const stack = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'stack', 'stack');

function residentMiB(pid) {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}
const descriptors = (pid) => readdirSync(`/proc/${pid}/fd`).length;

test('resident memory stays under 24 MiB, and thousands of probes leave neither memory nor descriptors behind', async () => {
    const pid = JSON.parse(
        execFileSync(stack, ['status', '--json', '--dir', state.dir], { encoding: 'utf8' }),
    ).pids.agent;
    assert.ok(pid, 'the deployment runs an agent with the reference configuration');
    const reference = residentMiB(pid);
    console.log(`resident memory with the reference configuration: ${reference.toFixed(1)} MiB`);
    assert.ok(reference < 24, `${reference} MiB`);

    // Many gateways at the shortest interval make many probes in little time.
    const names = Array.from({ length: thorough ? 20 : 5 }, (_, i) =>
        gateway({ name: `im-${i}`, timeout: '5s' }),
    );
    const agent = await start(names.join(''));
    const total = async () => (await metricsOf(agent.url)).runs({});
    const target = thorough ? 10_000 : 1000;
    // It keeps the last 32 runs of each gateway, with what went over the wire, and as many failures.
    const warm = Math.max(target / 4, 80 * names.length);
    await until('what it keeps is full', async () => (await total()) >= warm, { seconds: 120 });
    const [memory, files] = [residentMiB(agent.child.pid), descriptors(agent.child.pid)];
    await until(`${target} probes have run`, async () => (await total()) >= target, { seconds: 360 });
    const grown = residentMiB(agent.child.pid) - memory;
    console.log(`after ${await total()} probes: ${grown.toFixed(2)} MiB more than after ${warm}`);
    assert.ok(grown < 1, `grew by ${grown} MiB`);
    // A probe holds one connection at a time, so what is open beyond the start is what runs this moment.
    const most = 4 * names.length;
    await until('no descriptor is left', () => descriptors(agent.child.pid) <= files + most);
    const { code } = await stop(agent);
    assert.equal(code, 0);
});
