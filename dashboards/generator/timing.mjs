// The panels on how long probes take. See service.mjs for what `needs` says.

import { heatmap, query, timeSeries } from './grafana.mjs';
import { always, gateway, increase, place, who } from './terms.mjs';

const perPhase = (part) => `
    sum by (${who}, route, probe, phase) (
        rate(gatewatch_probe_phase_duration_seconds_${part}{${gateway}}[$__rate_interval]))`;
const quantile = (q) => `
    histogram_quantile(${q}, sum by (${who}, route, probe, le) (
        rate(gatewatch_probe_duration_seconds_bucket{${gateway}}[$__rate_interval])))`;

export const time = [
    timeSeries('Phases, mean · 各阶段平均耗时', {
        description: `Mean time of each step, from resolve to ready: the one that grows is where the time goes.
从解析到就绪各阶段的平均耗时，变长的阶段即瓶颈所在。`,
        queries: [query(`${perPhase('sum')} / ${perPhase('count')}`, `{{route}} {{probe}}: {{phase}} ${place}`)],
        unit: 's',
        width: 12,
        needs: always('A'),
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
        needs: always('A', 'B'),
    }),
    heatmap('Run durations, public route · 公网入口耗时分布', {
        description: `How many runs took how long; darker is more, the number stands in the tooltip.
不同耗时的运行次数分布，颜色越深次数越多，具体数字见提示框。`,
        queries: [
            query(
                `sum by (le) (${increase('gatewatch_probe_duration_seconds_bucket', 'route="public"')})`,
                '{{le}}', { format: 'heatmap' },
            ),
        ],
        unit: 's',
        width: 12,
        needs: always('A'),
    }),
    heatmap('Run durations, backend · 直连后端耗时分布', {
        description: `The same straight at the backend: what is slow here is not nginx's fault.
直连后端的耗时分布：这里慢则与 nginx 无关。`,
        queries: [
            query(
                `sum by (le) (${increase('gatewatch_probe_duration_seconds_bucket', 'route="local"')})`,
                '{{le}}', { format: 'heatmap' },
            ),
        ],
        unit: 's',
        width: 12,
        needs: always('A'),
    }),
];
