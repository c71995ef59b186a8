// The panels on the agent itself: can its word be trusted? See service.mjs for what `needs` says.

import { colour, query, stat, stateTimeline, timeSeries, words } from './grafana.mjs';
import { always, at, gateway, increase, place, who } from './terms.mjs';

// process_* of everything that Prometheus scrapes have the same names: keep those of the agents.
const ofAgents = (expr) => `${expr} and on (job, instance) gatewatch_build_info`;

const ageInIntervals = (timestamp) => `
    (time() - max by (${who}, route, probe) (${timestamp}{${gateway}}))
    / on (${who}, route, probe)
    max by (${who}, route, probe) (gatewatch_probe_interval_seconds{${gateway}})`;

export const agent = [
    stat('Version · 版本', {
        description: `The agents that Prometheus scrapes, by version.
Prometheus 抓取的 agent 及其版本。`,
        queries: [
            query('max by (instance, version) (gatewatch_build_info)', '{{version}} @ {{instance}}', { at: 'now' }),
        ],
        show: 'name',
        height: 4,
        width: 6,
        needs: always('A'),
    }),
    stat('Running for · 运行时长', {
        description: `Since the agent started. Back near zero again and again: it restarts.
agent 启动至今的时间。反复归零表示它在不断重启。`,
        queries: [query(ofAgents('time() - process_start_time_seconds'), '{{instance}}', { at: 'now' })],
        unit: 's',
        height: 4,
        width: 6,
        needs: always('A'),
    }),
    stat('Configuration · 配置', {
        description: `Whether the file was good when last read; if not, the configuration before it is in force.
最近一次读取的配置是否有效；无效时沿用之前的配置。`,
        queries: [
            query('min by (instance) (gatewatch_config_last_reload_successful)', '{{instance}}', { at: 'now' }),
        ],
        mappings: words({ 1: ['good 有效', colour.good], 0: ['refused 被拒绝', colour.bad] }),
        height: 4,
        width: 6,
        needs: always('A'),
    }),
    stat('Configuration in force for · 配置生效时长', {
        description: `Since a good configuration was last read.
距最近一次成功读取配置的时间。`,
        queries: [
            query(
                'time() - max by (instance) (gatewatch_config_last_reload_success_timestamp_seconds)',
                '{{instance}}', { at: 'now' },
            ),
        ],
        unit: 's',
        height: 4,
        width: 6,
        needs: always('A'),
    }),
    stateTimeline('Collectors · 采集器', {
        description: `Whether each collector can read what it watches. A gap: not configured, or no agent.
各采集器能否读取其对象。空白表示未配置或 agent 未运行。`,
        queries: [
            query(
                `max by (${who}, collector) (gatewatch_collector_up{${gateway}})`,
                '{{gateway}} {{collector}} @ {{instance}}',
            ),
        ],
        mappings: words({ 1: ['readable 可读', colour.good], 0: ['unreadable 不可读', colour.bad] }),
        width: 12,
        needs: always('A'),
    }),
    timeSeries('Age of the last run, in intervals · 距上次运行（间隔数）', {
        description: `How old each probe's result is, in its own intervals. Well above one: it no longer runs.
各探测结果的时效，以自身间隔为单位。明显大于 1 表示已不再运行。`,
        queries: [
            query(
                ageInIntervals('gatewatch_probe_last_run_timestamp_seconds'),
                `last run 上次运行: {{route}} {{probe}} ${place}`,
            ),
            query(
                ageInIntervals('gatewatch_probe_last_success_timestamp_seconds'),
                `last pass 上次通过: {{route}} {{probe}} ${place}`,
            ),
        ],
        unit: 'short',
        width: 12,
        needs: always('A', 'B'),
    }),
    timeSeries('Lag · 延迟', {
        description: `The agent's own delays: of its event loop, and of runs behind their scheduled time.
Never blamed on the target.
agent 自身的延迟：事件循环延迟与探测启动滞后，不会归咎于被测目标。`,
        queries: [
            query(`max by (instance) (gatewatch_event_loop_lag_seconds)`, 'event loop 事件循环 @ {{instance}}'),
            query(
                `max by (${who}, route, probe) (gatewatch_probe_lateness_seconds{${gateway}})`,
                `start of 启动 {{route}} {{probe}} ${place}`,
            ),
        ],
        unit: 's',
        width: 8,
        needs: always('A', 'B'),
    }),
    timeSeries('Skipped runs · 跳过的运行', {
        description: `Runs left out because the one before had not ended.
因上一次尚未结束而跳过的运行次数。`,
        queries: [
            query(
                `sum by (${who}, route, probe) (${increase('gatewatch_probe_skipped_total')})`,
                `{{route}} {{probe}} ${place}`,
            ),
        ],
        unit: 'short',
        width: 8,
        needs: always('A'),
    }),
    timeSeries('Log follower · 日志跟踪', {
        description: `Bytes of the log not yet read, should return to zero.
尚未读取的日志字节数，应回落到零。`,
        queries: [query(`max by (${who}) (gatewatch_log_lag_bytes{${gateway}})`, `behind 滞后 ${place}`)],
        unit: 'bytes',
        width: 8,
        needs: always('A'),
    }),
    timeSeries('Log files · 日志文件事件', {
        description: `Rotations and truncations survived, lines that no pattern knows, and places where
lines may have been lost.
日志轮转与截断次数、无法识别的行数，以及可能丢失日志的次数。`,
        queries: [
            query(
                `sum by (${who}) (${increase('gatewatch_log_rotations_total')})`,
                `rotations 轮转 ${place}`,
            ),
            query(
                `sum by (${who}) (${increase('gatewatch_log_truncations_total')})`,
                `truncations 截断 ${place}`,
            ),
            query(
                `sum by (${who}) (${increase('gatewatch_log_possible_losses_total')})`,
                `possible losses 可能丢失 ${place}`,
            ),
            query(
                `sum by (${who}) (${increase('gatewatch_log_unparsed_lines_total')})`,
                `unparsed lines 未识别行 ${place}`,
            ),
        ],
        unit: 'short',
        width: 8,
        needs: always('A', 'B', 'C', 'D'),
    }),
    timeSeries('Memory · 内存', {
        description: `Resident memory of the agent; it should not grow.
agent 的常驻内存，不应持续增长。`,
        queries: [query(ofAgents('process_resident_memory_bytes'), '{{instance}}')],
        unit: 'bytes',
        width: 8,
        needs: always('A'),
    }),
    timeSeries('Open descriptors and CPU · 描述符与 CPU', {
        description: `Open file descriptors (left behind ones would add up), and CPU cores in use.
打开的文件描述符（泄漏时会持续增加）与占用的 CPU 核数。`,
        queries: [
            query(ofAgents('process_open_fds'), 'descriptors 描述符 @ {{instance}}'),
            query(ofAgents('rate(process_cpu_seconds_total[$__rate_interval])'), 'CPU cores 核 @ {{instance}}'),
        ],
        unit: 'short',
        width: 8,
        needs: always('A', 'B'),
    }),
];
