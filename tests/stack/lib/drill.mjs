// A rehearsal of an incident: makes a fault, shows the notification that arrives and what it says, mends, and shows
// the end of it. Used by `stack drill`, and so by `packaging/quickstart --drill`.
import { words } from './drill-words.mjs';
import { Failure, TimedOut, uninterrupted, until } from './failure.mjs';
import { faults, seenByHoldOnly, shownOver } from './faults.mjs';
import { get } from './http.mjs';
import { milliseconds } from './layout.mjs';

const every = 250; // milliseconds between two looks
const nameOf = (alert) => alert.labels.alertname;
const isWatchdog = (page) => page.alerts.every((alert) => nameOf(alert) === 'Watchdog');
const isFiring = (alert) => alert.status === 'firing';
const agentOf = (stack) => `${stack.urls.agent}/api/v1/status`;
const verdictIn = (body) => JSON.parse(body).gateways[0].verdict;
const pagesIn = (body) => JSON.parse(body).filter((page) => !isWatchdog(page));

// What one of the processes says, asked again where it does not answer for once.
async function answerOf(who, url) {
    const condition = async () => {
        const answer = await get(url);
        return answer?.status === 200 && answer.body;
    };
    return until(`${who} answers at ${url}`, condition, { seconds: 10, every });
}

// Both are undefined where nothing answers at the moment.
async function verdictOf(stack) {
    const answer = await get(agentOf(stack));
    return answer?.status === 200 ? verdictIn(answer.body) : undefined;
}

async function pagesOf(stack) {
    const answer = await get(stack.urls.pager);
    return answer?.status === 200 ? pagesIn(answer.body) : undefined;
}

const ways = { plain: 'http', tls: 'https', name: 'http by a name that only its resolver knows' };

function requireThatItShows(stack, fault) {
    const wanted = shownOver[fault];
    const { public: way } = stack.options;
    if (!wanted || way === wanted) return;
    const change = `tests/stack/stack up --dir ${stack.dir} --public ${wanted}`;
    throw new Failure(
        `${fault} would not show: users of this deployment, and so its agent, take ${ways[way]}, ` +
            `not ${ways[wanted]}; \`${change}\` changes that, then try again`,
    );
}

// The rules look two minutes back, and a Prometheus that has just begun finds its agents absent.
async function requireHistory({ urls, options }) {
    const query = `count_over_time(up{job="gatewatch"}[${Math.round(120_000 / options.pace)}ms]) >= 4`;
    const url = `${urls.prometheus}/api/v1/query?query=${encodeURIComponent(query)}`;
    const isThere = async () => JSON.parse(await answerOf('Prometheus', url)).data.result.length > 0;
    await until('Prometheus has scraped the agent for some time', isThere, { seconds: 60, every });
}

async function alertsOf({ urls }) {
    const pending = JSON.parse(await answerOf('Prometheus', `${urls.prometheus}/api/v1/alerts`)).data.alerts;
    const url = `${urls.alertmanager}/api/v2/alerts?inhibited=false&silenced=false`;
    const sent = JSON.parse(await answerOf('Alertmanager', url));
    return new Set([...pending, ...sent].map(nameOf).filter((name) => name !== 'Watchdog'));
}

async function requirePeace(stack) {
    if (stack.faults.size > 0)
        throw new Failure(`these faults are in force: ${[...stack.faults].join(', ')}; mend them first`);
    const known = async () => {
        const { cause } = verdictIn(await answerOf('the agent', agentOf(stack)));
        return cause !== 'unknown' && cause; // as just after its start
    };
    const cause = await until('Gatewatch has a verdict', known, { seconds: 30, every });
    if (cause !== 'none') throw new Failure(`Gatewatch says ${cause}: a drill begins when all is well`);
    await requireHistory(stack);
    const alerts = await alertsOf(stack);
    if (alerts.size > 0)
        throw new Failure(
            `${[...alerts].join(', ')}: pending or still firing; wait until it is over, and try again`,
        );
}

// What the person who is called reads.
function textOf(page, lang) {
    const own = lang === 'zh' ? '_zh' : '';
    const lines = [];
    for (const { status, labels, annotations } of page.alerts.filter(isFiring)) {
        lines.push(`${status.toUpperCase()} ${labels.alertname} (${labels.severity})`);
        lines.push(annotations[`summary${own}`] ?? annotations.summary ?? '');
        lines.push(annotations[`description${own}`] ?? annotations.description ?? '');
        for (const link of ['runbook_url', 'dashboard_url'])
            if (annotations[link]) lines.push(`${link.split('_')[0]}: ${annotations[link]}`);
    }
    return lines;
}

