// Fleet: the numbers at the top.

import { query, stat } from './grafana.mjs';
import { atLeast, everywhere, exactly, whileProbeIsGood } from './states.mjs';
import { agents, faulty, max, who } from './terms.mjs';
import { colour, words } from './words.mjs';

// Prometheus asks much else than agents; an agent is what has answered as one within a day.
export const asked = `
    (max by (job, instance) (up{${agents}})
    and on (job, instance) last_over_time(gatewatch_build_info{${agents}}[1d]))`;
// The share of the vantages that can connect, as the pages have it: rules/gatewatch-availability.yml.
const publicUp = 'gateway_route:gatewatch_connect_up:avg1m{route="public", gateway=~"$gateway"}';
const none = { 0: ['0: none 无', colour.good] };
const now = { at: 'now' };
const zero = exactly(0);
const one = exactly(1);

export const overview = [
    stat('Agents that answer · 可访问的 agent', {
        description: `Of the agents that Prometheus has reached within a day, those that answer now.
最近一天内出现过的 agent 中，当前可以抓取的数量。`,
        queries: [
            query(`sum(${asked})`, 'agents', {
                at: 'now',
                needs: everywhere,
                values: { healthy: one, agent: zero, recovered: one },
            }),
        ],
        mappings: words({ 0: ['0: no agent 全部失联', colour.bad] }),
        height: 4,
        width: 4,
    }),
    stat('Agents that do not · 失联的 agent', {
        description: `Of the same agents, those that Prometheus cannot reach: nothing is known from there.
其中当前无法抓取的数量：从那里看到的情况未知。`,
        queries: [
            query(`count(${asked}) - sum(${asked})`, 'agents', {
                at: 'now',
                needs: everywhere,
                values: { healthy: zero, agent: one, recovered: zero },
            }),
        ],
        mappings: words(none),
        height: 4,
        width: 4,
    }),
    stat('Gateways watched · 监控的网关', {
        description: `Gateways that at least one agent watches now.
当前至少被一个 agent 监控的网关数量。`,
        queries: [query(`count(${max('gateway', 'gatewatch_diagnosis', 'cause="none"')})`, 'gateways', now)],
        height: 4,
        width: 4,
    }),
    stat('Gateways out of reach · 不可连接的网关', {
        description: `Gateways to which more than half of the vantages could not connect over the public route for a
minute, as GatewatchPublicDown has it. Of all vantages, whichever agents are chosen above; one whose own token or host
is at fault has no opinion.
超过半数的观测点经公网入口连续一分钟无法连接的网关数量，判据与告警 GatewatchPublicDown 相同。统计所有观测点，不受上方 agent 选择影响；自身 token 或主机有问题的观测点不参与判断。`,
        queries: [
            query(`sum(${publicUp} < bool 0.5)`, 'gateways', {
                at: 'now',
                needs: whileProbeIsGood,
                values: { healthy: zero, nginx: one, backend: one, recovered: zero },
            }),
        ],
        mappings: words(none),
        height: 4,
        width: 4,
    }),
    stat('Gateways with a fault · 有故障的网关', {
        description: `Gateways for which an agent names a cause, or cannot decide; not where it only blames itself or
its own token.
有 agent 给出故障原因或未能判断的网关数量；agent 只归咎于自身或其探测 token 的不计入。`,
        queries: [
            query(`sum(${faulty})`, 'gateways', {
                at: 'now',
                values: { healthy: zero, nginx: one, frontend: one, token: zero, recovered: zero },
            }),
        ],
        mappings: words(none),
        height: 4,
        width: 4,
    }),
    stat('Collectors that cannot read · 无法读取的采集器', {
        description: `Configured collectors that cannot read what they watch: the diagnosis there has less to go by.
已配置但无法读取的采集器数量：相应的诊断依据会减少。`,
        queries: [
            query(`sum(${max(`${who}, collector`, 'gatewatch_collector_up')} == bool 0)`, 'collectors', {
                at: 'now',
                values: { healthy: zero, database: atLeast(1), recovered: zero },
            }),
        ],
        mappings: words(none),
        height: 4,
        width: 4,
    }),
];
