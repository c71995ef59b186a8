// The dashboard of the service level: what was promised over 30 days, what is left of it, and what it was spent on.

import { common, dashboard, gateways } from './dashboard.mjs';
import { query, rows, stat, table, timeSeries } from './grafana.mjs';
import { causes } from './incident/index.mjs';
import { availability, availabilityNow, burn, objective, passed, runs, whileMeasured } from './slo_terms.mjs';
import { everywhere, without } from './states.mjs';
import { connect, gateway, increase } from './terms.mjs';

const window = '$__range';
const perGateway = '{{gateway}}';
const always = { at: 'now', needs: everywhere };
// What was spent is there from the first fault on; before, an agent that has just started may be undecided.
const afterAFault = { data: without('healthy'), none: [] };
const handshake = `gatewatch_probe_duration_seconds`;
const overPublic = `route="public", ${connect}`;
const fast = `
    sum by (gateway) (${increase(`${handshake}_bucket`, `${overPublic}, le=~"1([.]0)?"`, window)})
    / sum by (gateway) (${increase(`${handshake}_count`, overPublic, window)})`;
// A series for each cause, 1 while it is named and else 0.
const named = `gatewatch_diagnosis{${gateway}, cause!="none"}`;
const quantile = (q) => `
    histogram_quantile(${q}, sum by (gateway, le) (
        rate(${handshake}_bucket{${gateway}, ${overPublic}}[$__rate_interval])))`;

const level = [
    stat('Availability · 可用性', {
        description: `Share of connects over the public route that came about, by the better of WebSocket and polling,
since clients fall back; over the time range above: 30 days unless you choose another. Of all vantages, whichever
agents are chosen above.
公网入口连接成功的比例，WebSocket 与轮询取较好者（客户端会自动回退）；统计范围为页面所选时间，默认 30 天；统计所有观测点，不受上方 agent 选择影响。`,
        queries: [query(availability('gateway', window), perGateway, always)],
        unit: 'percentunit',
        decimals: 3,
        width: 5,
    }),
    stat('Objective · 目标', {
        description: `What was promised; choose it at the top.
承诺的可用性，在页面顶部选择。`,
        queries: [query('vector($objective)', 'objective 目标', always)],
        unit: 'percentunit',
        decimals: 2,
        width: 4,
    }),
    stat('Error budget left · 剩余错误预算', {
        description: `1: untouched, 0: spent, below zero: the objective is missed. Of all vantages, whichever agents are
chosen above.
100 % 表示未动用，0 表示用尽，负数表示未达目标。统计所有观测点，不受上方 agent 选择影响。`,
        queries: [query(`1 - ${burn('gateway', window)}`, perGateway, always)],
        unit: 'percentunit',
        decimals: 1,
        width: 5,
    }),
    stat('Failed connects · 失败的连接', {
        description: `Of the probes, not of users: how many failed in the time range.
时间范围内失败的探测次数（并非用户连接）。`,
        queries: [query(`${runs('gateway', window)} - ${passed('gateway', window)}`, perGateway, always)],
        unit: 'short',
        decimals: 0,
        width: 5,
    }),
    stat('Handshakes within 1 s · 一秒内完成的握手', {
        description: `Share of connect probes over the public route that were over within a second, failed ones included.
公网入口连接探测在一秒内结束的比例（含失败的探测）。`,
        queries: [query(fast, perGateway, always)],
        unit: 'percentunit',
        decimals: 2,
        width: 5,
    }),
];

const windows = ['5m', '1h', '6h', '3d'];

