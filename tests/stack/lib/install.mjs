// Installs the Node packages that the lock file names, unless they are there. Several stacks may ask for it
// at once: flock on the lock file lets one do it, and the others find it done.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';
import { here } from './layout.mjs';
import { run } from './processes.mjs';

const lockFile = path.join(here, 'package-lock.json');
const stamp = path.join(here, 'node_modules', '.installed');
const wanted = () => createHash('sha256').update(readFileSync(lockFile)).digest('hex');

export const isInstalled = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted();

export async function install(stack) {
    if (isInstalled()) return;
    const script = fileURLToPath(import.meta.url);
    await run(stack, 'npm', 'flock', [lockFile, process.execPath, script, 'locked'], { cwd: here });
}

if (process.argv[2] === 'locked' && !isInstalled()) {
    const { status, error } = spawnSync('npm', ['ci'], { cwd: here, stdio: 'inherit' });
    if (error) console.error(error.message);
    if (status !== 0) process.exit(1);
    writeFileSync(stamp, wanted());
}
