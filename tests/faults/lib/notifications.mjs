// What a real Prometheus and Alertmanager with the project's rules and example configuration send for a deployment whose
// pace quickens all of them: the notifications that its pager has kept. Used by the tests of pages.
import assert from 'node:assert/strict';
import { milliseconds } from '../../stack/lib/layout.mjs';
import { scrapeInterval } from '../../stack/lib/pace.mjs';
import { get, statusOf, until as poll } from './agent.mjs';
import { act, restart, stackTool, state } from './deployment.mjs';

export { act, stackTool, state };
export const thorough = Boolean(process.env.GATEWATCH_THOROUGH);
const { pace } = state.options;
/// So many minutes of the rules, in seconds at the deployment's pace.
export const within = (minutes) => (minutes * 60) / pace;

/// Less often than elsewhere: minutes are waited for here, and what is asked grows.
export const until = (what, condition, options) => poll(what, condition, { every: 250, ...options });

export const nameOf = (alert) => alert.labels.alertname;
export const isFiring = (alert) => alert.status === 'firing';
export const isPage = (alert) => alert.labels.severity === 'critical';

async function ask(url) {
    return JSON.parse((await get(url)).text);
}

const isWatchdog = ({ alerts }) => alerts.every((alert) => nameOf(alert) === 'Watchdog');

/// What the pager was sent since its first `from` notifications, but for the Watchdog's.
export async function notifications(from = 0) {
    return (await ask(state.urls.pager)).slice(from).filter((each) => !isWatchdog(each));
}

export async function countOfNotifications() {
    return (await ask(state.urls.pager)).length;
}

/// Whether the dead man's switch has been sent since, a time in milliseconds.
export async function heardSince(time) {
    const isHeard = (each) => isWatchdog(each) && each.alerts.some(isFiring) && Date.parse(each.time) > time;
    return (await ask(state.urls.pager)).some(isHeard);
}

/// What Prometheus answers to an instant query.
async function query(text) {
    const { status, error, data } = await ask(
        `${state.urls.prometheus}/api/v1/query?query=${encodeURIComponent(text)}`,
    );
    assert.equal(status, 'success', `${text}: ${error}`);
    return data.result;
}

/// The labels of every alert but Watchdog that has fired since, whether or not anybody was told.
export async function firedSince(time) {
    const range = `[${Date.now() - time}ms]`;
    const fired = await query(`max_over_time(ALERTS{alertstate="firing", alertname!="Watchdog"}${range})`);
    return fired.map(({ metric }) => metric);
}

/// How much of the time since then the rules were evaluated: 1 is all of it.
export async function watchedSince(time) {
    const elapsed = Date.now() - time;
    const [counted] = await query(`count_over_time(ALERTS{alertname="Watchdog"}[${elapsed}ms])`);
    return (Number(counted?.value[1] ?? 0) * milliseconds(scrapeInterval(pace))) / elapsed;
}

/// The alerts that Prometheus has pending or firing, and those that Alertmanager still holds.
async function alerts() {
    const found = (await ask(`${state.urls.prometheus}/api/v1/alerts`)).data.alerts;
    const held = await ask(`${state.urls.alertmanager}/api/v2/alerts`);
    return [...found, ...held].map(nameOf).filter((name) => name !== 'Watchdog');
}

/// For as long as the rules' usual ranges.
async function hasHistory() {
    return (await query(`count_over_time(up{job="gatewatch"}[${Math.round(within(3))}s]) >= 10`)).length > 0;
}

/// Has Prometheus forget what was longer than some seconds ago: incidents do not come one upon the other as they do here,
/// and the error budget of the last hours would be gone with the first of them.
async function forget() {
    const url = `${state.urls.prometheus}/api/v1/admin/tsdb/delete_series`;
    const end = Date.now() / 1000 - 10;
    const reply = await fetch(`${url}?match[]={__name__=~".%2B"}&end=${end}`, { method: 'POST' });
    assert.equal(reply.status, 204, await reply.text());
}

/// No group of alerts either, since what joins one that is there waits for its turn.
async function isQuiet() {
    const [gateway] = (await statusOf(state.urls.agent)).gateways;
    if (gateway.verdict.cause !== 'none' || (await alerts()).length > 0) return false;
    return (await ask(`${state.urls.alertmanager}/api/v2/alerts/groups`)).length === 1;
}

export const describe = (from) => async () => {
    const sent = (await notifications(from)).map(({ receiver, alerts }) => [
        receiver,
        alerts.map((alert) => [nameOf(alert), alert.status]),
    ]);
    return `notifications: ${JSON.stringify(sent)}`;
};

const present = async () => `there are: ${(await alerts()).join(', ') || 'none'}`;

async function areResolved(from) {
    const last = new Map();
    for (const alert of (await notifications(from)).flatMap(({ alerts }) => alerts))
        last.set(alert.fingerprint, alert.status);
    return [...last.values()].every((status) => status === 'resolved');
}

/// Until nothing is left that could still be sent, and the end of all that was sent has been told: what was not told to
/// be over is not told to begin anew either.
export async function over(from) {
    await until(
        'the agent is green, no alert but Watchdog is pending or firing, and each that was sent is resolved',
        async () => (await isQuiet()) && (await areResolved(from)),
        { seconds: within(40), describe: async () => `${await present()}; ${await describe(from)()}` },
    );
}

let first; // of the notifications that are this run's

/// As on a day on which nothing has happened yet.
export async function peace() {
    first ??= await countOfNotifications();
    await over(first);
    // For a quarter of an hour, at any pace, Prometheus tells again and again what is resolved: the page of another
    // alert is then sent twice, the second time with the end of the one before.
    await restart('prometheus');
    await forget();
    await until(
        'all is quiet with enough of a history',
        async () => (await isQuiet()) && (await hasHistory()),
        { seconds: within(40), describe: present },
    );
}
