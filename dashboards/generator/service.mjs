// The panels on the gateways. `needs` says for each state of the deployment which queries (A, B, ...) must
// return data there (true) or must return none (false); a query that is not named may do either. The states:
// healthy; fault: the public route fails before the backend; database: the token table cannot be read.

import { colour, query, stat, stateTimeline, timeSeries, words } from './grafana.mjs';
import { always, at, fromDatabase, gateway, increase, place, who } from './terms.mjs';

const connect = 'probe=~"websocket|polling"';

// 2: every connect probe passes, 1: one of them, 0: none.
const routeState = (route) => `
    min by (${who}) (gatewatch_probe_success{${gateway}, route="${route}", ${connect}})
    + max by (${who}) (gatewatch_probe_success{${gateway}, route="${route}", ${connect}})`;
const routeWords = words({
    2: ['connects 可连接', colour.good],
    1: ['in part 部分可用', colour.part],
    0: ['down 不可连接', colour.bad],
});

// The verdict, with a value that tells its kind; the cause itself stands in the label.
const verdict = `
    max by (${who}, cause) (gatewatch_diagnosis{${gateway}, cause="none"} == 1) * 0
    or max by (${who}, cause) (gatewatch_diagnosis{${gateway}, cause="unknown"} == 1)
    or max by (${who}, cause) (gatewatch_diagnosis{${gateway}, cause!~"none|unknown"} == 1) * 2`;
const verdictWords = words({
    0: ['healthy 正常', colour.good],
    1: ['undecided 未能判断', colour.part],
    2: ['fault 故障', colour.bad],
});

// Only where the log is followed: otherwise nothing was looked for.
const reached = `
    sum by (${who}) (${increase('gatewatch_probe_backend_seen_total', 'route="public"')})
    / sum by (${who}) (${increase('gatewatch_probe_runs_total', 'route="public"')})
    and on (${who}) max by (${who}) (gatewatch_collector_up{${gateway}, collector="pm2_log"}) == 1`;

export const now = [
    stat('Public route · 公网入口', {
        description: `Can users connect? Counts the connect probes (WebSocket, polling) through nginx.
用户能否连接：经 nginx 的 WebSocket 与轮询探测结果。`,
        queries: [query(routeState('public'), at, { at: 'now' })],
        filled: true,
        mappings: routeWords,
        width: 5,
        needs: always('A'),
    }),
    stat('Backend · 直连后端', {
        description: `The same probes straight at the backend, past nginx. Public down and this one well:
look at nginx.
绕过 nginx 直连后端的探测。公网入口失败而这里正常，问题在 nginx 一侧。`,
        queries: [query(routeState('local'), at, { at: 'now' })],
        filled: true,
        mappings: routeWords,
        width: 5,
        needs: always('A'),
    }),
    stat('Likely cause · 可能原因', {
        description: `The one cause that the diagnosis names; "none" means healthy. Evidence and fix:
gatewatch check.
诊断给出的唯一原因，none 表示正常。证据与修复方法请运行 gatewatch check。`,
        queries: [query(verdict, `{{cause}} ${place}`, { at: 'now' })],
        show: 'value_and_name',
        filled: true,
        mappings: verdictWords,
        width: 6,
        needs: always('A'),
    }),
    stat('Valid tokens · 有效 token', {
        description: `Tokens that are neither revoked nor expired, counted in the token table. No data: the
database was not read.
token 表中未撤销且未过期的数量。“无数据”表示没有读到数据库。`,
        queries: [query(`max by (${who}) (gatewatch_tokens{${gateway}, state="valid"})`, at, { at: 'now' })],
        mappings: words({ 0: ['none left 已耗尽', colour.bad] }),
        width: 4,
        needs: fromDatabase,
    }),
    stat('Public attempts that reached the backend · 到达后端的公网尝试', {
        description: `Share of public probe runs whose own sid came up in the backend's log. Shown only
while that log is followed.
公网探测中，自身 sid 出现在后端日志里的比例。仅在日志可读时显示。`,
        queries: [query(reached, at, { at: 'now' })],
        unit: 'percentunit',
        mappings: words({ 0: ['0 %: none arrived 无一到达', colour.bad] }),
        width: 4,
        needs: always('A'),
    }),
];

export const where = [
    stateTimeline('Probes by route · 各入口探测', {
        description: `Each probe over each route, passed or failed. A gap: no result.
每个入口上每种探测的结果，空白表示没有结果。`,
        queries: [
            query(
                `min by (${who}, route, probe) (gatewatch_probe_success{${gateway}})`,
                '{{gateway}} {{route}} {{probe}} @ {{instance}}',
            ),
        ],
        mappings: words({ 1: ['passed 通过', colour.good], 0: ['failed 失败', colour.bad] }),
        width: 12,
        needs: always('A'),
    }),
    stateTimeline('Diagnosis · 诊断', {
        description: `The verdict over time, a line for each cause that was named. A gap: it was another one.
诊断结论随时间的变化，每个出现过的原因一行；空白表示当时是其他结论。`,
        queries: [query(verdict, `{{cause}} ${place}`)],
        mappings: verdictWords,
        width: 12,
        needs: always('A'),
    }),
];

