// The backend's log from a moment on. PM2 keeps a file for each worker of a cluster, and a worker's lines come
// in order: once the line of a later connect is there, those of everything before it are.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { until } from '../lib/failure.mjs';
import { readState } from '../lib/layout.mjs';
import { ack, connect, connectPacket, dir, local, sidIn, state, token } from './client.mjs';

const { dir: folder, name } = path.parse(state.files.backend_log);
const files = () =>
    readdirSync(folder)
        .filter((file) => file.startsWith(name))
        .map((file) => path.join(folder, file));
const sidsIn = (text) => [...text.matchAll(/客户端 (\S+) 尝试连接/g)].map(([, sid]) => sid);

class Log {
    constructor() {
        this.offsets = new Map(files().map((file) => [file, statSync(file).size]));
        this.fences = new Set();
    }

    // The new lines, file by file.
    texts() {
        return files().map((file) =>
            readFileSync(file)
                .subarray(this.offsets.get(file) ?? 0)
                .toString(),
        );
    }

    text() {
        return this.texts().join('');
    }

    waitFor(part) {
        return until(`the log says ${part}`, () => this.text().includes(part), { seconds: 10 });
    }

    // The sids of the attempt lines of each worker that has any, without those of fences.
    attemptsByWorker() {
        const attempts = (text) => sidsIn(text).filter((sid) => !this.fences.has(sid));
        return this.texts()
            .map(attempts)
            .filter((sids) => sids.length > 0);
    }

    attempts() {
        return this.attemptsByWorker().flat();
    }

    // Returns when every worker has logged a connect of ours over the local route.
    async fence() {
        const workers = readState(dir).pids.backend.length;
        assert.ok(workers > 0, 'no worker is there that could log a fence');
        const passed = () =>
            this.texts().filter((text) => sidsIn(text).some((sid) => this.fences.has(sid))).length;
        while (passed() < workers) {
            assert.ok(this.fences.size < 50, `fifty connects have met only ${passed()} workers`);
            const { channel, answer } = await connect(local, connectPacket(token()));
            assert.match(answer, ack);
            this.fences.add(sidIn(answer));
            await this.waitFor(`客户端 ${sidIn(answer)} 尝试连接`);
            await channel.close();
        }
    }
}

export const followLog = () => new Log();

// Follows the log when everything before has been written.
export async function settledLog() {
    await new Log().fence();
    return new Log();
}
