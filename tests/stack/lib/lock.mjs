// One command at a time for a stack that is changed: a second one waits for the first. A drill lasts minutes and mends
// when it is interrupted: `down` does not wait for its end.
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { until } from './failure.mjs';
import { send, title } from './processes.mjs';

function isAlive(pid) {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return error.code === 'EPERM';
    }
}

// The pid and name of the command that has the lock; none where it has just let go.
function holder(file) {
    try {
        const [pid, command] = readFileSync(file, 'utf8').split(' ');
        return { pid: Number(pid), command };
    } catch (error) {
        if (error.code !== 'ENOENT') throw error;
        return {};
    }
}

function take(file, command) {
    try {
        writeFileSync(file, `${process.pid} ${command}`, { flag: 'wx' });
        return true;
    } catch (error) {
        if (error.code !== 'EEXIST') throw error;
    }
    const { pid } = holder(file);
    if (pid && !isAlive(pid)) rmSync(file, { force: true });
    return false;
}

function endDrill(file) {
    const { pid, command } = holder(file);
    if (command === 'drill' && title(pid).includes(' drill ')) send(pid, 'SIGTERM');
}

export async function locked(dir, command, work) {
    const file = path.join(dir, 'lock');
    if (command === 'down') endDrill(file);
    const taken = () => take(file, command);
    await until(`the other command on ${dir} has ended (${file})`, taken, { seconds: 180 });
    try {
        await work();
    } finally {
        rmSync(file, { force: true });
    }
}