export const why = [
    timeSeries('Failures by reason · 失败原因', {
        description: `Failed runs by reason, beside the number of all runs: only the latter means that
nothing failed.
按原因统计的失败次数，以及全部运行次数作对照：只有后者时表示没有失败。`,
        queries: [
            query(
                `sum by (${who}) (${increase('gatewatch_probe_runs_total')})`,
                `all runs 全部 ${place}`,
            ),
            query(
                `sum by (${who}, route, probe, reason) (${increase('gatewatch_probe_failures_total')}) > 0`,
                `{{route}} {{probe}}: {{reason}} ${place}`,
            ),
        ],
        unit: 'short',
        bars: true,
        width: 12,
        needs: { healthy: { A: true, B: false }, fault: { A: true, B: true }, database: { A: true } },
    }),
    timeSeries('Backend log by kind and origin · 后端日志事件', {
        description: `What the backend wrote. synthetic: the agent's own probes, user: everybody else,
unknown: not provable.
后端日志中的事件。synthetic 为 agent 自己的探测，user 为用户，unknown 为无法确定归属。`,
        queries: [
            query(
                `sum by (${who}, event, origin) (${increase('gatewatch_log_events_total')}) > 0`,
                '{{event}} ({{origin}}, {{gateway}} @ {{instance}})',
            ),
        ],
        unit: 'short',
        bars: true,
        stack: true,
        width: 12,
        needs: always('A'),
    }),
    timeSeries('Did the attempts arrive? · 尝试是否到达', {
        description: `Probe runs of each route, and those found again in the backend's log. A route that
runs and is not seen stops before the backend.
各入口的探测次数，以及在后端日志中找到的次数。有运行而无记录，说明在到达后端之前被拦截。`,
        queries: [
            query(
                `sum by (${who}, route) (${increase('gatewatch_probe_runs_total')})`,
                `{{route}}: made 发起 ${place}`,
            ),
            query(
                `sum by (${who}, route) (${increase('gatewatch_probe_backend_seen_total')})`,
                `{{route}}: seen in the log 日志可见 ${place}`,
            ),
        ],
        unit: 'short',
        width: 12,
        needs: always('A', 'B'),
    }),
];

export const tokens = [
    timeSeries('Tokens by state · 各状态 token', {
        description: `Rows of the token table: valid, expired, revoked (revoked first). "capped" says that
counting stopped at its bound.
token 表中各状态的行数（优先判为已撤销）。capped 表示计数达到上限。`,
        queries: [
            query(`max by (${who}, state) (gatewatch_tokens{${gateway}})`, `{{state}} ${place}`),
            query(
                `max by (${who}, state) (gatewatch_tokens_capped{${gateway}}) == 1`,
                `{{state}}: capped 已达上限 ${place}`,
            ),
        ],
        unit: 'short',
        width: 10,
        needs: { healthy: { A: true, B: false }, fault: { A: true }, database: { A: false, B: false } },
    }),
    stat("The probe's own token runs out in · 探测 token 剩余时间", {
        description: `From the token's row in the database; below zero it has run out.
取自数据库中该 token 的记录，负数表示已过期。`,
        queries: [
            query(
                `min by (${who}) (gatewatch_probe_token_expiry_timestamp_seconds{${gateway}}) - time()`,
                at, { at: 'now' },
            ),
        ],
        unit: 's',
        width: 5,
        needs: fromDatabase,
    }),
    stat('Database clock against this host · 数据库时钟偏差', {
        description: `Seconds that the database's clock is ahead. Whole quarter-hours point to a time zone.
数据库时钟领先本机的秒数；若为整刻钟，多半是时区问题。`,
        queries: [query(`max by (${who}) (gatewatch_mysql_clock_skew_seconds{${gateway}})`, at, { at: 'now' })],
        unit: 's',
        width: 5,
        needs: fromDatabase,
    }),
    stat('Certificate runs out in · 证书剩余时间', {
        description: `Of each https route; no data: the routes are plain http.
各 https 入口的证书剩余时间；“无数据”表示均为 http。`,
        queries: [
            query(
                `min by (${who}, route) (gatewatch_tls_not_after_timestamp_seconds{${gateway}}) - time()`,
                '{{gateway}} {{route}} @ {{instance}}', { at: 'now' },
            ),
        ],
        unit: 's',
        width: 4,
        needs: {},
    }),
];
