// The states of the reference deployment in which every query is tried (tests/dashboards/states.mjs takes the
// deployment through them), and how a query says in which of them it must return data, and in which none. A state in
// neither list may do either. What its values must be it may say for each state that must have data.

/** Name to what is the case; in this order the deployment goes through them. */
export const states = {
    healthy: 'nothing is broken',
    nginx: 'the public route fails before the backend',
    dns: 'the name of the public route cannot be resolved',
    certificate: 'the public route is https, with a certificate that has expired',
    backend: 'the backend does not run',
    database: 'the token table cannot be read',
    frontend: 'users are sent elsewhere, while every probe passes',
    log: "the backend's log is not where the agent reads",
    token: "the probe's own token has expired",
    agent: 'the agent does not run',
    recovered: 'everything is mended again',
};

const names = Object.keys(states);
export const without = (...left) => names.filter((name) => !left.includes(name));

export const everywhere = { data: names, none: [] };
/** What the agent exports at all times. */
export const whileAgentRuns = { data: without('agent'), none: ['agent'] };
/** What an agent has no word on while its own token is turned away. */
export const whileProbeIsGood = { data: without('agent', 'token'), none: ['agent', 'token'] };
export const whileDatabaseAnswers = { data: without('agent', 'database'), none: ['agent', 'database'] };
/** Series of the running agent, except in these states, where it may be either. */
export const mostly = (...unsure) => ({ data: without('agent', ...unsure), none: ['agent'] });
/** Only in these; in none of the others. */
export const onlyIn = (...present) => ({ data: present, none: without(...present) });
/** The states that a cause is named in. */
export const broken = without('healthy', 'agent', 'recovered');
/** In these; in the quiet ones not; anything goes in the rest. */
export const dueTo = (...present) => ({ data: present, none: ['healthy', 'agent', 'recovered'] });

/** What every value of a query must be in a state. */
export const exactly = (value) => ({ least: value, most: value });
export const atLeast = (least) => ({ least });
export const atMost = (most) => ({ most });
/** The same in each of these states. */
export const inEach = (bounds, ...of) => Object.fromEntries(of.map((state) => [state, bounds]));
