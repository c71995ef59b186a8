// From a fault to the page and back: a real Prometheus and Alertmanager with the project's rules and example
// configuration, quickened by the deployment's pace, and a pager that keeps what it is sent. Each fault must bring
// exactly one page, within two minutes at the pace of the rules and with no ticket beside it, or a ticket of exactly the
// alert that is due and no page; with the cause in its text, and resolved after the mend. GATEWATCH_THOROUGH=1: every
// fault. GATEWATCH_SHARE=1/2: the first half of them.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import {
    act,
    countOfNotifications,
    describe,
    isFiring,
    isPage,
    nameOf,
    notifications,
    over,
    peace,
    state,
    thorough,
    until,
    within,
} from './lib/notifications.mjs';
import { harmless, paging, someOfEach } from './lib/paging.mjs';

// Within which a page must come, and a little: a second one, or one where none is due, would have come by then.
const held = within(2.25);
const texts = ['summary', 'summary_zh', 'description', 'description_zh', 'runbook_url', 'dashboard_url'];

let way = state.options.public;

/// Has users, and with them the agent, take this way. Brought up anew only where the fault needs another.
function take(wanted) {
    if (way !== wanted) act('up', '--public', wanted);
    way = wanted;
}

const firing = ({ alerts }) => alerts.filter(isFiring);

/// What was sent by then: one page and no ticket, or tickets of one alert and no page.
function checkSent(notices, { page, ticket }) {
    const said = JSON.stringify(
        notices.map(({ time, receiver, alerts }) => [
            time,
            receiver,
            alerts.map((alert) => [nameOf(alert), alert.status, alert.startsAt, alert.annotations.description]),
        ]),
    );
    const sent = notices.filter((notice) => firing(notice).length > 0);
    const names = [...new Set(sent.flatMap(firing).map(nameOf))];
    assert.deepEqual(names, [page ?? ticket], `another alert was sent: ${said}`);
    const receivers = sent.map(({ receiver }) => receiver);
    if (page) assert.deepEqual(receivers, ['page'], `one incident, one page: ${said}`);
    else assert.ok(receivers.every((receiver) => receiver === 'ticket'), `nobody must be called: ${said}`);
}

function checkText(alerts, cause) {
    for (const { annotations } of alerts)
        for (const key of texts) assert.ok(annotations[key], `${key} is missing`);
    const descriptions = alerts.map(({ annotations }) => annotations.description);
    assert.ok(
        descriptions.some((description) => description.includes(cause)),
        `${cause} stands in no description: ${JSON.stringify(descriptions)}`,
    );
}

/// From the moment the fault is made until whatever it brings would have come.
async function call(fault, wanted, from, made) {
    const { cause, page, ticket } = wanted;
    const due = (alert) => isFiring(alert) && (page ? isPage(alert) : !isPage(alert));
    const notice = await until(
        `${fault} brings ${page ?? ticket}`,
        async () => (await notifications(from)).find(({ alerts }) => alerts.some(due)),
        { seconds: within(page ? 4 : 8), describe: describe(from) },
    );
    const seconds = (Date.parse(notice.time) - made) / 1000;
    // What is not sent has no condition but the time in which it would have been.
    await pause(Math.max(0, made + held * 1000 - Date.now()));
    checkSent(await notifications(from), wanted);
    checkText(notice.alerts.filter(due), cause);
    if (page) assert.ok(seconds <= within(2), `the page came after ${seconds} s, within is ${within(2)} s`);
}

const [share, shares] = (process.env.GATEWATCH_SHARE ?? '1/1').split('/').map(Number);
const ways = ['plain', 'tls', 'name'];
const wantedFaults = Object.entries(paging)
    .filter(([fault]) => !harmless.includes(fault) && (thorough || someOfEach.includes(fault)))
    .sort(([, one], [, other]) => ways.indexOf(one.way) - ways.indexOf(other.way));

after(() => take(state.options.public));

for (const [index, [fault, wanted]] of wantedFaults.entries()) {
    if (index % shares !== share - 1) continue;
    const what = wanted.page ? `one page, ${wanted.page}` : `a ticket, ${wanted.ticket}, and no page`;
    test(`${fault} brings ${what}, and is resolved`, async () => {
        take(wanted.way);
        await peace();
        const from = await countOfNotifications();
        try {
            act('break', fault);
            await call(fault, wanted, from, Date.now());
        } finally {
            act('mend', fault);
        }
        await over(from);
        checkSent(await notifications(from), wanted);
    });
}
