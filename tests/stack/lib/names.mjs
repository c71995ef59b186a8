// The name of the stack: no resolver knows it, so an alias file of the stack's own does. `agent_environment` in
// state.json is what a process needs to read it (HOSTALIASES, which c-ares looks at for names without a dot).
import { writeIfChanged, publicName } from './layout.mjs';

// No resolver is asked for a name below .onion (RFC 7686): it does not exist, and nothing goes out to learn that.
const nowhere = 'gone.onion';

export const agentEnvironment = (stack) => ({ HOSTALIASES: stack.files.host_aliases });

export const describe = (stack) => ({ name: publicName, agent_environment: agentEnvironment(stack) });

export function converge(stack) {
    const target = stack.faults.has('dns-broken') ? nowhere : 'localhost';
    writeIfChanged(stack.files.host_aliases, `${publicName} ${target}\n`);
}

export async function stopAll() {}

export const pids = () => ({});
