// One command at a time for a stack that is changed: a second one waits for the first.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from './failure.mjs';

function isAlive(pid) {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return error.code === 'EPERM';
    }
}

function take(file) {
    try {
        writeFileSync(file, String(process.pid), { flag: 'wx' });
        return true;
    } catch (error) {
        if (error.code !== 'EEXIST') throw error;
    }
    try {
        if (!isAlive(Number(readFileSync(file, 'utf8')))) rmSync(file, { force: true });
    } catch (error) {
        if (error.code !== 'ENOENT') throw error;
    }
    return false;
}

export async function locked(dir, work) {
    const file = path.join(dir, 'lock');
    await until(`the other command on ${dir} has ended (${file})`, () => take(file), { seconds: 180 });
    try {
        await work();
    } finally {
        rmSync(file, { force: true });
    }
}
