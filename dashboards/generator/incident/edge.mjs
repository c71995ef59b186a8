// Incident: what nginx's own logs say of the Socket.IO path.

import { query, timeSeries } from '../grafana.mjs';
import { dueTo, mostly } from '../states.mjs';
import { increase, place, who } from '../terms.mjs';

export const edge = [
    timeSeries('Requests at nginx · nginx 收到的请求', {
        description: `Requests to the Socket.IO path by nginx's access log: transport, kind of status, origin. The
probes' are synthetic. switched is a WebSocket that was opened.
nginx 访问日志中对 Socket.IO 路径的请求：传输方式、状态类别与来源。探测请求为 synthetic，switched 表示 WebSocket 已建立。`,
        queries: [
            query(
                `sum by (${who}, transport, status, origin) (${increase('gatewatch_nginx_log_requests_total')}) > 0`,
                `{{transport}} {{status}} ({{origin}}) ${place}`,
                { needs: mostly('dns', 'certificate') },
            ),
        ],
        unit: 'short',
        bars: true,
        stack: true,
        width: 12,
    }),
    timeSeries('Errors of the upstream · 上游错误', {
        description: `Why nginx had no answer from the backend, by its error log; "all" at zero: there were none.
nginx 错误日志中未能从后端得到响应的原因；“全部”为零表示没有错误。`,
        queries: [
            query(
                `sum by (${who}) (${increase('gatewatch_nginx_log_upstream_errors_total')})`,
                `all 全部 ${place}`,
            ),
            query(
                `sum by (${who}, error) (${increase('gatewatch_nginx_log_upstream_errors_total')}) > 0`,
                `{{error}} ${place}`,
                { needs: dueTo('backend') },
            ),
        ],
        unit: 'short',
        bars: true,
        width: 12,
    }),
];
