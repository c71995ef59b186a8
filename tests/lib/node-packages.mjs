// Installs the Node packages that a folder's lock file names, unless they are there. Several may ask for it at once:
// flock on the lock file lets one do it, and the others find it done.
//
// Usage by hand: node node-packages.mjs FOLDER
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnSync } from 'node:child_process';

const script = fileURLToPath(import.meta.url);
const lockOf = (folder) => path.join(folder, 'package-lock.json');
const stampOf = (folder) => path.join(folder, 'node_modules', '.installed');
const wanted = (folder) =>
    createHash('sha256')
        .update(readFileSync(lockOf(folder)))
        .digest('hex');

export const isInstalled = (folder) =>
    existsSync(stampOf(folder)) && readFileSync(stampOf(folder), 'utf8') === wanted(folder);

/** The command that installs them under the lock. */
export const command = (folder) => ['flock', lockOf(folder), process.execPath, script, folder];

export function install(folder) {
    if (isInstalled(folder)) return;
    const [program, ...args] = command(folder);
    const { status, error, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
    if (error) throw new Error(`${program} cannot be run: ${error.message}`);
    if (status !== 0) throw new Error(`npm ci in ${folder} failed:\n${stdout}${stderr}`);
}

if (process.argv[1] === script && process.argv[2]) {
    const folder = path.resolve(process.argv[2]);
    if (!isInstalled(folder)) {
        const { status, error } = spawnSync('npm', ['ci'], { cwd: folder, stdio: 'inherit' });
        if (error) console.error(error.message);
        if (status !== 0) process.exit(1);
        writeFileSync(stampOf(folder), wanted(folder));
    }
}
