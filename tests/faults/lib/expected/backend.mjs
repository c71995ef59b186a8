// Faults of the backend, its database, its environment and its log, and of the frontend.
import { app } from '../../../stack/lib/layout.mjs';
import { database, everywhere, localUrl, nothing, overLocal, overPublic, refusedBy } from './words.mjs';

const down = { severity: 'down', hop: 'backend' };
const degraded = { severity: 'degraded', hop: 'backend' };
const restart = ({ urls }) => [`pm2 restart ${app}`, urls.local];

export const backend = {
    'backend-stopped': {
        ...down,
        cause: 'backend_down',
        failing: { ...overLocal('tcp_refused'), ...overPublic('http_bad_gateway') },
        fix: restart,
        evidence: ({ urls }) => refusedBy(urls.local),
    },
    'backend-frozen': { ...down, cause: 'backend_hung', failing: everywhere('deadline'), fix: restart },
    'backend-other-path': { ...down, cause: 'path_mismatch', failing: null, fix: () => ['/socket.io/'] },
    'backend-eio3': { ...down, cause: 'eio_mismatch', failing: null, fix: () => ['Engine.IO'] },
    'backend-not-socketio': { ...down, cause: 'not_socketio', failing: null, fix: localUrl },
    'backend-other-namespace': {
        ...down,
        cause: 'namespace_invalid',
        failing: everywhere('sio_namespace_invalid'),
        fix: () => ['/im'],
    },
    'backend-denies-origin': {
        ...down,
        cause: 'origin_denied',
        failing: everywhere('eio_forbidden'),
        fix: ({ urls }) => [urls.public],
    },
    'backend-connect-unanswered': {
        ...down,
        cause: 'connect_unanswered',
        failing: everywhere('sio_unanswered'),
        fix: nothing,
    },
    'backend-polling-only': {
        ...degraded,
        cause: 'transport_disabled',
        failing: { 'public:websocket': 'eio_transport', 'local:websocket': 'eio_transport' },
        fix: () => ['transports'],
    },
    'backend-cors-other': {
        ...degraded,
        cause: 'cors_mismatch',
        failing: { 'public:polling': 'cors', 'local:polling': 'cors' },
        fix: ({ urls }) => [`FRONTEND_URL=${urls.public}`],
    },
    'backend-cors-wildcard': {
        ...degraded,
        cause: 'cors_wildcard',
        failing: { 'public:polling': 'cors', 'local:polling': 'cors' },
        fix: ({ urls }) => [urls.public],
    },
    'backend-crash-loop': {
        // Three crashes make a loop.
        slow: true,
        severity: ['degraded', 'down'],
        hop: 'backend',
        cause: 'restart_loop',
        failing: null,
        fix: () => [app],
    },
    'backend-no-guard': {
        ...down,
        cause: 'auth_bypassed',
        failing: {},
        by: ['local:missing_token', 'local:expired_token', 'local:revoked_token'],
        fix: nothing,
    },
    'backend-other-time-zone': {
        // It rests on lines of the log, whose order proves nothing for ten seconds after a restart that cut
        // connections off before their verdict.
        slow: true,
        cause: 'tz_skew',
        severity: 'down',
        hop: 'token',
        failing: everywhere('sio_rejected'),
        fix: nothing,
    },
    'database-stopped': {
        cause: 'database_down',
        severity: 'down',
        hop: 'database',
        failing: everywhere('sio_rejected'),
        fix: database,
    },
    'database-locked': {
        ...down,
        cause: 'ready_missing',
        failing: everywhere('sio_ready_missing'),
        fix: (state) => [...database(state), `pm2 restart ${app}`],
    },
    'env-no-node-env': {
        ...degraded,
        cause: 'env_misconfigured',
        failing: {},
        fix: ({ files }) => [files.backend_env, 'NODE_ENV=production'],
    },
    'env-no-frontend-url': {
        ...degraded,
        cause: 'env_misconfigured',
        failing: null,
        fix: ({ files, urls }) => [files.backend_env, `FRONTEND_URL=${urls.public}`],
    },
    'frontend-localhost-url': {
        cause: 'frontend_misconfigured',
        severity: 'down',
        hop: 'frontend',
        failing: {},
        fix: ({ files, urls }) => [files.frontend_env, `VITE_WS_URL=${urls.public}`],
    },
    'frontend-csp': {
        cause: 'frontend_misconfigured',
        severity: 'down',
        hop: 'frontend',
        failing: {},
        fix: () => ['connect-src'],
    },
    'log-elsewhere': {
        // A line may take three seconds, whatever the interval.
        slow: true,
        cause: 'log_blind',
        severity: 'degraded',
        hop: 'agent',
        failing: {},
        fix: ({ files }) => [files.pm2_home],
    },
};
