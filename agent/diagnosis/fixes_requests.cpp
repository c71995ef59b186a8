#include "agent/diagnosis/fixes.hpp"
#include "agent/diagnosis/text.hpp"

namespace gatewatch::agent::fix {

Text header_too_large(const Facts&) {
    return {
        "The request's header is too large: send the token in the auth payload instead of a header or "
        "cookie, or write `large_client_header_buffers 4 16k;` in the server block (nginx -t && nginx -s "
        "reload).",
        "请求头过大：把 token 放入 auth 负载，而不是请求头或 cookie；或在 server 块中写 "
        "`large_client_header_buffers 4 16k;`（nginx -t && nginx -s reload）。"};
}

Text rate_limited(const Facts& facts) {
    return say(
        "limit_req or limit_conn turns requests for {0} down. Raise the limit in location {0}, or "
        "exempt the prober's address with a geo block; then nginx -t && nginx -s reload",
        "limit_req 或 limit_conn 拒绝了对 {0} 的请求。请在 location {0} 中提高限额，或用 geo 块豁免探"
        "测器的地址；然后 nginx -t && nginx -s reload",
        values_of(facts.gateway()).path);
}

Text post_blocked(const Facts& facts) {
    return say(
        "GET {0} passes and POST does not: allow POST in location {0} (limit_except, a WAF rule, "
        "client_max_body_size), then nginx -t && nginx -s reload",
        "GET {0} 通过而 POST 不通过：请在 location {0} 中允许 POST（limit_except、WAF 规则、"
        "client_max_body_size），然后 nginx -t && nginx -s reload",
        values_of(facts.gateway()).path);
}

Text proxy_denied(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    return say(
        "nginx itself turns {0}{1} down, the backend is never asked. Look in the location that takes "
        "{1} for deny, auth_basic, return, or root in place of proxy_pass {2}; (nginx -T; tail "
        "/var/log/nginx/error.log)",
        "nginx 自身拒绝了 {0}{1}，请求没有到达后端。检查匹配 {1} 的 location 中的 deny、auth_basic、"
        "return，或以 root 代替了 proxy_pass {2};（nginx -T；tail /var/log/nginx/error.log）",
        v.public_url, v.path, v.local_url);
}

Text not_sticky(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    const Matches lost = [](const probes::Outcome& outcome) {
        return is_any(outcome, {probes::Reason::eio_sid_unknown});
    };
    const bool only_nginx = !facts.failure(Role::local, lost) && facts.has_route(Role::local);
    if (only_nginx) {
        return say(
            "nginx spreads the requests of one session over several backends. Put `hash $remote_addr "
            "consistent;` or `ip_hash;` into the upstream block behind location {0}, or let clients "
            "use transports: ['websocket']. If {1} runs as a PM2 cluster, its workers do the same: "
            "see @socket.io/pm2.",
            "nginx 把同一会话的请求分到多个后端。请在 location {0} 对应的 upstream 块中写 "
            "`hash $remote_addr consistent;` 或 `ip_hash;`，或让客户端使用 transports: ['websocket']。"
            "若 {1} 以 PM2 cluster 运行，其进程也会如此：见 @socket.io/pm2。",
            v.path, v.app);
    }
    return say(
        "The workers of {0} do not share sessions. Run one instance (pm2 delete {0}, then start it "
        "with instances: 1), or use @socket.io/sticky with @socket.io/pm2, or let clients use "
        "transports: ['websocket'] only.",
        "{0} 的多个进程不共享会话。请只运行一个实例（pm2 delete {0} 后以 instances: 1 启动），或使用 "
        "@socket.io/sticky 与 @socket.io/pm2，或让客户端只使用 transports: ['websocket']。",
        v.app);
}

Text cors_duplicate(const Facts& facts) {
    return say(
        "A browser refuses two Access-Control-Allow-Origin headers. Remove add_header "
        "Access-Control-* from location {} in nginx and leave CORS to the backend.",
        "浏览器拒绝两个 Access-Control-Allow-Origin 头。请删除 nginx location {} 中的 add_header "
        "Access-Control-*，由后端统一处理 CORS。",
        values_of(facts.gateway()).path);
}

Text cors_mismatch(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    return say(
        "Let the backend allow exactly the frontend's origin, without a slash at its end, and no * "
        "together with credentials:\nFRONTEND_URL={0}\npm2 restart {1} --update-env",
        "让后端只允许前端的来源，末尾不带斜杠，且 * 不与凭据同用：\nFRONTEND_URL={0}\npm2 restart {1} "
        "--update-env",
        v.origin, v.app);
}

}  // namespace gatewatch::agent::fix
