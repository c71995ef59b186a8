// nginx with the configuration that packaging/nginx ships, as lib/nginx-site.mjs makes it of the faults in
// force. A change is checked by `nginx -t` and in force when the old workers take no more connections.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { makeCertificates } from './certificates.mjs';
import * as congestion from './congestion.mjs';
import { until } from './failure.mjs';
import { get } from './http.mjs';
import { writeIfChanged } from './layout.mjs';
import { main, site } from './nginx-site.mjs';
import {
    childrenOf,
    fingerprint,
    run,
    running,
    send,
    setFingerprint,
    start,
    stop,
    stopUnnamed,
    title,
} from './processes.mjs';

const name = 'nginx';
const unsure = 'being reloaded';

const welcome = `<!DOCTYPE html>
<html>
<head><title>Welcome to nginx!</title></head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and working. Further configuration is
required.</p>
</body>
</html>
`;

// Called once by `up`: certificates, and what nginx itself does not make.
export async function prepare(stack) {
    mkdirSync(stack.path('nginx', 'temp'), { recursive: true });
    writeIfChanged(stack.path('nginx', 'welcome', 'index.html'), welcome);
    await makeCertificates(stack);
}

const options = (stack) => [
    '-p',
    path.join(stack.dir, 'nginx/'),
    '-c',
    stack.files.nginx_conf,
    '-e',
    stack.log('nginx'),
];

// Old workers have closed their listening sockets once their title says so.
async function reload(stack, master) {
    const old = new Set(childrenOf(master));
    send(master, 'SIGHUP');
    const settled = () => {
        const children = childrenOf(master).filter((pid) => title(pid).startsWith('nginx: worker process'));
        const serving = children.filter((pid) => !title(pid).includes('shutting down'));
        return serving.length > 0 && serving.every((pid) => !old.has(pid));
    };
    await until('nginx serves the new configuration', settled, { log: stack.log('nginx') });
}

async function serve(stack) {
    const text = site(stack);
    const wanted = main(stack) + text;
    const master = running(stack, name);
    // In any case: one that was refused may still lie there.
    writeIfChanged(stack.files.nginx_conf, main(stack));
    writeIfChanged(stack.files.nginx_site_conf, text);
    if (master && fingerprint(stack, name) === wanted) return;
    await run(stack, 'nginx-test', 'nginx', ['-t', '-q', ...options(stack)]);
    if (master) {
        // Whoever is interrupted meanwhile cannot say which one nginx serves.
        setFingerprint(stack, name, unsure);
        await reload(stack, master);
        setFingerprint(stack, name, wanted);
    } else {
        const ready = () => get(`${stack.urls.public}/`);
        await start(stack, name, 'nginx', [...options(stack), '-g', 'daemon off;'], {
            fingerprint: wanted,
            ready,
        });
    }
}

// The first request of a minute passes.
async function exhaustRate(stack) {
    const limited = async () => {
        const reply = await get(`${stack.urls.public}/socket.io/?EIO=4&transport=polling`);
        return reply?.status !== 200;
    };
    await until('nginx limits the rate', limited);
}

export async function converge(stack) {
    const { faults } = stack;
    const dropping = faults.has('nginx-drops-syn');
    if (!faults.has('nginx-connections-full') || dropping) await congestion.freeConnections(stack);
    if (!dropping) await congestion.answerSyns(stack);
    if (faults.has('nginx-stopped') || dropping) {
        await stop(stack, name, { seconds: 5 });
        if (dropping) await congestion.dropSyns(stack);
        return;
    }
    await serve(stack);
    if (faults.has('nginx-rate-limited')) await exhaustRate(stack);
    if (faults.has('nginx-connections-full')) await congestion.takeConnections(stack);
}

// The workers of a master that was killed go on serving, on a port that would then seem taken.
export async function endOrphans(stack) {
    if (!running(stack, name)) await stopUnnamed(stack, (title) => title.startsWith('nginx: worker process'));
}

export async function stopAll(stack) {
    await congestion.stopAll(stack);
    await stop(stack, name, { seconds: 5 });
}

export const pids = (stack) => ({ nginx: running(stack, name) ?? null, ...congestion.pids(stack) });
