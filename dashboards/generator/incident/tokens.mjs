// Incident: is a token, the table they are in, or the certificate about to fail users?

import { query, stat, stateTimeline, timeSeries } from '../grafana.mjs';
import { atLeast, atMost, mostly, onlyIn, whileDatabaseAnswers as needs } from '../states.mjs';
import { at, increase, max, min, place, who } from '../terms.mjs';
import { colour, words } from '../words.mjs';

const rejections = `
    sum by (${who}, event, origin) (${increase('gatewatch_log_events_total', 'event=~"accepted|rejected_.+"')})`;

export const tokens = [
    stat('Valid tokens · 有效 token', {
        description: `Tokens that are neither revoked nor expired, counted in the token table. No data: the
database was not read.
token 表中未撤销且未过期的数量。“无数据”表示没有读到数据库。`,
        queries: [
            query(max(who, 'gatewatch_tokens', 'state="valid"'), at, {
                at: 'now',
                needs,
                values: { healthy: atLeast(1) },
            }),
        ],
        unit: 'short',
        mappings: words({ 0: ['none left 已耗尽', colour.bad] }),
        width: 6,
    }),
    stat('Users without a valid token · 没有有效 token 的用户', {
        description: `Users who have tokens in the table and none that is valid: they must log in anew. Only with
count_users in the configuration.
在表中有 token 但没有一个有效的用户数，他们必须重新登录。仅在配置了 count_users 时显示。`,
        queries: [query(max(who, 'gatewatch_users_without_valid_token'), at, { at: 'now', needs })],
        unit: 'short',
        width: 6,
    }),
    stat("The probe's own token runs out in · 探测 token 剩余时间", {
        description: `From the token's row in the database; below zero it has run out. No data: the database was not
read, or the agent gets the token by login, which renews itself.
取自数据库中该 token 的记录，负数表示已过期。“无数据”表示没有读到数据库，或该 token 由 agent 通过登录获取、会自动更新。`,
        queries: [
            query(`${min(who, 'gatewatch_probe_token_expiry_timestamp_seconds')} - time()`, at, {
                at: 'now',
                needs,
                values: { healthy: atLeast(0), token: atMost(0) },
            }),
        ],
        unit: 's',
        width: 6,
    }),
    stat('Certificate runs out in · 证书剩余时间', {
        description: `Of each https route; below zero it has run out. No data: the routes are plain http.
各 https 入口的证书剩余时间，负数表示已过期。“无数据”表示均为 http。`,
        queries: [
            query(
                `${min(`${who}, route`, 'gatewatch_tls_not_after_timestamp_seconds')} - time()`,
                `{{route}} ${place}`,
                { at: 'now', needs: onlyIn('certificate') },
            ),
        ],
        unit: 's',
        width: 6,
    }),
    timeSeries('Tokens by state · 各状态 token', {
        description: `Rows of the token table: valid, expired, revoked (revoked first). 1 at "capped" says that
counting stopped at its bound.
token 表中各状态的行数（优先判为已撤销）。capped 为 1 表示计数达到上限。`,
        queries: [
            query(max(`${who}, state`, 'gatewatch_tokens'), `{{state}} ${place}`, { needs }),
            query(max(`${who}, state`, 'gatewatch_tokens_capped'), `{{state}}: capped 已达上限 ${place}`, {
                needs,
            }),
        ],
        unit: 'short',
        width: 8,
    }),
    timeSeries('Valid tokens that run out soon · 即将过期的 token', {
        description: `How many of the valid tokens run out within an hour, six hours, a day; each holds the ones
before it. A jump: many users will be thrown out together.
有效 token 中在一小时、六小时、一天内过期的数量（后者包含前者）。突然升高表示大批用户将同时掉线。`,
        queries: [
            query(max(`${who}, within`, 'gatewatch_tokens_expiring'), `within 不足 {{within}} ${place}`, {
                needs,
            }),
        ],
        unit: 'short',
        width: 8,
    }),
    timeSeries('Valid tokens by age · 有效 token 的签发时间', {
        description: `By the time since they were issued. None younger than an hour while users log in: issuing is
broken.
按签发至今的时间统计。有用户登录而没有一小时内签发的 token，说明签发环节有问题。`,
        // Not of each agent: they count the same table, and stacked it would be as high as they are many.
        queries: [query(max('gateway, age', 'gatewatch_tokens_by_age'), '{{age}} ({{gateway}})', { needs })],
        unit: 'short',
        stack: true,
        width: 8,
    }),
    timeSeries('Accepted and rejected · 接受与拒绝', {
        description: `What the backend said to tokens, by its log. user: everybody but the agent's own probes, some
of which present bad tokens on purpose.
后端日志中对 token 的判定。user 为 agent 探测之外的所有连接；agent 的部分探测会故意使用无效 token。`,
        queries: [query(rejections, `{{event}} ({{origin}}) ${place}`, { needs: mostly('log') })],
        unit: 'short',
        bars: true,
        width: 8,
    }),
    timeSeries('Clock and time zone of the database · 数据库时钟与时区偏差', {
        description: `The database's clock ahead of this host's, and the time zone of its sessions ahead of the
backend's. Off by whole quarter-hours: tokens run out hours early or late.
数据库时钟领先本机的秒数，以及数据库会话时区领先后端时区的秒数。若为整刻钟，token 会提前或推迟过期。`,
        queries: [
            query(max(who, 'gatewatch_mysql_clock_skew_seconds'), `clock 时钟 ${place}`, { needs }),
            query(max(who, 'gatewatch_mysql_zone_skew_seconds'), `time zone 时区 ${place}`, { needs }),
        ],
        unit: 's',
        lowest: null,
        width: 8,
    }),
    stateTimeline('Warnings on the token table · token 表告警', {
        description: `What is amiss with the table or the account although it can be counted; what to do is in the
agent's status page and log.
虽可统计但仍存在的问题：缺少索引、权限过大、表结构、排序规则、时区。处理方法见 agent 的状态页和日志。`,
        queries: [
            query(max(`${who}, warning`, 'gatewatch_mysql_warning'), `{{warning}} ${place}`, { needs }),
        ],
        mappings: words({ 1: ['warning 有问题', colour.part], 0: ['fine 正常', colour.good] }),
        height: 9,
        width: 8,
    }),
];
