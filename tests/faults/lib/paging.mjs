// Which page each fault of the reference deployment must bring, if any. Told from what the fault does to the connect
// probes, see expected/.
import { single } from './expected/index.mjs';

const all = (failing, route) => failing[`${route}:websocket`] && failing[`${route}:polling`];

/// The alert that pages, or undefined where nobody must be called: some cannot connect, or it is the probe's own token.
function pageOf({ cause, severity, failing }) {
    if (cause === 'auth_bypassed') return 'GatewatchAuthBypassed';
    if (severity === 'unknown') return undefined;
    if (!failing) return severity === 'down' ? 'GatewatchBackendDown' : undefined;
    if (all(failing, 'local')) return 'GatewatchBackendDown';
    return all(failing, 'public') ? 'GatewatchPublicDown' : undefined;
}

// Whose agent is set up in another way than that of the deployment, which Prometheus scrapes; and what comes and goes
// by itself, so that a page is a matter of luck.
const leftOut = ([name, { profile }]) =>
    profile !== undefined || ['nginx-connections-full', 'backend-crash-loop'].includes(name);

export const paging = Object.fromEntries(
    Object.entries(single)
        .filter((entry) => !leftOut(entry))
        .map(([name, entry]) => [name, { cause: entry.cause, page: pageOf(entry) }]),
);

/// Changes that users do not notice: nobody must be called.
export const harmless = Object.keys(paging).filter((fault) => paging[fault].cause === 'none');

/// One of each kind, for the run that must be short.
export const someOfEach = ['nginx-no-location', 'backend-stopped', 'nginx-no-upgrade', 'token-expired'];
