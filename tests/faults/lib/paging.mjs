// Which page, or which ticket, each fault of the reference deployment must bring. Told from what the fault does to the
// connect probes and from its cause, see expected/.
import { single } from './expected/index.mjs';

const all = (failing, route) => failing[`${route}:websocket`] && failing[`${route}:polling`];

// Connects come and go, and go on to do so, which the rules take for an outage.
const pageOfCause = { restart_loop: 'GatewatchBackendDown', capacity: 'GatewatchPublicDown' };

/// The alert that pages, or undefined where nobody must be called: some can connect, or it is the probe's own token.
function pageOf({ cause, severity, hop, failing }) {
    if (cause === 'auth_bypassed') return 'GatewatchAuthBypassed';
    if (pageOfCause[cause]) return pageOfCause[cause];
    if (severity !== 'down') return undefined;
    if (!failing) return hop === 'backend' ? 'GatewatchBackendDown' : 'GatewatchPublicDown';
    if (all(failing, 'local')) return 'GatewatchBackendDown';
    return all(failing, 'public') ? 'GatewatchPublicDown' : undefined;
}

// What has an alert of its own; all else that is no page is GatewatchFaultDiagnosed.
const ticketOfCause = {
    token_expired: 'GatewatchProbeTokenRejected',
    token_revoked: 'GatewatchProbeTokenRejected',
    token_unknown: 'GatewatchProbeTokenRejected',
    cors_mismatch: 'GatewatchCorsRejected',
    cors_duplicate: 'GatewatchCorsRejected',
    cors_wildcard: 'GatewatchCorsOpen',
    idle_timeout: 'GatewatchIdleCut',
};
/// The alert that the ticket is about.
function ticketOf({ cause, failing }) {
    if (failing?.['public:websocket'] && !failing['public:polling']) return 'GatewatchPollingOnly';
    return ticketOfCause[cause] ?? 'GatewatchFaultDiagnosed';
}

function wantedOf([fault, entry]) {
    const page = pageOf(entry);
    const ticket = page ? undefined : ticketOf(entry);
    // `way`: the one that users, and with them the agent, must take for the fault to be one. See `stack up --public`.
    return [fault, { cause: entry.cause, way: entry.profile ?? 'plain', page, ticket }];
}

export const paging = Object.fromEntries(Object.entries(single).map(wantedOf));

/// Changes that users do not notice: nobody must be called.
export const harmless = Object.keys(paging).filter((fault) => paging[fault].cause === 'none');

/// One of each kind, for the run that must be short.
export const someOfEach = ['nginx-no-location', 'backend-stopped', 'nginx-no-upgrade', 'token-expired'];
