// Terms that the panels of all dashboards share.

import { exactly, inEach, whileAgentRuns, whileProbeIsGood } from './states.mjs';

/** Of whom the variables at the top ask: these agents, and of them these gateways. */
export const agents = 'job=~"$job", instance=~"$instance"';
export const gateway = `${agents}, gateway=~"$gateway"`;
export const who = 'instance, gateway';

/** The probes that show whether users can connect. */
export const connect = 'probe=~"websocket|polling"';

/** Legends: which gateway, seen from which agent. */
export const at = '{{gateway}} @ {{instance}}';
export const place = `(${at})`;

const labels = (matchers) => (matchers ? `${gateway}, ${matchers}` : gateway);

/** How often a counter went up. The range holds at least four scrapes. */
export const increase = (metric, matchers, range = '$__rate_interval') =>
    `increase(${metric}{${labels(matchers)}}[${range}])`;

/** A gauge, the highest or lowest of what a restarted agent may have left behind. */
export const max = (by, metric, matchers) => `max by (${by}) (${metric}{${labels(matchers)}})`;
export const min = (by, metric, matchers) => `min by (${by}) (${metric}{${labels(matchers)}})`;

// process_* of everything that Prometheus scrapes have the same names: keep those of the agents.
export const ofAgents = (expr) => `${expr} and on (job, instance) gatewatch_build_info{${agents}}`;

// 2: every connect probe passes, 1: one of them, 0: none; nothing while what fails is the agent's own: the rules give it no
// opinion then, and neither is an outage drawn from it.
export const routeState = (route) =>
    `${min(who, 'gatewatch_probe_success', `route="${route}", ${connect}`)}
    + ${max(who, 'gatewatch_probe_success', `route="${route}", ${connect}`)}
    unless on (${who}) instance_gateway_route:gatewatch_prober_at_fault:max1m{route="${route}"} == 1`;

/** What routeState is where. */
export const routeStates = {
    public: {
        needs: whileProbeIsGood,
        values: {
            ...inEach(exactly(2), 'healthy', 'frontend', 'log', 'recovered'),
            ...inEach(exactly(0), 'nginx', 'dns', 'certificate', 'backend'),
        },
    },
    local: {
        needs: whileProbeIsGood,
        values: {
            ...inEach(exactly(2), 'healthy', 'nginx', 'dns', 'certificate', 'frontend', 'log', 'recovered'),
            backend: exactly(0),
        },
    },
};

// The causes by which an agent blames itself or its own token.
const ownCauses = 'prober_unhealthy|token_expired|token_revoked|token_unknown';

// The verdict, with a value that tells its kind; the cause itself stands in the label.
const causes = (matcher) => `max by (${who}, cause) (gatewatch_diagnosis{${gateway}, ${matcher}} == 1)`;
export const verdict = `
    ${causes('cause="none"')} * 0
    or ${causes('cause="unknown"')}
    or ${causes(`cause!~"none|unknown|${ownCauses}"`)} * 2
    or ${causes(`cause=~"${ownCauses}"`)} * 3`;
/** What the verdict is where. */
export const verdictStates = {
    needs: whileAgentRuns,
    values: {
        ...inEach(exactly(0), 'healthy', 'recovered'),
        ...inEach(exactly(2), 'nginx', 'dns', 'certificate', 'backend', 'database', 'frontend'),
        token: exactly(3),
    },
};
export const named = causes('cause!="none"');
/** Whether a fault of the gateway is named, or none can be decided on. */
export const faulty = max('gateway', 'gatewatch_diagnosis', `cause!~"none|${ownCauses}"`);
