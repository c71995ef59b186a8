// Incident: how long probes take.

import { heatmap, query, timeSeries } from '../grafana.mjs';
import { connect, gateway, increase, max, place, who } from '../terms.mjs';

const perPhase = (part) => `
    sum by (${who}, route, probe, phase) (
        rate(gatewatch_probe_phase_duration_seconds_${part}{${gateway}}[$__rate_interval]))`;
const quantile = (q) => `
    histogram_quantile(${q}, sum by (${who}, route, probe, le) (
        rate(gatewatch_probe_duration_seconds_bucket{${gateway}}[$__rate_interval])))`;
const handshakes = (route) => `
    sum by (le) (${increase('gatewatch_probe_duration_seconds_bucket', `route="${route}", ${connect}`)})`;

export const time = [
    timeSeries('Phases, mean · 各阶段平均耗时', {
        description: `Mean time of each step, from resolve to ready: the one that grows is where the time goes.
从解析到就绪各阶段的平均耗时，变长的阶段即瓶颈所在。`,
        queries: [
            query(`${perPhase('sum')} / ${perPhase('count')}`, `{{route}} {{probe}}: {{phase}} ${place}`),
        ],
        unit: 's',
        width: 12,
    }),
    timeSeries('Time to the end of a run · 探测总耗时', {
        description: `Median and 95th percentile, counted from the scheduled time, failed runs included.
中位数与 95 分位，自计划时刻起算，包含失败的运行。`,
        queries: [
            query(quantile(0.5), `p50 {{route}} {{probe}} ${place}`),
            query(quantile(0.95), `p95 {{route}} {{probe}} ${place}`),
        ],
        unit: 's',
        width: 12,
    }),
    heatmap('Handshakes, public route · 公网入口握手耗时', {
        description: `How many connect probes (WebSocket, polling) took how long, from resolve to ready; the
number stands in its cell, darker is more.
连接探测（WebSocket、轮询）从解析到就绪的耗时分布，格内为次数，颜色越深次数越多。`,
        queries: [query(handshakes('public'), '{{le}}', { format: 'heatmap' })],
        unit: 's',
        width: 8,
    }),
    heatmap('Handshakes, backend · 直连后端握手耗时', {
        description: `The same straight at the backend: what is slow here is not nginx's fault.
直连后端的握手耗时分布：这里慢则与 nginx 无关。`,
        queries: [query(handshakes('local'), '{{le}}', { format: 'heatmap' })],
        unit: 's',
        width: 8,
    }),
    timeSeries('Held sessions · 保持连接的时长', {
        description: `How long the last session of the hold probe lasted. A steady value below its timeout: somebody
cuts idle connections, and the value tells which timeout. No data: none was held.
hold 探测最近一次会话的持续时间。稳定地短于其超时，说明空闲连接被切断，数值即对应的超时设置；“无数据”表示未能保持会话。`,
        queries: [
            query(max(`${who}, route`, 'gatewatch_hold_duration_seconds'), `{{route}} ${place}`, {
                needs: {
                    data: ['healthy', 'nginx', 'dns', 'certificate', 'frontend', 'log', 'recovered'],
                    none: ['agent'],
                },
            }),
        ],
        unit: 's',
        width: 8,
    }),
];
