// What queries.mjs must find, against a Prometheus that says the same of everything.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { checkQueries } from './queries.mjs';

// Of every label that a legend asks for.
const metric = Object.fromEntries(
    ['gateway', 'instance', 'job', 'vantage', 'route', 'probe', 'phase', 'reason', 'cause', 'event', 'origin']
        .concat(['state', 'within', 'age', 'warning', 'collector', 'transport', 'status', 'error', 'version', 'le'])
        .map((label) => [label, 'any']),
);
const servers = [];
after(() => servers.forEach((server) => server.close()));

/** Every query has one series, with this value for ever. */
async function prometheusThatSays(value) {
    const answers = {
        '/api/v1/targets': { activeTargets: [{ scrapeInterval: '1s' }] },
        '/api/v1/rules': { groups: [] },
        '/api/v1/query': { result: value === undefined ? [] : [{ metric, value: [0, value] }] },
        '/api/v1/query_range': {
            result: value === undefined ? [] : [{ metric, values: [[0, '0.123'], [1, value]] }],
        },
    };
    const server = createServer(({ url }, response) => {
        const data = answers[new URL(url, 'http://prometheus').pathname] ?? ['any'];
        response.end(JSON.stringify({ status: 'success', data }));
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    return `http://127.0.0.1:${server.address().port}`;
}

async function findings(state, value) {
    const prometheus = await prometheusThatSays(value);
    const all = await checkQueries({ prometheus, state, wait: 0 });
    return { all, of: (panel) => all.filter((each) => each.startsWith(panel)) };
}

const publicRoute = 'gatewatch-incident: panel "Public route';

test('a value that a query must have is no finding', async () => {
    const { of } = await findings('healthy', '2');
    assert.deepEqual(of(publicRoute), []);
});
test('another value is one', async () => {
    const { of } = await findings('healthy', '0');
    assert.match(of(publicRoute).join(), /is 0 and must be 2: .*"gateway":"any"/);
});
test('what is right in one state is wrong in another', async () => {
    const { of } = await findings('nginx', '2');
    assert.match(of(publicRoute).join(), /is 2 and must be 0/);
});
test('a value below its bound is a finding, one above it is not', async () => {
    const share = 'gatewatch-incident: panel "Public attempts that reached the backend';
    assert.match((await findings('healthy', '0.85')).of(share).join(), /is 0.85 and must be 0.95 to /);
    assert.deepEqual((await findings('healthy', '0.99')).of(share), []);
});
test('of a range it is the last value', async () => {
    const timeline = 'gatewatch-fleet: panel "Public route';
    assert.deepEqual((await findings('healthy', '2')).of(timeline), []);
    assert.match((await findings('healthy', '1')).of(timeline).join(), /is 1 and must be 2/);
});
test('what is no number is a finding where there are bounds, and only there', async () => {
    const { all, of } = await findings('healthy', 'NaN');
    assert.match(of('gatewatch-fleet: panel "Public route').join(), /is NaN and must be 2/);
    const withoutBounds = all.filter((each) => each.includes('Time to the end of a run'));
    assert.deepEqual(withoutBounds, []);
});
test('no data where there must be some is a finding, and data where there must be none', async () => {
    assert.match((await findings('healthy')).of(publicRoute).join(), /has no data/);
    assert.match((await findings('agent', '2')).of(publicRoute).join(), /must have no data/);
});
