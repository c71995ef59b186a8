// What each fault of the reference deployment must look like: the failing probes with their reasons, the cause with its
// severity and hop, and what of the user's own must stand in the advice: `fix` gives it from the deployment's state.
// A fault with the cause `none` is one that no connect probe may complain of.
import { app } from '../../stack/lib/layout.mjs';

// What the advice must name.
const proxyPass = ({ urls }) => [`proxy_pass ${urls.local};`];
const database = ({ mysql }) => [`${mysql.host}:${mysql.port}`, `${mysql.database}.${mysql.table}`];
// The probe's own token is no outage: users' tokens are not concerned.
const ownToken = {
    failing: everywhere('sio_rejected'),
    severity: 'unknown',
    hop: 'token',
    fix: ({ files }) => [files.token],
};
const silent = { cause: 'none', failing: {} };

export const expected = {
    'nginx-no-location': {
        cause: 'location_missing',
        severity: 'down',
        hop: 'nginx',
        fix: proxyPass,
        failing: { 'public:websocket': 'http_html', 'public:polling': 'http_html' },
    },
    'nginx-no-upgrade': {
        cause: 'upgrade_stripped',
        severity: 'degraded',
        hop: 'nginx',
        fix: proxyPass,
        failing: { 'public:websocket': 'upgrade_refused' },
    },
    'nginx-wrong-port': {
        cause: 'wrong_upstream',
        severity: 'down',
        hop: 'nginx',
        fix: proxyPass,
        failing: { 'public:websocket': 'http_bad_gateway', 'public:polling': 'http_bad_gateway' },
    },
    'nginx-path-rewritten': {
        cause: 'path_rewritten',
        severity: 'down',
        hop: 'nginx',
        fix: proxyPass,
        failing: { 'public:websocket': 'http_bad_gateway', 'public:polling': 'http_not_found' },
    },
    'nginx-stopped': {
        cause: 'tcp_refused',
        severity: 'down',
        hop: 'nginx',
        fix: ({ urls }) => [urls.public],
        failing: { 'public:websocket': 'tcp_refused', 'public:polling': 'tcp_refused' },
    },
    'backend-stopped': {
        cause: 'backend_down',
        severity: 'down',
        hop: 'backend',
        fix: ({ urls }) => [`pm2 restart ${app}`, urls.local],
        failing: {
            'local:websocket': 'tcp_refused',
            'local:polling': 'tcp_refused',
            'public:websocket': 'http_bad_gateway',
            'public:polling': 'http_bad_gateway',
        },
    },
    'backend-frozen': {
        cause: 'backend_hung',
        severity: 'down',
        hop: 'backend',
        fix: ({ urls }) => [`pm2 restart ${app}`, urls.local],
        failing: everywhere('deadline'),
    },
    'database-stopped': {
        cause: 'database_down',
        severity: 'down',
        hop: 'database',
        fix: database,
        failing: everywhere('sio_rejected'),
    },
    'database-locked': {
        cause: 'ready_missing',
        severity: 'down',
        hop: 'backend',
        fix: (state) => [...database(state), `pm2 restart ${app}`],
        failing: everywhere('sio_ready_missing'),
    },
    'token-expired': { cause: 'token_expired', ...ownToken },
    'token-revoked': { cause: 'token_revoked', ...ownToken },
    'token-unknown': { cause: 'token_unknown', ...ownToken },
    'token-missing': {
        cause: 'token_missing',
        severity: 'down',
        hop: 'token',
        fix: () => ['client.handshake.auth.token', '/socket.io/'],
        failing: everywhere('sio_rejected'),
    },
    'cluster-not-sticky': {
        cause: 'not_sticky',
        severity: 'degraded',
        hop: 'nginx',
        fix: () => [`pm2 delete ${app}`],
        failing: { 'public:polling': 'eio_sid_unknown', 'local:polling': 'eio_sid_unknown' },
    },
    'nginx-short-timeout': silent,
    'nginx-no-http11': silent,
    'nginx-buffering-on': silent,
};

function everywhere(reason) {
    return {
        'public:websocket': reason,
        'public:polling': reason,
        'local:websocket': reason,
        'local:polling': reason,
    };
}
