// The Alertmanager example on a real Alertmanager: who silences whom, and that one incident is one notification with its
// text in both languages.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { severityOf } from '../rules/load.mjs';
import { startAlertmanager, until } from './server.mjs';
import { decoded, mailSink, webhookSink } from './sinks.mjs';

let webhook, mail, server;
before(async () => {
    [webhook, mail] = [await webhookSink(), await mailSink()];
    server = await startAlertmanager({ webhookPort: webhook.port, mailPort: mail.port });
});
after(async () => {
    await server?.stop();
    webhook.close();
    mail.close();
});

/** An alert as Prometheus posts it. */
function alert(alertname, labels = {}) {
    return {
        labels: { alertname, severity: severityOf.get(alertname), ...labels },
        annotations: {
            summary: `${alertname} in short`,
            summary_zh: `${alertname} 概要`,
            description: `${alertname} at length`,
            description_zh: `${alertname} 详细说明`,
            runbook_url: `http://127.0.0.1:9464/runbooks/${alertname}`,
            dashboard_url: 'http://localhost:3000/d/gatewatch-incident',
        },
    };
}

/** One of other software, in the same Alertmanager. */
const foreign = (alertname, labels) => ({ labels: { alertname, ...labels }, annotations: {} });

const resolved = (each) => ({ ...each, endsAt: new Date().toISOString() });
const named = (path) => webhook.posts.filter((post) => post.path === path).map(({ body }) => body);
const namesIn = ({ alerts }) => alerts.map(({ labels }) => labels.alertname).sort();

/** Posts them, and the source last; waits until those are silenced that must be, and sees that the others are not. */
async function expectSilenced(source, silenced, heard) {
    const key = ({ labels }) => JSON.stringify(Object.entries(labels).sort());
    await server.post([...heard, ...silenced, source]);
    const states = async (posted) => {
        const found = new Map((await server.alerts()).map((each) => [key(each), each.status.state]));
        return posted.map((each) => `${each.labels.alertname}: ${found.get(key(each))}`);
    };
    const all = (posted, state) => posted.map((each) => `${each.labels.alertname}: ${state}`);
    const isSilenced = async () => (await states(silenced)).join() === all(silenced, 'suppressed').join();
    await until(isSilenced, () => states(silenced));
    assert.deepEqual(await states([source, ...heard]), all([source, ...heard], 'active'));

    await server.post([source, ...silenced, ...heard].map(resolved));
    const left = async () =>
        (await states([source, ...silenced, ...heard])).filter((each) => !each.endsWith('undefined'));
    await until(async () => (await left()).length === 0, left);
}

test('a backend that is down silences the public route, the budget and every ticket of its gateway', async () => {
    const own = { gateway: 'a' };
    await expectSilenced(
        alert('GatewatchBackendDown', own),
        [
            alert('GatewatchPublicDown', own),
            alert('GatewatchErrorBudgetBurnFast', own),
            alert('GatewatchErrorBudgetBurnSlow', own),
            alert('GatewatchAttemptsNotReachingBackend', { ...own, instance: 'x' }),
            alert('GatewatchFaultDiagnosed', { ...own, instance: 'x' }),
            alert('GatewatchCollectorDown', { ...own, instance: 'x', collector: 'mysql' }),
        ],
        [
            alert('GatewatchPublicDown', { gateway: 'a2' }),
            alert('GatewatchErrorBudgetBurnSlow', { gateway: 'a3' }),
            alert('GatewatchAuthBypassed', own),
            alert('GatewatchAgentDown', { job: 'gatewatch', instance: 'x' }),
            foreign('DiskWillFill', { severity: 'warning', ...own }),
        ],
    );
});

test('what other software has to say neither silences anything nor is silenced', async () => {
    await expectSilenced(
        foreign('NodeDown', { severity: 'critical', gateway: 'h' }),
        [],
        [
            alert('GatewatchAgentDown', { job: 'gatewatch', instance: 'x' }),
            alert('GatewatchReloadFailed', { instance: 'y' }),
            alert('GatewatchIdleCut', { gateway: 'h' }),
            foreign('DiskWillFill', { severity: 'warning' }),
        ],
    );
});

test('a public route that is down silences the budget, and not the backend', async () => {
    const own = { gateway: 'b' };
    await expectSilenced(
        alert('GatewatchPublicDown', own),
        [alert('GatewatchErrorBudgetBurnFast', own), alert('GatewatchPollingOnly', own)],
        [alert('GatewatchNoValidToken', own)],
    );
});

