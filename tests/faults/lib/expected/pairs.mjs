// Two faults at once: the cause is the one nearer to the root, the other one is listed as its consequence.
const pair = (faults, cause, consequence, severity) => ({ faults, cause, consequence, severity });

export const pairs = [
    pair(['nginx-no-upgrade', 'nginx-short-timeout'], 'upgrade_stripped', 'idle_timeout', 'degraded'),
    pair(['nginx-no-upgrade', 'nginx-cors-duplicate'], 'upgrade_stripped', 'cors_duplicate', 'down'),
    pair(['cluster-not-sticky', 'nginx-no-upgrade'], 'upgrade_stripped', 'not_sticky', 'down'),
    pair(['backend-stopped', 'nginx-no-location'], 'backend_down', 'location_missing', 'down'),
    pair(['backend-stopped', 'frontend-localhost-url'], 'backend_down', 'frontend_misconfigured', 'down'),
    pair(['nginx-wrong-port', 'database-stopped'], 'database_down', 'wrong_upstream', 'down'),
    pair(['nginx-stopped', 'database-stopped'], 'database_down', 'tcp_refused', 'down'),
    pair(['backend-no-guard', 'nginx-no-upgrade'], 'auth_bypassed', 'upgrade_stripped', 'down'),
    pair(['nginx-no-location', 'env-no-node-env'], 'location_missing', 'env_misconfigured', 'down'),
    pair(['nginx-denied', 'backend-other-namespace'], 'namespace_invalid', 'proxy_denied', 'down'),
    pair(['backend-polling-only', 'nginx-post-blocked'], 'transport_disabled', 'post_blocked', 'down'),
    pair(['backend-crash-loop', 'nginx-no-location'], 'restart_loop', 'location_missing', 'down'),
];

export const pairCases = Object.fromEntries(pairs.map((each) => [each.faults.join('+'), each]));
