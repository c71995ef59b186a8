// The nginx faults as edits of the stack's site, in the order in which they are applied; lib/nginx-site.mjs
// does that. Each edits the /socket.io/ location or the server around it, or puts lines before the server.
import { instancePorts, pingInterval } from './ecosystem.mjs';

const closedPort = 1;

const added = (line) => [/\n {4}\}\n$/, `\n        ${line}\n    }\n`];
const proxyPass = (target) => [/proxy_pass http:\/\/[^/;]+/, `proxy_pass http://${target}`];

function readTimeout(stack) {
    const milliseconds = Math.min(5000, Math.floor(pingInterval(stack) / 2));
    return [/proxy_read_timeout \w+;/, `proxy_read_timeout ${milliseconds}ms;`];
}

function otherScheme({ ports, options }) {
    const [scheme, port] = options.public === 'tls' ? ['http', ports.nginx] : ['https', ports.nginx_tls];
    return added(`return 301 ${scheme}://$host:${port}$request_uri;`);
}

const otherVhost = ({ dir, ports, files }) => `
server {
    listen 127.0.0.1:${ports.nginx} default_server;
    listen 127.0.0.1:${ports.nginx_tls} ssl default_server;
    server_name _;
    ssl_certificate ${files.server_certificate};
    ssl_certificate_key ${dir}/tls/server.key;
    location / {
        root ${dir}/nginx/welcome;
        try_files /index.html =404;
    }
}
`;

const swapped = ({ ports }) => [
    /listen 127\.0\.0\.1:\d+;([^]*?)listen 127\.0\.0\.1:\d+ ssl;/,
    `listen 127.0.0.1:${ports.nginx_tls};$1listen 127.0.0.1:${ports.nginx} ssl;`,
];

const certificate =
    (name) =>
    ({ dir }) => [
        /ssl_certificate .*;(\s*)ssl_certificate_key .*;/,
        `ssl_certificate ${dir}/tls/${name}.pem;$1ssl_certificate_key ${dir}/tls/${name}.key;`,
    ];

const upstream = (stack, method = '') => `
upstream im_backend {
${method}${instancePorts(stack)
    .map((port) => `    server 127.0.0.1:${port};\n`)
    .join('')}}
`;

const cachePath = ({ dir }) => `
proxy_cache_path ${dir}/nginx/cache keys_zone=im:1m;
`;

export const edits = {
    'nginx-upstream-localhost': { location: ({ ports }) => proxyPass(`localhost:${ports.backend}`) },
    'instances-ip-hash': {
        before: (stack) => upstream(stack, '    ip_hash;\n'),
        location: () => proxyPass('im_backend'),
    },
    'nginx-not-sticky': { before: (stack) => upstream(stack), location: () => proxyPass('im_backend') },
    'nginx-wrong-port': { location: () => proxyPass(`127.0.0.1:${closedPort}`) },
    'nginx-path-rewritten': { location: () => [/(proxy_pass http:\/\/[^/;]+);/, '$1/im/;'] },
    'nginx-connection-fixed': {
        location: () => [/proxy_set_header Connection .*;/, 'proxy_set_header Connection "upgrade";'],
    },
    'nginx-no-upgrade': { location: () => [/^ *proxy_set_header (Upgrade|Connection) .*\n/gm, ''] },
    'nginx-no-http11': { location: () => [/^ *proxy_http_version .*\n/m, ''] },
    'nginx-short-timeout': { location: readTimeout },
    'nginx-buffering-on': { location: () => [/proxy_buffering \w+;/, 'proxy_buffering on;'] },
    'nginx-cached': {
        before: cachePath,
        location: () => [
            /proxy_buffering \w+;/,
            `proxy_cache im;
        proxy_cache_key $host$uri$arg_transport$arg_sid;
        proxy_cache_valid 200 1m;
        proxy_ignore_headers Cache-Control Expires Set-Cookie Vary;
        add_header X-Cache $upstream_cache_status;`,
        ],
    },
    'nginx-drops-authorization': { location: () => added('proxy_set_header Authorization "";') },
    'nginx-cors-duplicate': {
        location: () => added('add_header Access-Control-Allow-Origin $http_origin always;'),
    },
    'nginx-rate-limited': {
        before: () => '\nlimit_req_zone $binary_remote_addr zone=im_rate:1m rate=1r/m;\n',
        location: () => added('limit_req zone=im_rate;'),
    },
    'nginx-post-blocked': { location: () => added('limit_except GET { deny all; }') },
    'nginx-denied': { location: () => added('deny all;') },
    'nginx-redirect': { location: otherScheme },
    'nginx-no-location': { location: () => [/[^]*/, ''] },
    'nginx-small-headers': {
        server: () => [
            /(server_name .*;\n)/,
            // nginx wants each buffer to hold a connection's pool.
            `$1    connection_pool_size 128;
    client_header_buffer_size 64;
    large_client_header_buffers 1 128;
`,
        ],
    },
    'frontend-csp': {
        server: () => [
            /( *)(try_files .*;)/,
            `$1$2\n$1add_header Content-Security-Policy "default-src 'self'; connect-src 'none'";`,
        ],
    },
    'nginx-plain-on-tls': { server: swapped },
    'tls-other-name': { server: certificate('other-name') },
    'tls-self-signed': { server: certificate('self-signed') },
    'tls-expired': { server: certificate('expired') },
    'nginx-other-vhost': {
        before: otherVhost,
        server: () => [/server_name .*;/, 'server_name www.im.example.com;'],
    },
};
