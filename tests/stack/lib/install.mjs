// Installs the Node packages of the deployment, unless they are there; see tests/lib/node-packages.mjs.
import * as packages from '../../lib/node-packages.mjs';
import { here } from './layout.mjs';
import { run } from './processes.mjs';

export const isInstalled = () => packages.isInstalled(here);

export async function install(stack) {
    if (isInstalled()) return;
    const [program, ...args] = packages.command(here);
    await run(stack, 'npm', program, args, { cwd: here });
}
