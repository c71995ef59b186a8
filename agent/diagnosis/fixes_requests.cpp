#include "agent/diagnosis/fixes.hpp"
#include "agent/diagnosis/text.hpp"

namespace gatewatch::agent::fix {

Text header_too_large(const Facts& facts) {
    const bool only_with_token = facts.passes(Role::public_, ProbeKind::websocket);
    if (only_with_token || facts.passes(Role::public_, ProbeKind::polling)) {
        return {
            "The request is too large only with the token in its header: send it in the auth payload, "
            "io(url, { auth: { token } }), or write `large_client_header_buffers 4 16k;` in the server block "
            "(nginx -t && nginx -s reload).",
            "仅当 token 放在请求头中时请求才过大：请改用 auth 负载 io(url, { auth: { token } })；或在 server "
            "块中写 `large_client_header_buffers 4 16k;`（nginx -t && nginx -s reload）。"};
    }
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
