// From a fault to the page and back: a real Prometheus and Alertmanager with the project's rules and example
// configuration, quickened by the deployment's pace, and a pager that keeps what it is sent. Each fault must bring
// exactly one page or none, with the cause in its text, within two minutes at the pace of the rules, and be resolved
// after the mend. GATEWATCH_THOROUGH=1: every fault. GATEWATCH_SHARE=1/2: the first half of them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
    act,
    countOfNotifications,
    describe,
    isFiring,
    isPage,
    nameOf,
    notifications,
    peace,
    resolved,
    thorough,
    until,
    within,
} from './lib/notifications.mjs';
import { harmless, paging, someOfEach } from './lib/paging.mjs';

/// The notification for the fault: the page where there must be one, else the ticket.
async function call(fault, { cause, page }, from, made) {
    const wanted = (alert) => isFiring(alert) && (page ? isPage(alert) : !isPage(alert));
    const notice = await until(
        `${fault} brings ${page ?? 'a ticket'}`,
        async () => (await notifications(from)).find(({ alerts }) => alerts.some(wanted)),
        { seconds: within(page ? 4 : 8), describe: describe(from) },
    );
    const alerts = notice.alerts.filter(wanted);
    if (page) {
        const said = alerts.map((alert) => [nameOf(alert), alert.startsAt, alert.annotations.description]);
        assert.deepEqual(alerts.map(nameOf), [page], `the page is another: ${JSON.stringify(said)}`);
        const seconds = (Date.parse(notice.time) - made) / 1000;
        assert.ok(seconds <= within(2), `the page came after ${seconds} s, within is ${within(2)} s`);
    }
    for (const { annotations } of alerts) {
        for (const key of [
            'summary',
            'summary_zh',
            'description',
            'description_zh',
            'runbook_url',
            'dashboard_url',
        ])
            assert.ok(annotations[key], `${key} is missing`);
    }
    assert.ok(
        alerts.some(({ annotations }) => annotations.description.includes(cause)),
        `${cause} stands in no description: ${JSON.stringify(alerts.map(({ annotations }) => annotations.description))}`,
    );
}

const [share, shares] = (process.env.GATEWATCH_SHARE ?? '1/1').split('/').map(Number);
const wantedFaults = Object.entries(paging).filter(
    ([fault]) => !harmless.includes(fault) && (thorough || someOfEach.includes(fault)),
);

for (const [index, [fault, wanted]] of wantedFaults.entries()) {
    if (index % shares !== share - 1) continue;
    test(`${fault} brings ${wanted.page ? `one page, ${wanted.page}` : 'a ticket and no page'}, and is resolved`, async () => {
        await peace();
        const from = await countOfNotifications();
        try {
            act('break', fault);
            await call(fault, wanted, from, Date.now());
        } finally {
            act('mend', fault);
        }
        await resolved(from);
        const pages = (await notifications(from)).filter(({ alerts }) =>
            alerts.some((a) => isFiring(a) && isPage(a)),
        );
        assert.equal(pages.length, wanted.page ? 1 : 0, `one incident, one page: ${await describe(from)()}`);
    });
}
