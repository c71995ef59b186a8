// The dashboard of an incident: read from the top, it says whether it is down, where, why, and whether to believe it.

import { annotation, common, dashboard, gateways, oneOf } from '../dashboard.mjs';
import { objective } from '../slo_terms.mjs';
import { broken, dueTo, whileAgentRuns } from '../states.mjs';
import { agents, named } from '../terms.mjs';
import { edge } from './edge.mjs';
import { now, where, why } from './service.mjs';
import { time } from './time.mjs';
import { tokens } from './tokens.mjs';
import { trust } from './trust.mjs';

/** The causes that were named, as marks on the time axis. */
export const causes = annotation('Cause 原因', named, {
    text: '{{cause}}: {{gateway}} @ {{instance}}',
    tags: ['cause', 'gateway', 'instance'],
    iconColor: 'orange',
    needs: dueTo(...broken),
});
/** Starts of agents: what was measured before them stands on older memory. */
export const starts = annotation(
    'Agent started · agent 启动',
    `process_start_time_seconds{${agents}} * 1000 and on (job, instance) gatewatch_build_info{${agents}}`,
    { text: '{{instance}}', tags: ['instance'], iconColor: 'blue', timeInValue: true, needs: whileAgentRuns },
);

export const incident = dashboard({
    title: 'Gatewatch · Incident 故障',
    uid: 'gatewatch-incident',
    description:
        'Can users connect to the Socket.IO gateway, and if not, why. 用户能否连接 Socket.IO 网关，若不能，原因何在。',
    from: 'now-1h',
    refresh: '30s',
    variables: [
        ...common,
        gateways,
        objective,
        oneOf(
            'agent',
            'instance',
            'Runbooks at 手册地址',
            'gatewatch_build_info{job=~"$job"}',
            'An agent that answers, as your browser reaches it: the links of the alerts lead there. 能够响应且浏览器可访问的 agent 地址，告警中的手册链接指向它。',
        ),
    ],
    annotations: [causes, starts],
    rows: [
        { title: 'Now · 现在', panels: now },
        { title: 'Where · 哪里', panels: where },
        { title: 'Why · 为什么', panels: why },
        { title: 'Time · 耗时', panels: time },
        { title: 'Tokens and certificate · token 与证书', panels: tokens },
        { title: 'Edge: nginx · 边缘：nginx', panels: edge },
        { title: 'Trust: the agent itself · 可信度：agent 自身', panels: trust, collapsed: true },
    ],
});