// In seconds. The slowest ticket takes about four minutes at the pace of the rules, and five more where Alertmanager
// still has a group of tickets from before. An end is told with the next notification of its group, after these five
// minutes, and what joined it meanwhile has to wait once more.
function patienceOf({ options }, fault) {
    const hold = milliseconds(options.hold_interval) + milliseconds(options.hold_timeout);
    const more = 30 + (seenByHoldOnly.includes(fault) ? hold / 1000 : 0);
    const within = (minutes) => Math.ceil((minutes * 60) / options.pace + more);
    return { call: within(9), end: within(15) };
}

// Prints lines with the time since the drill began.
function teller() {
    const begun = performance.now();
    return (line, more = []) => {
        const seconds = Math.round((performance.now() - begun) / 1000);
        console.log(`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}  ${line}`);
        for (const each of more) console.log(`        ${each}`);
    };
}

// Looks until wanted(pages, verdict) finds something, and shows each verdict as it changes: a drill begins with none.
function follower(stack, say, text) {
    let shown = 'none';
    return async (what, seconds, wanted) => {
        let pages;
        const look = async () => {
            const verdict = await verdictOf(stack);
            if (verdict && verdict.cause !== shown) {
                shown = verdict.cause;
                say(shown === 'none' ? text.well : text.verdict(verdict));
            }
            pages = await pagesOf(stack);
            return pages && wanted(pages, verdict);
        };
        try {
            return await until(what, look, { seconds, every });
        } catch (error) {
            if (error instanceof TimedOut && !pages)
                throw new Failure(`the pager at ${stack.urls.pager} does not answer`);
            throw error;
        }
    };
}

// The first notification of something that fires, or undefined: none has come in time.
async function callIn(follow, before, seconds) {
    const isCall = (page) => page.alerts.some(isFiring);
    try {
        return await follow('a notification has come', seconds, (pages) => pages.slice(before).find(isCall));
    } catch (error) {
        if (!(error instanceof TimedOut)) throw error;
        return undefined;
    }
}

async function mend(stack, fault, setFault) {
    try {
        await uninterrupted(() => setFault(stack, fault, false));
    } catch (error) {
        const again = `tests/stack/stack mend ${fault} --dir ${stack.dir}`;
        if (error instanceof Failure)
            error.message += `; ${fault} may still be in force, \`${again}\` tries again`;
        throw error;
    }
}

// What was resolved before the drill began may be told again with it.
async function untilOver(follow, { before, begun }, seconds, tell) {
    const told = new Set();
    const last = new Map();
    await follow('all is well and every alert that was sent is resolved', seconds, (pages, verdict) => {
        for (const alert of pages.slice(before).flatMap(({ alerts }) => alerts))
            if (Date.parse(alert.startsAt) >= begun) last.set(alert.fingerprint, alert);
        const over = [...last.values()].filter((alert) => !isFiring(alert));
        for (const alert of over.filter(({ fingerprint }) => !told.has(fingerprint))) {
            told.add(alert.fingerprint);
            tell(nameOf(alert));
        }
        return verdict?.cause === 'none' && over.length === last.size;
    });
}

// setFault(stack, fault, broken) is that of stack.mjs. False: no notification has come.
export async function drill(stack, fault, lang, setFault) {
    if (!stack.up || !stack.options.alertmanager || !stack.options.agent)
        throw new Failure(`a drill needs a stack with agent and Alertmanager in ${stack.dir}`);
    requireThatItShows(stack, fault);
    await requirePeace(stack);
    const before = pagesIn(await answerOf('the pager', stack.urls.pager)).length;
    const begun = Date.now();
    const text = words[lang];
    const say = teller();
    const follow = follower(stack, say, text);
    const patience = patienceOf(stack, fault);
    let page;
    say(text.making(fault, faults[fault]));
    try {
        await setFault(stack, fault, true);
        say(text.made);
        page = await callIn(follow, before, patience.call);
        if (page) say(page.receiver === 'page' ? text.page : text.ticket(page.receiver), textOf(page, lang));
        else say(text.none(patience.call));
    } finally {
        say(text.mending);
        await mend(stack, fault, setFault);
        say(text.mended);
    }
    await untilOver(follow, { before, begun }, patience.end, (name) => say(text.resolved(name)));
    if (page) say(text.over);
    return Boolean(page);
}
