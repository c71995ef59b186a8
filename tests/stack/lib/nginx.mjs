// nginx with the configuration that packaging/nginx ships, moved to the stack's own ports, paths and
// certificate. The nginx faults are edits of that file; each is checked by `nginx -t` and in force when the
// old workers take no more connections.
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Failure, until } from './failure.mjs';
import { answers } from './http.mjs';
import { here, project, writeIfChanged } from './layout.mjs';
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
const shipped = path.join(project, 'packaging', 'nginx', 'im.example.com.conf');
const socketio = /^    location \/socket\.io\/ \{\n[^}]*^    \}\n/m;
const closedPort = 1;

// In the order in which they are applied: the one that removes the location comes last.
const edits = {
    'nginx-no-upgrade': [/^ *proxy_set_header (Upgrade|Connection) .*\n/gm, ''],
    'nginx-no-http11': [/^ *proxy_http_version .*\n/m, ''],
    'nginx-wrong-port': [/(proxy_pass http:\/\/127\.0\.0\.1):\d+/, `$1:${closedPort}`],
    'nginx-path-rewritten': [/(proxy_pass http:\/\/127\.0\.0\.1:\d+);/, '$1/im/;'],
    'nginx-short-timeout': [/proxy_read_timeout \w+;/, 'proxy_read_timeout 5s;'],
    'nginx-buffering-on': [/proxy_buffering off;/, 'proxy_buffering on;'],
    'nginx-no-location': [/[^]*/, ''],
};

function replaced(text, pattern, replacement, what) {
    if (text.search(pattern) < 0)
        throw new Failure(`${shipped} has no place for ${what}: looked for ${pattern}`);
    return text.replace(pattern, replacement);
}

function withFaults(text, faults) {
    const location = socketio.exec(text)?.[0];
    if (!location) throw new Failure(`${shipped} has no location /socket.io/`);
    const wanted = Object.entries(edits).filter(([fault]) => faults.has(fault));
    const edited = wanted.reduce((block, [fault, edit]) => replaced(block, ...edit, fault), location);
    return text.replace(location, () => edited);
}

function site(stack) {
    const { ports, files } = stack;
    const moves = [
        [/^( *)listen 80;/m, `$1listen 127.0.0.1:${ports.nginx};`],
        [/^( *)# listen 443 ssl;/m, `$1listen 127.0.0.1:${ports.nginx_tls} ssl;`],
        [/# (ssl_certificate) +\S+;/, `$1 ${files.server_certificate};`],
        [/# (ssl_certificate_key) +\S+;/, `$1 ${stack.path('tls', 'server.key')};`],
        [/server_name .*;/, 'server_name localhost 127.0.0.1;'],
        [/127\.0\.0\.1:7002/g, () => `127.0.0.1:${ports.backend}`],
        [/root .*;/, `root ${files.frontend};`],
    ];
    return moves.reduce(
        (text, move) => replaced(text, ...move, "the stack's own values"),
        readFileSync(shipped, 'utf8'),
    );
}

function main(stack) {
    const own = (...parts) => stack.path('nginx', ...parts);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    return `${process.getuid() === 0 ? 'user root;\n' : ''}worker_processes 1;
pid ${own('nginx.pid')};
error_log ${stack.log('nginx')} notice;
events { worker_connections 512; }
http {
    types { text/html html; application/javascript js; text/css css; }
    default_type application/octet-stream;
    access_log ${stack.log('nginx-access')};
${temporary.map((kind) => `    ${kind}_temp_path ${own('temp', kind)};`).join('\n')}
    include ${stack.files.nginx_site_conf};
}
`;
}

async function makeCertificates(stack) {
    const tls = (file) => stack.path('tls', file);
    if (existsSync(tls('made'))) return;
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '3650'];
    const openssl = (...args) => run(stack, 'openssl', 'openssl', ['req', '-x509', ...key, ...args]);
    await openssl(
        '-subj',
        '/CN=Gatewatch reference deployment CA',
        '-keyout',
        tls('ca.key'),
        '-out',
        tls('ca.pem'),
    );
    await openssl(
        '-CA',
        tls('ca.pem'),
        '-CAkey',
        tls('ca.key'),
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=DNS:localhost,IP:127.0.0.1',
        '-addext',
        'basicConstraints=critical,CA:FALSE',
        '-keyout',
        tls('server.key'),
        '-out',
        tls('server.pem'),
    );
    writeIfChanged(tls('made'), '');
}

function copyFrontend(stack) {
    const source = (file) => path.join(here, 'frontend', file);
    copyFileSync(source('index.html'), stack.path('frontend', 'index.html'));
    const script = readFileSync(source('app.js'), 'utf8').replace('@PUBLIC_URL@', stack.urls.public);
    writeIfChanged(stack.path('frontend', 'assets', 'app.js'), script);
}

// Called once by `up`: certificates, frontend, the directories that nginx does not make.
export async function prepare(stack) {
    mkdirSync(stack.path('nginx', 'temp'), { recursive: true });
    await makeCertificates(stack);
    copyFrontend(stack);
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

export async function converge(stack) {
    if (stack.faults.has('nginx-stopped')) {
        await stopAll(stack);
        return;
    }
    const text = withFaults(site(stack), stack.faults);
    const wanted = main(stack) + text;
    const master = running(stack, name);
    if (!master || fingerprint(stack, name) !== wanted) {
        writeIfChanged(stack.files.nginx_conf, main(stack));
        writeIfChanged(stack.files.nginx_site_conf, text);
        await run(stack, 'nginx-test', 'nginx', ['-t', '-q', ...options(stack)]);
        if (master) await reload(stack, master);
    }
    if (master) {
        setFingerprint(stack, name, wanted);
    } else {
        await start(stack, name, 'nginx', [...options(stack), '-g', 'daemon off;'], {
            fingerprint: wanted,
            ready: () => answers(`${stack.urls.public}/`),
        });
    }
}

// The workers of a master that was killed go on serving, on a port that would then seem taken.
export async function endOrphans(stack) {
    if (!running(stack, name)) await stopUnnamed(stack, (title) => title.startsWith('nginx: worker process'));
}

export const stopAll = (stack) => stop(stack, name, { seconds: 5 });
export const pids = (stack) => ({ nginx: running(stack, name) ?? null });
