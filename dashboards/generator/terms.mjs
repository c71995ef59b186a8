// Terms that the panels of service.mjs and agent.mjs share.

export const gateway = 'gateway=~"$gateway"';
export const who = 'instance, gateway';

/** Legends: which gateway, seen from which agent. */
export const at = '{{gateway}} @ {{instance}}';
export const place = `(${at})`;

/** How often a counter went up. The range holds at least four scrapes. */
export const increase = (metric, matchers) =>
    `increase(${metric}{${matchers ? `${gateway}, ${matchers}` : gateway}}[$__rate_interval])`;

/** These queries must return data in every state of the deployment. */
export function always(...queries) {
    const needed = Object.fromEntries(queries.map((query) => [query, true]));
    return { healthy: needed, fault: needed, database: needed };
}

/** This query returns data exactly while the token table can be read. */
export const fromDatabase = { healthy: { A: true }, fault: { A: true }, database: { A: false } };
