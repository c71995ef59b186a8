// The dashboard of everything: all gateways as all agents see them, and the agents themselves.

import { annotation, common, dashboard, gateways } from './dashboard.mjs';
import { asked, overview } from './fleet_overview.mjs';
import { query, rows, stateTimeline, table, timeSeries } from './grafana.mjs';
import { causes, starts } from './incident/index.mjs';
import { availability, availabilityNow } from './slo_terms.mjs';
import { everywhere, whileAgentRuns, whileDatabaseAnswers } from './states.mjs';
import {
    agents,
    at,
    gateway,
    max,
    ofAgents,
    place,
    routeState,
    routeStates,
    verdict,
    verdictStates,
    who,
} from './terms.mjs';
import { colour, routeWords, verdictBars, words } from './words.mjs';

const toIncident = {
    title: 'Incident 故障面板',
    url: '/d/gatewatch-incident?${datasource:queryparam}&${job:queryparam}&var-gateway=${__value.raw}',
};

const gatewayRows = [
    table('Gateways · 网关', {
        description: `Each gateway as each agent sees it; the name leads to the incident dashboard. An empty cell:
not known, as both ways while the agent's own token or host is at fault, or not configured.
每个 agent 观测到的每个网关，点击名称打开故障面板。空白表示未知（例如问题出在 agent 自身的 token 或主机时的两个入口）或未配置。`,
        queries: [
            rows(routeState('public'), routeStates.public),
            rows(routeState('local'), routeStates.local),
            rows(`max by (${who}, cause) (gatewatch_diagnosis{${gateway}} == 1)`),
            rows(`time() - ${max(who, 'gatewatch_probe_last_run_timestamp_seconds')}`),
            rows(max(who, 'gatewatch_tokens', 'state="valid"'), { needs: whileDatabaseAnswers }),
        ],
        columns: {
            gateway: { heading: 'gateway 网关', link: toIncident },
            instance: { heading: 'agent' },
            'Value #A': { heading: 'public 公网', mappings: routeWords },
            'Value #B': { heading: 'backend 后端', mappings: routeWords },
            cause: { heading: 'cause 原因' },
            'Value #D': { heading: 'last run 距上次探测', unit: 's', decimals: 0 },
            'Value #E': { heading: 'valid tokens 有效 token', unit: 'short' },
        },
        sortBy: ['gateway 网关'],
        height: 10,
        width: 24,
    }),
];

const overTime = [
    stateTimeline('Public route · 公网入口', {
        description: `Can users connect to each gateway, as each agent sees it. No data: not known, as while the
agent's own token or host is at fault.
从各 agent 看，用户能否连接各网关。“无数据”表示未知，例如问题出在 agent 自身的 token 或主机。`,
        queries: [query(routeState('public'), at, routeStates.public)],
        mappings: routeWords,
        height: 10,
        width: 12,
    }),
    stateTimeline('Diagnosis · 诊断', {
        description: `The causes that were named, and "none" while a gateway was healthy. A gap: another one.
出现过的诊断原因，none 表示正常；空白表示当时是其他结论。`,
        queries: [query(verdict, `{{cause}} ${place}`, verdictStates)],
        mappings: verdictBars,
        height: 10,
        width: 12,
    }),
    timeSeries('Availability · 可用性', {
        description: `Share of connects over the public route that came about, averaged over all vantages, whichever
agents are chosen above.
公网入口连接成功的比例，为所有观测点的平均值，不受上方 agent 选择影响。`,
        queries: [query(availability('gateway', '$__rate_interval'), '{{gateway}}', availabilityNow)],
        unit: 'percentunit',
        width: 12,
    }),
    table('Firing alerts · 正在触发的告警', {
        description: `How many of each, of all gateways and agents, whichever are chosen above. Watchdog always fires:
if even that is missing, no rules are evaluated.
各告警的数量，统计所有网关与 agent，不受上方选择影响。Watchdog 始终触发：若连它也没有，说明规则未在执行。`,
        queries: [
            rows(
                'count by (severity, alertname) (ALERTS{alertstate="firing", alertname=~"Gatewatch.+|Watchdog"})',
                { needs: everywhere },
            ),
        ],
        columns: {
            severity: { heading: 'severity 级别' },
            alertname: { heading: 'alert 告警' },
            Value: { heading: 'number 数量', unit: 'short' },
        },
        sortBy: ['severity 级别'],
        height: 9,
        width: 12,
    }),
];