const spending = [
    timeSeries('Burn rate · 消耗速度', {
        description: `How many times faster than the objective allows the budget is spent, over windows of several
lengths. At 1 it lasts 30 days. Short and long window both high: it burns now, and not only for a moment. Of all
vantages, whichever agents are chosen above.
错误预算的消耗倍速，按多个时间窗口统计，1 表示恰好用 30 天。长短窗口同时偏高，说明仍在持续消耗。统计所有观测点，不受上方 agent 选择影响。`,
        queries: windows.map((range) =>
            query(burn('gateway', range), `${range} ${perGateway}`, {
                needs: range === '5m' ? whileMeasured : everywhere,
            }),
        ),
        unit: 'short',
        width: 12,
    }),
    timeSeries('Failed connects, each day · 每日失败的连接', {
        description: `Failed connect probes over the public route, beside all that ran, in the 24 hours before each
point.
公网入口每 24 小时失败的连接探测次数，以及全部次数作对照。`,
        queries: [
            query(`${runs('gateway', '1d')} - ${passed('gateway', '1d')}`, `failed 失败 ${perGateway}`, {
                needs: everywhere,
            }),
            query(runs('gateway', '1d'), `all 全部 ${perGateway}`, { needs: everywhere }),
        ],
        unit: 'short',
        bars: true,
        step: '1d',
        width: 12,
    }),
    timeSeries('Availability over time · 可用性变化', {
        description: `Share of connects over the public route that came about. A gap: nothing was measured, or the probe's own
token or host was to blame. Of all vantages, whichever agents are chosen above.
公网入口连接成功的比例，空白表示没有数据，或问题出在探测自身的 token 或主机。统计所有观测点，不受上方 agent 选择影响。`,
        queries: [query(availability('gateway', '$__rate_interval'), perGateway, availabilityNow)],
        unit: 'percentunit',
        width: 12,
    }),
    timeSeries('Handshake over time · 握手耗时变化', {
        description: `Median and 95th percentile of connect probes over the public route.
公网入口连接探测耗时的中位数与 95 分位。`,
        queries: [query(quantile(0.5), `p50 ${perGateway}`), query(quantile(0.95), `p95 ${perGateway}`)],
        unit: 's',
        width: 12,
    }),
];

const share = { heading: 'share 占比', unit: 'percentunit', decimals: 3 };
const gatewayColumn = { heading: 'gateway 网关' };

const spentOn = [
    table('Time under each cause · 各原因占用的时间', {
        description: `Share of the time in which the diagnosis named this cause, of all the time that agents were
watching within the time range.
在所选时间范围内所有 agent 的监控时间中，诊断为该原因的时间占比。`,
        queries: [
            rows(
                `sum by (gateway, cause) (sum_over_time(${named}[${window}]))
                / sum by (gateway, cause) (count_over_time(${named}[${window}])) > 0`,
                { needs: afterAFault },
            ),
        ],
        columns: { gateway: gatewayColumn, cause: { heading: 'cause 原因' }, Value: share },
        sortBy: ['cause 原因'],
        width: 8,
    }),
    table('Failed connects by reason · 按原因统计的失败', {
        description: `What the failed connect probes over the public route met.
公网入口连接探测失败的具体原因。`,
        queries: [
            rows(
                `sum by (gateway, probe, reason) (${increase('gatewatch_probe_failures_total', overPublic, window)}) > 0`,
                { needs: afterAFault },
            ),
        ],
        columns: {
            gateway: gatewayColumn,
            probe: { heading: 'probe 探测' },
            reason: { heading: 'reason 原因' },
            Value: { heading: 'failures 次数', unit: 'short', decimals: 0 },
        },
        sortBy: ['reason 原因'],
        width: 8,
    }),
    table('Availability by vantage · 各观测点的可用性', {
        description: `The same share, as each vantage sees it (its label vantage, else the agent's instance): one that differs
has a way of its own to the gateway. All of them, whichever agents are chosen above.
各观测点（vantage 标签，默认为 agent 的 instance）测得的可用性；若某个明显不同，说明其网络路径不同。列出所有观测点，不受上方 agent 选择影响。`,
        queries: [rows(availability('vantage, gateway', window), { needs: everywhere })],
        columns: {
            gateway: gatewayColumn,
            vantage: { heading: 'vantage 观测点' },
            Value: { ...share, heading: 'availability 可用性' },
        },
        sortBy: ['vantage 观测点'],
        width: 8,
    }),
];

export const slo = dashboard({
    title: 'Gatewatch · SLO 服务水平',
    uid: 'gatewatch-slo',
    description:
        'What was promised over 30 days, what is left of it, what it was spent on. 30 天内的服务水平目标、剩余预算与消耗去向。',
    from: 'now-30d',
    refresh: '5m',
    variables: [...common, gateways, objective],
    annotations: [causes],
    rows: [
        { title: 'Level · 水平', panels: level },
        { title: 'Spending · 消耗', panels: spending },
        { title: 'Spent on · 消耗去向', panels: spentOn },
    ],
});
