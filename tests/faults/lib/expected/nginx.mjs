// Faults between the browser and the backend: the name, the connection, TLS, nginx.
import { app } from '../../../stack/lib/layout.mjs';
import { nothing, overPublic, proxyPass, publicUrl, refusedBy, siteFile } from './words.mjs';

const down = { severity: 'down', hop: 'nginx' };
const degraded = { severity: 'degraded', hop: 'nginx' };
const tls = { ...down, profile: 'tls' };

export const nginx = {
    'nginx-no-location': {
        ...down,
        cause: 'location_missing',
        failing: overPublic('http_html'),
        fix: (state) => [...proxyPass(state), ...siteFile(state)],
    },
    'nginx-no-upgrade': {
        ...degraded,
        cause: 'upgrade_stripped',
        failing: { 'public:websocket': 'upgrade_refused' },
        fix: (state) => [...siteFile(state), 'proxy_set_header Upgrade $http_upgrade;'],
    },
    'nginx-wrong-port': {
        ...down,
        cause: 'wrong_upstream',
        failing: overPublic('http_bad_gateway'),
        fix: (state) => [...proxyPass(state), ...siteFile(state)],
        // Port 1, where nobody listens.
        evidence: () => refusedBy('http://127.0.0.1:1'),
    },
    'nginx-path-rewritten': {
        ...down,
        cause: 'path_rewritten',
        failing: overPublic('http_bad_gateway', 'http_not_found'),
        fix: (state) => [...proxyPass(state), ...siteFile(state)],
    },
    'nginx-stopped': { ...down, cause: 'tcp_refused', failing: overPublic('tcp_refused'), fix: publicUrl },
    'nginx-drops-syn': {
        ...down,
        // Each run over the public route takes its whole timeout, longer than the interval.
        by: ['public:websocket', 'public:polling'],
        cause: 'tcp_timeout',
        failing: overPublic('tcp_timeout'),
        fix: publicUrl,
    },
    'nginx-redirect': { ...down, cause: 'redirect', failing: overPublic('http_redirect'), fix: nothing },
    'nginx-other-vhost': {
        ...down,
        cause: 'wrong_vhost',
        failing: overPublic('http_html'),
        fix: () => ['server_name'],
    },
    'nginx-denied': { ...down, cause: 'proxy_denied', failing: overPublic('http_denied'), fix: siteFile },
    'nginx-post-blocked': {
        ...degraded,
        cause: 'post_blocked',
        failing: { 'public:polling': 'http_denied' },
        fix: siteFile,
    },
    'nginx-cached': {
        ...degraded,
        cause: 'cached_handshake',
        failing: { 'public:polling': 'eio_sid_unknown' },
        fix: siteFile,
    },
    'nginx-rate-limited': {
        // Every probe of every user meets the limit: nobody connects.
        severity: 'down',
        hop: 'nginx',
        cause: 'rate_limited',
        evidence: () => ['nginx_log: nginx logged: limiting requests'],
        failing: overPublic('http_rate_limited'),
        fix: siteFile,
    },
    'nginx-small-headers': {
        severity: 'down',
        hop: 'nginx',
        cause: 'header_too_large',
        failing: overPublic('http_client_error'),
        fix: () => ['large_client_header_buffers'],
    },
    'nginx-cors-duplicate': {
        ...degraded,
        cause: 'cors_duplicate',
        failing: { 'public:polling': 'cors' },
        fix: siteFile,
    },
    'nginx-not-sticky': {
        ...degraded,
        cause: 'not_sticky',
        failing: { 'public:polling': 'eio_sid_unknown' },
        fix: siteFile,
    },
    'nginx-short-timeout': {
        ...degraded,
        cause: 'idle_timeout',
        failing: {},
        by: ['public:hold'],
        fix: (state) => [...siteFile(state), 'proxy_read_timeout'],
    },
    'nginx-connections-full': {
        ...degraded,
        // By chance the first runs may pass.
        slow: true,
        cause: 'capacity',
        hop: 'backend',
        failing: null,
        fix: nothing,
        evidence: () => ['worker_connections are not enough'],
    },
    'nginx-plain-on-tls': { ...tls, cause: 'tls_not_tls', failing: overPublic('tls_not_tls'), fix: nothing },
    'tls-expired': { ...tls, cause: 'tls_expired', failing: overPublic('tls_expired'), fix: nothing },
    'tls-self-signed': { ...tls, cause: 'tls_untrusted', failing: overPublic('tls_untrusted'), fix: nothing },
    'tls-other-name': {
        ...tls,
        cause: 'tls_name_mismatch',
        failing: overPublic('tls_name_mismatch'),
        fix: nothing,
    },
    'dns-broken': {
        cause: 'dns_failed',
        severity: 'down',
        hop: 'dns',
        profile: 'name',
        failing: null,
        fix: ({ name }) => [name],
    },
    'cluster-not-sticky': {
        ...degraded,
        cause: 'not_sticky',
        failing: { 'public:polling': 'eio_sid_unknown', 'local:polling': 'eio_sid_unknown' },
        fix: () => [`pm2 delete ${app}`],
    },
};
