// Incident: can the agent's own word be trusted?

import { query, stat, stateTimeline, timeSeries } from '../grafana.mjs';
import { atMost, mostly } from '../states.mjs';
import { agents, gateway, increase, max, ofAgents, place, who } from '../terms.mjs';
import { colour, words } from '../words.mjs';

const ofEachAgent = (aggregate, metric) => `${aggregate} by (instance) (${metric}{${agents}})`;

// header_token and other_eio only run after a failure: in a healthy deployment their age says nothing.
const ageInIntervals = (timestamp) => `
    (time() - max by (${who}, route, probe) (${timestamp}{${gateway}, probe!~"header_token|other_eio"}))
    / on (${who}, route, probe)
    max by (${who}, route, probe) (gatewatch_probe_interval_seconds{${gateway}})`;

export const trust = [
    stat('Version · 版本', {
        description: `The agents that Prometheus scrapes, by version.
Prometheus 抓取的 agent 及其版本。`,
        queries: [
            query(
                `max by (instance, version) (gatewatch_build_info{${agents}})`,
                '{{version}} @ {{instance}}',
                { at: 'now' },
            ),
        ],
        show: 'name',
        height: 4,
        width: 6,
    }),
    stat('Running for · 运行时长', {
        description: `Since the agent started. Back near zero again and again: it restarts.
agent 启动至今的时间。反复归零表示它在不断重启。`,
        queries: [
            query(ofAgents(`time() - process_start_time_seconds{${agents}}`), '{{instance}}', { at: 'now' }),
        ],
        unit: 's',
        height: 4,
        width: 6,
    }),
    stat('Configuration · 配置', {
        description: `Whether the file was good when last read; if not, the configuration before it is in force.
最近一次读取的配置是否有效；无效时沿用之前的配置。`,
        queries: [
            query(ofEachAgent('min', 'gatewatch_config_last_reload_successful'), '{{instance}}', {
                at: 'now',
            }),
        ],
        mappings: words({ 1: ['good 有效', colour.good], 0: ['refused 被拒绝', colour.bad] }),
        height: 4,
        width: 6,
    }),
    stat('Configuration in force for · 配置生效时长', {
        description: `Since a good configuration was last read.
距最近一次成功读取配置的时间。`,
        queries: [
            query(
                `time() - ${ofEachAgent('max', 'gatewatch_config_last_reload_success_timestamp_seconds')}`,
                '{{instance}}',
                { at: 'now' },
            ),
        ],
        unit: 's',
        height: 4,
        width: 6,
    }),
    stateTimeline('Collectors · 采集器', {
        description: `Whether each collector can read what it watches. A gap: not configured, or no agent.
各采集器能否读取其对象。空白表示未配置或 agent 未运行。`,
        queries: [
            query(
                max(`${who}, collector`, 'gatewatch_collector_up'),
                '{{gateway}} {{collector}} @ {{instance}}',
            ),
        ],
        mappings: words({ 1: ['readable 可读', colour.good], 0: ['unreadable 不可读', colour.bad] }),
        width: 12,
    }),
    stateTimeline('Wording of the log · 日志措辞', {
        description: `Whether the lines of the backend's log still say something known. Changed: the log grows and
connections are made, but no line is recognised; set patterns in the configuration.
后端日志的内容是否仍可识别。“已变”表示日志在增长、有连接，但没有一行能识别，请在配置中设置 patterns。`,
        queries: [query(max(who, 'gatewatch_log_wording_drift'), place, { needs: mostly('log') })],
        mappings: words({ 1: ['changed 已变', colour.bad], 0: ['known 可识别', colour.good] }),
        width: 12,
    }),
    timeSeries('Age of the last run, in intervals · 距上次运行（间隔数）', {
        description: `How old each probe's result is, in its own intervals. Well above one: it no longer runs. Without
header_token and other_eio, which only run after a failure.
各探测结果的时效，以自身间隔为单位。明显大于 1 表示已不再运行。不含只在失败后运行的 header_token 与 other_eio。`,
        queries: [
            query(
                ageInIntervals('gatewatch_probe_last_run_timestamp_seconds'),
                `last run 上次运行: {{route}} {{probe}} ${place}`,
                // There header_token and other_eio have not run since the states before; the longest probe may be due.
                { values: { log: atMost(7) } },
            ),
            query(
                ageInIntervals('gatewatch_probe_last_success_timestamp_seconds'),
                `last pass 上次通过: {{route}} {{probe}} ${place}`,
            ),
        ],
        unit: 'short',
        width: 12,
    }),
    timeSeries('Lag · 延迟', {
        description: `The agent's own delays: of its event loop, and of runs behind their scheduled time.
Never blamed on the target.
agent 自身的延迟：事件循环延迟与探测启动滞后，不会归咎于被测目标。`,
        queries: [
            query(
                ofEachAgent('max', 'gatewatch_event_loop_lag_seconds'),
                'event loop 事件循环 @ {{instance}}',
            ),
            query(
                max(`${who}, route, probe`, 'gatewatch_probe_lateness_seconds'),
                `start of 启动 {{route}} {{probe}} ${place}`,
            ),
        ],
        unit: 's',
        width: 12,
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
    }),
    timeSeries('Log follower · 日志跟踪', {
        description: `Bytes of the log not yet read, should return to zero.
尚未读取的日志字节数，应回落到零。`,
        queries: [query(max(who, 'gatewatch_log_lag_bytes'), `behind 滞后 ${place}`)],
        unit: 'bytes',
        width: 8,
    }),
    timeSeries('Log files · 日志文件事件', {
        description: `Rotations and truncations survived, lines read again after a restart, lines that no pattern or
log_format fits, and places where lines may have been lost.
日志轮转与截断次数、重启后重读的行数、无法识别的行数（后端日志与 nginx 访问日志），以及可能丢失日志的次数。`,
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
            query(
                `sum by (${who}) (${increase('gatewatch_log_replayed_lines_total')})`,
                `read again 重读行 ${place}`,
            ),
            query(
                `sum by (${who}) (${increase('gatewatch_nginx_log_unparsed_lines_total')})`,
                `unparsed lines of nginx · nginx 未识别行 ${place}`,
            ),
        ],
        unit: 'short',
        width: 8,
    }),
    timeSeries('Memory · 内存', {
        description: `Resident memory of the agent; it should not grow.
agent 的常驻内存，不应持续增长。`,
        queries: [query(ofAgents(`process_resident_memory_bytes{${agents}}`), '{{instance}}')],
        unit: 'bytes',
        width: 12,
    }),
    timeSeries('Open descriptors and CPU · 描述符与 CPU', {
        description: `Open file descriptors (left behind ones would add up), and CPU cores in use.
打开的文件描述符（泄漏时会持续增加）与占用的 CPU 核数。`,
        queries: [
            query(ofAgents(`process_open_fds{${agents}}`), 'descriptors 描述符 @ {{instance}}'),
            query(
                ofAgents(`rate(process_cpu_seconds_total{${agents}}[$__rate_interval])`),
                'CPU cores 核 @ {{instance}}',
            ),
        ],
        unit: 'short',
        width: 12,
    }),
];
