// Incident: is it down and why, where does it fail, what was the answer.

import { query, rows, stat, stateTimeline, table, timeSeries } from '../grafana.mjs';
import { burnNow, whileMeasured } from '../slo_terms.mjs';
import { atLeast, dueTo, everywhere, exactly, inEach, mostly } from '../states.mjs';
import {
    at,
    connect,
    increase,
    max,
    min,
    place,
    routeState,
    routeStates,
    verdict,
    verdictStates,
    who,
} from '../terms.mjs';
import { colour, routeWords, verdictBars, verdictWords, words } from '../words.mjs';

// Of the connect probes, as GatewatchAttemptsNotReachingBackend has it: others, such as the one of the HTTP API, never
// have a sid of the namespace that could come up. Only where the log is followed: otherwise nothing was looked for.
const attempts = (metric, matchers) => increase(metric, [matchers, connect].filter(Boolean).join(', '));
const reached = `
    sum by (${who}) (${attempts('gatewatch_probe_backend_seen_total', 'route="public"')})
    / sum by (${who}) (${attempts('gatewatch_probe_runs_total', 'route="public"')})
    and on (${who}) ${max(who, 'gatewatch_collector_up', 'collector="pm2_log"')} == 1`;

// Rules drop labels, so an alert need not have a gateway or an instance. The Watchdog always fires: a table without it
// says that no rules are evaluated.
const firing = `
    max by (severity, alertname, gateway, instance) (ALERTS{
        alertstate="firing", alertname=~"Gatewatch.+|Watchdog", gateway=~"$gateway|", instance=~"$instance|"
    })`;

export const now = [
    stat('Public route · 公网入口', {
        description: `Can users connect? Counts the connect probes (WebSocket, polling) through nginx. No data: no
result, or the agent's own token or host is at fault, so that it cannot tell.
用户能否连接：经 nginx 的 WebSocket 与轮询探测结果。“无数据”表示没有结果，或问题出在 agent 自身的 token 或主机，无从判断。`,
        queries: [query(routeState('public'), at, { at: 'now', ...routeStates.public })],
        filled: true,
        mappings: routeWords,
        width: 5,
    }),
    stat('Backend · 直连后端', {
        description: `The same probes straight at the backend, past nginx. Public down and this one well:
look at nginx. No data as there.
绕过 nginx 直连后端的探测。公网入口失败而这里正常，问题在 nginx 一侧。“无数据”的含义与公网入口相同。`,
        queries: [query(routeState('local'), at, { at: 'now', ...routeStates.local })],
        filled: true,
        mappings: routeWords,
        width: 5,
    }),
    stat('Likely cause · 可能原因', {
        description: `The one cause that the diagnosis names; "none" means healthy. "Probe itself": the agent or its own
token is at fault, which is no outage, and whether users can connect is not known from there. Evidence and fix: the
status page of the agent, or gatewatch check.
诊断给出的唯一原因，none 表示正常。“探测自身”表示问题出在 agent 或其探测 token，并非网关故障，从该处无法得知用户能否连接。证据与修复方法见 agent 的状态页，或运行 gatewatch check。`,
        queries: [query(verdict, `{{cause}} ${place}`, { at: 'now', ...verdictStates })],
        show: 'value_and_name',
        filled: true,
        mappings: verdictWords,
        width: 6,
    }),
    stat('Public attempts that reached the backend · 到达后端的公网尝试', {
        description: `Share of the connect probes (WebSocket, polling) over the public route whose own sid came up in
the backend's log. Shown only while that log is followed.
公网连接探测（WebSocket、轮询）中，自身 sid 出现在后端日志里的比例。仅在日志可读时显示。`,
        queries: [
            query(reached, at, {
                at: 'now',
                needs: mostly('log'),
                values: {
                    ...inEach(atLeast(0.95), 'healthy', 'recovered'),
                    ...inEach(exactly(0), 'nginx', 'dns', 'certificate'),
                },
            }),
        ],
        unit: 'percentunit',
        mappings: words({ 0: ['0 %: none arrived 无一到达', colour.bad] }),
        width: 4,
    }),
    stat('Error budget burn, 1 h · 错误预算消耗速度（1 小时）', {
        description: `How many times faster than the objective allows the last hour spent its failures. At 1
the budget of 30 days lasts just 30 days; at 14 it is gone in two days. Of all vantages, whichever agents are chosen
above. No data: none has measured for five minutes.
最近一小时的失败消耗错误预算的倍速：1 表示 30 天的预算恰好用 30 天，14 表示两天耗尽。统计所有观测点，不受上方 agent 选择影响。“无数据”表示已有五分钟没有任何测量。`,
        queries: [
            query(burnNow('gateway', '1h'), '{{gateway}}', {
                at: 'now',
                needs: whileMeasured,
                values: { backend: atLeast(1) },
            }),
        ],
        unit: 'short',
        decimals: 1,
        mappings: words({ 0: ['0: nothing failed 无失败', colour.good] }),
        width: 4,
    }),
    table('Firing alerts · 正在触发的告警', {
        description: `What Prometheus holds against the gateways and agents chosen above; the name leads to its
runbook, at the agent that "Runbooks at" names, the first one that answers unless you choose another. Watchdog always
fires: if even that is missing, no rules are evaluated.
所选网关与 agent 上正在触发的告警，点击名称打开处理手册，由“手册地址”所选的 agent 提供，默认为第一个能够响应的 agent。Watchdog 始终触发：若连它也没有，说明规则未在执行。`,
        queries: [rows(firing, { needs: everywhere })],
        columns: {
            severity: { heading: 'severity 级别' },
            alertname: {
                heading: 'alert 告警',
                link: { title: 'Runbook 处理手册', url: 'http://${agent}/runbooks/${__value.raw}' },
            },
            gateway: { heading: 'gateway 网关' },
            instance: { heading: 'agent' },
        },
        sortBy: ['severity 级别'],
        height: 6,
        width: 24,
    }),
];