test('a log that cannot be read silences what was concluded from it, another collector does not', async () => {
    const fromLog = (labels) => [
        alert('GatewatchAttemptsNotReachingBackend', { ...labels, instance: 'x' }),
        alert('GatewatchUserTokensRejected', { ...labels, event: 'rejected_expired' }),
        alert('GatewatchUserAttemptsVanished', labels),
    ];
    await expectSilenced(
        alert('GatewatchCollectorDown', { gateway: 'c', instance: 'x', collector: 'pm2_log' }),
        fromLog({ gateway: 'c' }),
        [
            alert('GatewatchCollectorDown', { gateway: 'c2', instance: 'x', collector: 'frontend' }),
            ...fromLog({ gateway: 'c2' }),
            alert('GatewatchCertificateExpiring', { gateway: 'c', route: 'public' }),
            alert('GatewatchAttemptsNotReachingBackend', { gateway: 'c', instance: 'y' }),
        ],
    );
    await expectSilenced(
        alert('GatewatchLogWordingDrift', { gateway: 'd', instance: 'x' }),
        fromLog({ gateway: 'd' }),
        [],
    );
    await expectSilenced(
        alert('GatewatchLogWordingDrift', { gateway: 'd2', instance: 'x' }),
        [alert('GatewatchFaultDiagnosed', { gateway: 'd2', instance: 'x' })],
        [alert('GatewatchFaultDiagnosed', { gateway: 'd2', instance: 'y' })],
    );
});

test('what an alert of its own says is not said again by the diagnosis', async () => {
    for (const name of ['GatewatchPollingOnly', 'GatewatchCorsRejected']) {
        const own = { gateway: `e-${name}` };
        const other = alert('GatewatchFaultDiagnosed', { gateway: 'e', instance: 'x' });
        await expectSilenced(
            alert(name, own),
            [alert('GatewatchFaultDiagnosed', { ...own, instance: 'x' })],
            [other],
        );
    }
});

test('a probe token that is rejected silences what rests on it, of the same agent', async () => {
    const own = { gateway: 'f', instance: 'x' };
    await expectSilenced(
        alert('GatewatchProbeTokenRejected', own),
        [alert('GatewatchProbeTokenExpiring', own), alert('GatewatchAttemptsNotReachingBackend', own)],
        [
            alert('GatewatchProbeTokenExpiring', { ...own, instance: 'y' }),
            alert('GatewatchPublicDown', { gateway: 'f2' }),
        ],
    );
});

test('an agent that is down silences what is said of it, and all agents absent silence every ticket', async () => {
    const of = (instance) => [
        alert('GatewatchProbeStale', { gateway: 'g', route: 'public', probe: 'polling', instance }),
        alert('GatewatchReloadFailed', { instance }),
    ];
    await expectSilenced(alert('GatewatchAgentDown', { job: 'gatewatch', instance: 'x' }), of('x'), of('y'));
    await expectSilenced(
        alert('GatewatchAgentsAbsent', { job: 'gatewatch' }),
        [
            alert('GatewatchAgentDown', { job: 'gatewatch', instance: 'x' }),
            alert('GatewatchSeriesAbsent', { gateway: 'g', instance: 'x' }),
        ],
        [alert('Watchdog'), alert('GatewatchPublicDown', { gateway: 'g' })],
    );
});

/** Waits until the dead man's switch was asked three more times: time enough for a notification that must not come. */
async function threeTicks() {
    const from = named('/dead-man').length;
    await until(
        () => named('/dead-man').length >= from + 3,
        () => named('/dead-man').length - from,
    );
}

test('one incident is one page without a ticket, in both languages, and one word when it is over', async () => {
    const incident = [
        'GatewatchPublicDown',
        'GatewatchErrorBudgetBurnFast',
        'GatewatchFaultDiagnosed',
        'GatewatchBackendDown',
    ];
    const alerts = incident.map((name) => alert(name, { gateway: 'one' }));
    const own = (path) => named(path).filter(({ groupLabels }) => groupLabels.gateway === 'one');
    await server.post([alert('Watchdog'), ...alerts]);
    await until(
        () => own('/page').length > 0,
        () => webhook.posts,
    );
    await threeTicks();
    assert.equal(own('/page').length, 1);
    assert.deepEqual(namesIn(own('/page')[0]), ['GatewatchBackendDown']);
    assert.equal(own('/page')[0].status, 'firing');
    assert.deepEqual(own('/ticket'), []);

    await server.post(alerts.map(resolved));
    await until(
        () => own('/page').length > 1,
        () => own('/page'),
    );
    await threeTicks();
    assert.deepEqual(
        own('/page').map(({ status }) => status),
        ['firing', 'resolved'],
    );
    assert.deepEqual(own('/ticket'), []);

    await until(
        () => mail.mails.some((each) => decoded(each).includes('已恢复')),
        () => mail.mails.length,
    );
    const mails = mail.mails.filter((each) => each.includes('GatewatchBackendDown')).map(decoded);
    assert.match(mails[0], /GatewatchBackendDown 概要/);
    assert.match(mails[0], /GatewatchBackendDown 详细说明/);
    assert.match(mails[0], /GatewatchBackendDown at length/);
    assert.match(mails[0], /http:\/\/127\.0\.0\.1:9464\/runbooks\/GatewatchBackendDown/);
});

test('two alerts of one gateway are one page, and of two gateways two', async () => {
    const names = ['GatewatchAuthBypassed', 'GatewatchNoValidToken'];
    await server.post(['two', 'three'].flatMap((gateway) => names.map((name) => alert(name, { gateway }))));
    const pages = () =>
        named('/page').filter(({ groupLabels }) => ['two', 'three'].includes(groupLabels.gateway));
    await until(() => pages().length >= 2, pages);
    await threeTicks();
    assert.equal(pages().length, 2);
    for (const page of pages()) assert.deepEqual(namesIn(page), names);
});
