// The text of nginx's configuration: the site that packaging/nginx ships, moved to the stack's own ports, paths
// and certificate and edited by the faults in force, and the main file that includes it.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Failure } from './failure.mjs';
import { project, publicName } from './layout.mjs';
import { instancePorts } from './ecosystem.mjs';
import { edits } from './nginx-faults.mjs';

const shipped = path.join(project, 'packaging', 'nginx', 'im.example.com.conf');
const socketio = /^    location \/socket\.io\/ \{\n[^}]*^    \}\n/m;
const server = /^server \{[^]*^\}\n/m;

function replaced(text, pattern, replacement, what) {
    if (text.search(pattern) < 0)
        throw new Failure(`${shipped} has no place for ${what}: looked for ${pattern}`);
    return text.replace(pattern, replacement);
}

// The shipped site with the stack's own values.
function moved(stack) {
    const { ports, files } = stack;
    const moves = [
        [/^( *)listen 80;/m, `$1listen 127.0.0.1:${ports.nginx};`],
        [/^( *)# listen 443 ssl;/m, `$1listen 127.0.0.1:${ports.nginx_tls} ssl;`],
        [/# (ssl_certificate) +\S+;/, `$1 ${files.server_certificate};`],
        [/# (ssl_certificate_key) +\S+;/, `$1 ${stack.path('tls', 'server.key')};`],
        [/server_name .*;/, `server_name localhost 127.0.0.1 ${publicName};`],
        [/127\.0\.0\.1:7002/g, () => `127.0.0.1:${ports.backend}`],
        [/root .*;/, `root ${files.frontend};`],
    ];
    return moves.reduce(
        (text, move) => replaced(text, ...move, "the stack's own values"),
        readFileSync(shipped, 'utf8'),
    );
}

// The edits that the faults in force ask for. Instances on ports of their own need an upstream in any case.
function wanted(stack) {
    const names = new Set(stack.faults);
    if (instancePorts(stack) && !names.has('nginx-not-sticky')) names.add('instances-ip-hash');
    else names.delete('instances-ip-hash');
    return Object.entries(edits).filter(([fault]) => names.has(fault));
}

// The text with the part that matches `place` edited.
function edited(stack, text, place, which) {
    const part = place.exec(text)?.[0];
    if (!part) throw new Failure(`${shipped} has no ${place}`);
    const edit = (block, [fault, { [which]: change }]) =>
        change ? replaced(block, ...change(stack), fault) : block;
    const changed = wanted(stack).reduce(edit, part);
    return text.replace(place, () => changed);
}

export function site(stack) {
    const before = wanted(stack)
        .map(([, edit]) => edit.before?.(stack) ?? '')
        .join('');
    const text = edited(stack, edited(stack, moved(stack), socketio, 'location'), server, 'server');
    return text.replace(server, (block) => `${before.trimStart()}${before && '\n'}${block}`);
}

export function main(stack) {
    const own = (...parts) => stack.path('nginx', ...parts);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
    const connections = stack.faults.has('nginx-connections-full') ? 32 : 512;
    return `${process.getuid() === 0 ? 'user root;\n' : ''}worker_processes 1;
pid ${own('nginx.pid')};
error_log ${stack.files.nginx_error_log} notice;
events { worker_connections ${connections}; }
http {
    types { text/html html; application/javascript js; text/css css; }
    default_type application/octet-stream;
    access_log ${stack.files.nginx_access_log};
${temporary.map((kind) => `    ${kind}_temp_path ${own('temp', kind)};`).join('\n')}
    include ${stack.files.nginx_site_conf};
}
`;
}
