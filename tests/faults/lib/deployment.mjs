// The deployment that the tests of pages change: its control program, and what runs in it. Used by notifications.mjs
// and work.mjs.
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { processState } from '../../stack/lib/processes.mjs';
import { stackState, until } from './agent.mjs';

export const state = stackState();
export const stackTool = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..', 'stack', 'stack');

export function act(...command) {
    execFileSync(stackTool, [...command, '--dir', state.dir], { stdio: ['ignore', 'ignore', 'inherit'] });
}

/// The process of this moment: every restart gives another.
export const pidOf = (name) => stackState().pids[name];

const isGone = (pid) => ['', 'Z', 'X'].includes(processState(pid));

/// Ends them in an orderly manner and starts them again on the data that they left.
export async function restart(...names) {
    for (const name of names) {
        const pid = pidOf(name);
        process.kill(pid, 'SIGTERM');
        await until(`${name} (process ${pid}) has ended`, () => isGone(pid));
    }
    act('up');
}
