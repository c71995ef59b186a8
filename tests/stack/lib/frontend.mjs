// The frontend as a Vite project leaves it: .env.production beside a build whose bundle has the WebSocket URL
// baked in, under names with the hash of their content.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { here, writeIfChanged } from './layout.mjs';

const vendorSource = path.join(here, 'node_modules', 'socket.io', 'client-dist', 'socket.io.esm.min.js');
const source = (file) => readFileSync(path.join(here, 'frontend', file), 'utf8');

const hashed = (name, text) =>
    `${name}-${createHash('sha256').update(text).digest('base64url').slice(0, 8)}.js`;

function read(file, key) {
    const line = new RegExp(`^${key}=(.*)$`, 'm').exec(readFileSync(file, 'utf8'));
    return line?.[1];
}

// What `vite build` makes of the sources.
function build(wsUrl) {
    const vendor = readFileSync(vendorSource, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n');
    const vendorName = hashed('vendor', vendor);
    const bundle = source('main.js')
        .replace('import.meta.env.VITE_WS_URL', JSON.stringify(wsUrl) ?? 'void 0')
        .replace('socket.io-client', `./${vendorName}`);
    const bundleName = hashed('index', bundle);
    const tags = `<script type="module" crossorigin src="/assets/${bundleName}"></script>
<link rel="modulepreload" crossorigin href="/assets/${vendorName}">`;
    return {
        page: source('index.html').replace('<script type="module" src="/main.js"></script>', tags),
        assets: { [vendorName]: vendor, [bundleName]: bundle },
    };
}

export function converge(stack) {
    const { frontend, frontend_env } = stack.files;
    writeIfChanged(frontend_env, `VITE_WS_URL=${stack.urls.users}\n`);
    const local = stack.faults.has('frontend-localhost-url');
    const { page, assets } = build(local ? 'http://localhost:7002' : read(frontend_env, 'VITE_WS_URL'));
    const folder = path.join(frontend, 'assets');
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(assets)) writeIfChanged(path.join(folder, name), text);
    writeIfChanged(path.join(frontend, 'index.html'), page);
    for (const name of readdirSync(folder)) {
        if (!Object.hasOwn(assets, name)) rmSync(path.join(folder, name));
    }
}
