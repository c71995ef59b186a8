// A rehearsal of an incident: makes a fault, shows the page that arrives and what it says, mends, and shows
// the end of it. Used by `stack drill`, and so by `packaging/quickstart --drill`.
import { faults } from './faults.mjs';
import { Failure, ignoreInterruption, throwIfInterrupted, until } from './failure.mjs';
import { get } from './http.mjs';

const words = {
    en: {
        made: (fault) => `the fault is made: ${fault}, ${faults[fault]}`,
        verdict: (verdict) => `Gatewatch says ${verdict.cause} (${verdict.severity}, ${verdict.hop})`,
        page: (page) => `a page arrives at the receiver "${page.receiver}":`,
        none: (seconds) => `no page has come within ${seconds} s: nobody would have been called`,
        mended: 'the fault is mended',
        resolved: (name) => `resolved: ${name}`,
        over: 'the incident is over',
    },
    zh: {
        made: (fault) => `故障已注入：${fault}（${faults[fault]}）`,
        verdict: (verdict) => `Gatewatch 的结论：${verdict.cause}（${verdict.severity}，${verdict.hop}）`,
        page: (page) => `接收者“${page.receiver}”收到告警：`,
        none: (seconds) => `${seconds} 秒内没有告警：不会有人被叫醒`,
        mended: '故障已修复',
        resolved: (name) => `已恢复：${name}`,
        over: '事件结束',
    },
};

const nameOf = (alert) => alert.labels.alertname;
const isWatchdog = (page) => page.alerts.every((alert) => nameOf(alert) === 'Watchdog');

async function pagesOf(stack) {
    const answer = await get(stack.urls.pager);
    if (answer?.status !== 200) throw new Failure(`the pager at ${stack.urls.pager} does not answer`);
    return JSON.parse(answer.body).filter((page) => !isWatchdog(page));
}

async function verdictOf(stack) {
    const answer = await get(`${stack.urls.agent}/api/v1/status`);
    return answer?.status === 200 ? JSON.parse(answer.body).gateways[0].verdict : undefined;
}

async function requirePeace(stack) {
    if (!stack.up || !stack.options.alertmanager || !stack.options.agent)
        throw new Failure(`a drill needs a stack with agent and Alertmanager in ${stack.dir}`);
    if (stack.faults.size > 0)
        throw new Failure(`these faults are in force: ${[...stack.faults].join(', ')}; mend them first`);
    const verdict = await verdictOf(stack);
    if (verdict?.cause !== 'none')
        throw new Failure(`Gatewatch says ${verdict?.cause ?? 'nothing'}: a drill begins when all is well`);
    const answer = await get(`${stack.urls.alertmanager}/api/v2/alerts?inhibited=false&silenced=false`);
    const firing = JSON.parse(answer?.body ?? '[]').filter((alert) => nameOf(alert) !== 'Watchdog');
    if (firing.length > 0)
        throw new Failure(
            `${firing.map(nameOf).join(', ')} still fires; wait until it is over, and try again`,
        );
}

// What the person who is called reads.
function textOf(page, lang) {
    const own = lang === 'zh' ? '_zh' : '';
    const lines = [];
    for (const { status, labels, annotations } of page.alerts.filter((alert) => alert.status === 'firing')) {
        lines.push(`${status.toUpperCase()} ${labels.alertname} (${labels.severity})`);
        lines.push(annotations[`summary${own}`] ?? annotations.summary ?? '');
        lines.push(annotations[`description${own}`] ?? annotations.description ?? '');
        for (const link of ['runbook_url', 'dashboard_url'])
            if (annotations[link]) lines.push(`${link.split('_')[0]}: ${annotations[link]}`);
    }
    return lines;
}

// Shows each verdict as it changes, until there are pages that `wanted` finds something in.
async function follow(stack, say, text, what, seconds, wanted) {
    let shown = (await verdictOf(stack))?.cause;
    return until(
        what,
        async () => {
            const verdict = await verdictOf(stack);
            if (verdict && verdict.cause !== shown) {
                shown = verdict.cause;
                say(text.verdict(verdict));
            }
            return wanted(await pagesOf(stack));
        },
        { seconds },
    );
}

// setFault(stack, fault, broken) is that of stack.mjs.
export async function drill(stack, fault, lang, setFault) {
    const text = words[lang];
    await requirePeace(stack);
    const before = (await pagesOf(stack)).length;
    const begun = performance.now();
    const say = (line, more = []) => {
        const seconds = Math.round((performance.now() - begun) / 1000);
        console.log(`${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}  ${line}`);
        for (const each of more) console.log(`        ${each}`);
    };
    const patience = Math.ceil(300 / stack.options.pace) + 30;
    const paged = new Set();
    say(text.made(fault));
    try {
        await setFault(stack, fault, true);
        const isCall = (page) => page.alerts.some((alert) => alert.status === 'firing');
        const page = await follow(stack, say, text, 'a page has come', patience, (pages) =>
            pages.slice(before).find(isCall),
        );
        say(text.page(page), textOf(page, lang));
    } catch (error) {
        throwIfInterrupted();
        if (!(error instanceof Failure)) throw error;
        say(text.none(patience));
    } finally {
        ignoreInterruption();
        await setFault(stack, fault, false);
        say(text.mended);
    }
    await follow(stack, say, text, 'every alert that was sent is resolved', patience, (pages) => {
        const last = new Map();
        for (const each of pages.slice(before).flatMap((page) => page.alerts))
            last.set(`${each.fingerprint}`, each);
        for (const each of last.values()) {
            if (each.status !== 'resolved' || paged.has(each.fingerprint)) continue;
            paged.add(each.fingerprint);
            say(text.resolved(nameOf(each)));
        }
        return [...last.values()].every((each) => each.status === 'resolved');
    });
    say(text.over);
    return paged.size > 0;
}
