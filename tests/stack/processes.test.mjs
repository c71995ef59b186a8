// What must not be interrupted is done, even if a Ctrl-C falls into the moment before a child has a session of its own.
// The child ends itself by the signal then, where a real one is too seldom to be waited for.
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { uninterrupted } from './lib/failure.mjs';
import { run, running, start, stop } from './lib/processes.mjs';

const dir = mkdtempSync(path.join(os.tmpdir(), 'gatewatch-processes-'));
const stack = {
    dir,
    path: (...parts) => path.join(dir, ...parts),
    log: (name) => path.join(dir, 'logs', `${name}.log`),
};
for (const name of ['logs', 'run']) mkdirSync(stack.path(name));
after(() => rmSync(dir, { recursive: true, force: true }));

const cut = stack.path('cut');
const done = stack.path('done');
beforeEach(() => [cut, done].forEach((file) => rmSync(file, { force: true })));

// The first time it ends by the signal, the second time it does its work and what comes after.
const interruptedOnce = (signal, next) => [
    '-c',
    `[ -e ${cut} ] || { touch ${cut}; kill -s ${signal} $$; }; touch ${done}; ${next}`,
];

for (const signal of ['INT', 'TERM', 'HUP']) {
    test(`a command that must not be interrupted is run again after SIG${signal}`, async () => {
        await uninterrupted(() => run(stack, 'once', 'sh', interruptedOnce(signal, 'true')));
        assert.ok(existsSync(done));
    });
}

test('any other command ends with the signal', async () => {
    await assert.rejects(run(stack, 'once', 'sh', interruptedOnce('INT', 'true')), /sh ended with SIGINT/);
    assert.ok(!existsSync(done));
});

test('a command that fails by itself is not run again', async () => {
    writeFileSync(cut, '');
    await assert.rejects(
        uninterrupted(() => run(stack, 'once', 'sh', interruptedOnce('INT', 'exit 3'))),
        /status 3/,
    );
});

test('a process that must not be interrupted is started again, and can be stopped', async () => {
    await uninterrupted(async () => {
        const pid = await start(stack, 'sleeper', 'sh', interruptedOnce('INT', 'exec sleep 1000'), {
            ready: () => existsSync(done),
        });
        assert.equal(running(stack, 'sleeper'), pid);
        await stop(stack, 'sleeper');
        assert.equal(running(stack, 'sleeper'), undefined);
    });
});

test('any other process ends with the signal', async () => {
    await assert.rejects(
        start(stack, 'sleeper', 'sh', interruptedOnce('INT', 'exec sleep 1000'), {
            ready: () => existsSync(done),
        }),
        /sleeper ended at once, with SIGINT/,
    );
    assert.ok(!existsSync(done));
});
