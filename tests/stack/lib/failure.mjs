// What can go wrong, and waiting for conditions. Used by every other file here.
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

// An expected failure, told in one sentence, with the log that says more.
export class Failure extends Error {
    constructor(message, log) {
        super(message);
        this.log = log;
    }
}

// A wait that has ended without what it waited for.
export class TimedOut extends Failure {}

// Wrong usage of the command line.
export class Usage extends Error {}

// The last lines of a log, for a message.
export function tail(file, lines = 12) {
    if (!file || !existsSync(file)) return '';
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

let interruptedBy;
let shields = 0;

// A signal asks the running command to end: every wait and every step after it fails.
export function interrupt(signal) {
    interruptedBy = signal;
}

// Does what has to be done in any case, such as cleaning up: no signal ends it, however many come, before it or
// meanwhile. What comes after it in the same command sees them again.
export async function uninterrupted(work) {
    shields += 1;
    try {
        return await work();
    } finally {
        shields -= 1;
    }
}

export const isUninterruptible = () => shields > 0;

export const interruption = () =>
    interruptedBy && !isUninterruptible() ? new Failure(`interrupted by ${interruptedBy}`) : undefined;

export function throwIfInterrupted() {
    const failure = interruption();
    if (failure) throw failure;
}

// Polls until condition() gives something true and returns that, every so many milliseconds. `what` ends the
// sentence "timed out waiting until".
export async function until(what, condition, { seconds = 20, log, every = 20 } = {}) {
    const deadline = performance.now() + seconds * 1000;
    for (;;) {
        throwIfInterrupted();
        const value = await condition();
        if (value) return value;
        if (performance.now() > deadline)
            throw new TimedOut(`timed out after ${seconds} s, waiting until ${what}`, log);
        await pause(every);
    }
}