const agentRows = [
    table('Agents · agent 列表', {
        description: `Each agent that has answered within a day.
最近一天内出现过的每个 agent。`,
        queries: [
            rows(asked, { needs: everywhere }),
            rows(`max by (job, instance, version) (gatewatch_build_info{${agents}})`),
            rows(ofAgents(`max by (job, instance) (time() - process_start_time_seconds{${agents}})`)),
            rows(`min by (job, instance) (gatewatch_config_last_reload_successful{${agents}})`),
            rows(`max by (job, instance) (gatewatch_event_loop_lag_seconds{${agents}})`),
            rows(ofAgents(`max by (job, instance) (process_resident_memory_bytes{${agents}})`)),
        ],
        columns: {
            job: { heading: 'job' },
            instance: { heading: 'agent' },
            'Value #A': {
                heading: 'answers 可访问',
                mappings: words({ 1: ['yes 是', colour.good], 0: ['no 否', colour.bad] }),
            },
            version: { heading: 'version 版本' },
            'Value #C': { heading: 'running for 运行时长', unit: 's', decimals: 0 },
            'Value #D': {
                heading: 'configuration 配置',
                mappings: words({ 1: ['good 有效', colour.good], 0: ['refused 被拒绝', colour.bad] }),
            },
            'Value #E': { heading: 'event loop lag 事件循环延迟', unit: 's' },
            'Value #F': { heading: 'memory 内存', unit: 'bytes' },
        },
        sortBy: ['agent'],
        height: 9,
        width: 24,
    }),
    stateTimeline('Agents that answer · 可访问性', {
        description: `Whether Prometheus could scrape each agent.
Prometheus 能否抓取各 agent。`,
        queries: [query(asked, '{{instance}} ({{job}})', { needs: everywhere })],
        mappings: words({ 1: ['answers 可访问', colour.good], 0: ['silent 失联', colour.bad] }),
        width: 12,
    }),
    stateTimeline('Collectors · 采集器', {
        description: `Whether each collector of each agent can read what it watches. A gap: not configured, or no agent.
各 agent 的采集器能否读取其对象。空白表示未配置或 agent 未运行。`,
        queries: [query(max(`${who}, collector`, 'gatewatch_collector_up'), `{{collector}} ${place}`)],
        mappings: words({ 1: ['readable 可读', colour.good], 0: ['unreadable 不可读', colour.bad] }),
        width: 12,
    }),
];

const reloads = annotation(
    'Configuration read · 读取配置',
    `gatewatch_config_last_reload_success_timestamp_seconds{${agents}} * 1000`,
    {
        text: '{{instance}}',
        tags: ['instance'],
        iconColor: 'purple',
        timeInValue: true,
        needs: whileAgentRuns,
    },
);

export const fleet = dashboard({
    title: 'Gatewatch · Fleet 全局',
    uid: 'gatewatch-fleet',
    description:
        'All gateways as all agents see them, and the agents themselves. 所有 agent 观测到的所有网关，以及 agent 自身。',
    from: 'now-6h',
    refresh: '1m',
    variables: [...common, gateways],
    annotations: [causes, starts, reloads],
    rows: [
        { title: 'Overview · 总览', panels: overview },
        { title: 'All gateways · 所有网关', panels: gatewayRows },
        { title: 'Over time · 变化', panels: overTime },
        { title: 'All agents · 所有 agent', panels: agentRows },
    ],
});
