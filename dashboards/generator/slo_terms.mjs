// The service level as the rules measure it (rules/gatewatch-availability.yml): the share of public connects that come
// about over the better of both transports, of all that each vantage measured; not counted while the probe's own token
// or host is to blame.

import { choice } from './dashboard.mjs';
import { exactly, inEach, without } from './states.mjs';
import { connect, increase } from './terms.mjs';

const publicConnects = `route="public", ${connect}`;

export const objective = choice(
    'objective',
    'Objective 目标',
    [
        ['0.999', '99.9 %'],
        ['0.9995', '99.95 %'],
        ['0.995', '99.5 %'],
        ['0.99', '99 %'],
    ],
    'The share of connects that must pass within 30 days. 30 天内须成功的连接比例。',
);

export const runs = (by, range) =>
    `sum by (${by}) (${increase('gatewatch_probe_runs_total', publicConnects, range)})`;
export const passed = (by, range) =>
    `sum by (${by}) (${increase('gatewatch_probe_runs_total', `${publicConnects}, result="ok"`, range)})`;

const recorded = 'vantage_gateway:gatewatch_public_errors:ratio1m{gateway=~"$gateway"}';
// Every sample counts alike: in an average of averages a vantage that lived for an hour would weigh as much as one that
// has measured for all of the 30 days.
const errors = (by, range) =>
    `sum by (${by}) (sum_over_time(${recorded}[${range}])) / sum by (${by}) (count_over_time(${recorded}[${range}]))`;

export const availability = (by, range) => `1 - ${errors(by, range)}`;
/** How many times faster than allowed: at 1 the budget of 30 days lasts 30 days. */
export const burn = (by, range) => `${errors(by, range)} / (1 - $objective)`;
/** The same, only while somebody measures: of an agent that died it would say for an hour how well it was before. */
export const burnNow = (by, range) =>
    `${burn(by, range)} and on (gateway) count_over_time(${recorded}[5m])`;
/** The share of the moment: not while the probe's own token is to blame, and for a minute after the agent's end. */
export const whileMeasured = { data: without('token', 'agent'), none: [] };
/** What the availability of the moment is where. */
export const availabilityNow = {
    needs: whileMeasured,
    values: { ...inEach(exactly(1), 'healthy', 'recovered'), ...inEach(exactly(0), 'nginx', 'backend') },
};