export const where = [
    stateTimeline('Probes by route · 各入口探测', {
        description: `Each probe over each route, passed or failed. A gap: no result.
每个入口上每种探测的结果，空白表示没有结果。`,
        queries: [
            query(min(`${who}, route, probe`, 'gatewatch_probe_success'), `{{route}} {{probe}} ${place}`),
        ],
        mappings: words({ 1: ['passed 通过', colour.good], 0: ['failed 失败', colour.bad] }),
        height: 12,
        width: 12,
    }),
    stateTimeline('Diagnosis · 诊断', {
        description: `The verdict over time, a line for each cause that was named. A gap: it was another one.
诊断结论随时间的变化，每个出现过的原因一行；空白表示当时是其他结论。`,
        queries: [query(verdict, `{{cause}} ${place}`, verdictStates)],
        mappings: verdictBars,
        height: 12,
        width: 12,
    }),
];

export const why = [
    timeSeries('Failures by reason · 失败原因', {
        description: `Failed runs by reason, beside the number of all runs: only the latter means that
nothing failed.
按原因统计的失败次数，以及全部运行次数作对照：只有后者时表示没有失败。`,
        queries: [
            query(`sum by (${who}) (${increase('gatewatch_probe_runs_total')})`, `all runs 全部 ${place}`),
            query(
                `sum by (${who}, route, probe, reason) (${increase('gatewatch_probe_failures_total')}) > 0`,
                `{{route}} {{probe}}: {{reason}} ${place}`,
                { needs: dueTo('nginx', 'dns', 'certificate', 'backend', 'token', 'database') },
            ),
        ],
        unit: 'short',
        bars: true,
        width: 12,
    }),
    timeSeries('Backend log by kind and origin · 后端日志事件', {
        description: `What the backend wrote. synthetic: the agent's own probes, user: everybody else,
unknown: not provable.
后端日志中的事件。synthetic 为 agent 自己的探测，user 为用户，unknown 为无法确定归属。`,
        queries: [
            query(
                `sum by (${who}, event, origin) (${increase('gatewatch_log_events_total')}) > 0`,
                `{{event}} ({{origin}}) ${place}`,
                { needs: mostly('backend', 'log') },
            ),
        ],
        unit: 'short',
        bars: true,
        stack: true,
        width: 12,
    }),
    stateTimeline('HTTP API against Socket.IO · HTTP 接口与 Socket.IO 对照', {
        description: `The HTTP API of the same backend as a control. HTTP passes and Socket.IO fails: the host, the
network and nginx are well, look at what is particular to Socket.IO. Both fail: look at what they share.
以同一后端的 HTTP 接口作对照。HTTP 正常而 Socket.IO 失败：主机、网络与 nginx 正常，问题在 Socket.IO 自身；两者都失败：检查共用环节。`,
        queries: [
            query(
                min(`${who}, route`, 'gatewatch_probe_success', 'probe="http"'),
                `HTTP API {{route}} ${place}`,
            ),
            query(min(`${who}, route`, 'gatewatch_probe_success', connect), `Socket.IO {{route}} ${place}`),
        ],
        mappings: words({ 1: ['passed 通过', colour.good], 0: ['failed 失败', colour.bad] }),
        height: 9,
        width: 12,
    }),
    timeSeries('Did the attempts arrive? · 尝试是否到达', {
        description: `Connect probes (WebSocket, polling) over each route, and those found again in the backend's log.
A route that runs and is not seen stops before the backend.
各入口的连接探测（WebSocket、轮询）次数，以及在后端日志中找到的次数。有运行而无记录，说明在到达后端之前被拦截。`,
        queries: [
            query(
                `sum by (${who}, route) (${attempts('gatewatch_probe_runs_total')})`,
                `{{route}}: made 发起 ${place}`,
            ),
            query(
                `sum by (${who}, route) (${attempts('gatewatch_probe_backend_seen_total')})`,
                `{{route}}: seen in the log 日志可见 ${place}`,
            ),
        ],
        unit: 'short',
        width: 12,
    }),
];
