// The commands as a user runs them: with a configuration, with input, on a terminal, and while something is broken.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { fileURLToPath } from 'node:url';
import { stackState } from './agent.mjs';

export const state = stackState();
export const binary = process.env.GATEWATCH;
const stack = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', '..', 'stack', 'stack');
export const scratch = mkdtempSync(path.join(os.tmpdir(), 'gatewatch-cli-'));
after(() => rmSync(scratch, { recursive: true, force: true }));

export const secret = (name) => readFileSync(state.files[name], 'utf8').trim();
export const token = secret('token');

/// Runs a command with a configuration, the deployment's own unless another is named.
export function gatewatch(
    command,
    { config = state.files.agent_config, args = [], input = '', env = {} } = {},
) {
    const began = performance.now();
    const result = spawnSync(binary, [command, '--config', config, ...args], {
        input,
        encoding: 'utf8',
        timeout: 60_000,
        env: { ...process.env, LC_ALL: 'C.UTF-8', ...env },
    });
    return { ...result, seconds: (performance.now() - began) / 1000 };
}

/// The deployment's configuration with changes, in a file of its own.
export function configuration(name, change) {
    const file = path.join(scratch, `${name}.toml`);
    writeFileSync(file, change(readFileSync(state.files.agent_config, 'utf8')));
    return file;
}

export function during(fault, body) {
    const act = (verb) => execFileSync(stack, [verb, fault, '--dir', state.dir], { stdio: 'ignore' });
    act('break');
    try {
        return body();
    } finally {
        act('mend');
    }
}

/// Runs it on a terminal of its own (script is Debian's, and essential), and gives what came to stand there.
export function onTerminal(args, { env = {}, answer } = {}) {
    return new Promise((resolve) => {
        const command = [binary, ...args].map((word) => `'${word}'`).join(' ');
        const child = spawn('script', ['-q', '-e', '-c', command, '/dev/null'], {
            env: { ...process.env, LC_ALL: 'C.UTF-8', TERM: 'xterm', ...env },
        });
        let shown = '';
        let answered = false;
        child.stdout.on('data', (data) => {
            shown += data;
            if (!answer || answered || !shown.includes(answer.to)) return;
            answered = true;
            child.stdin.write(answer.text);
        });
        child.on('close', (status) => resolve({ shown, status }));
    });
}
