#include "agent/diagnosis/fixes.hpp"
#include "agent/diagnosis/text.hpp"

namespace gatewatch::agent::fix {
namespace {

constexpr std::string_view reload = "nginx -t && nginx -s reload";

/// A sentence, the map and the right location, each with the block that it belongs into, and the reload.
Text with_location(const Facts& facts, const Text& sentence) {
    const Values v = values_of(facts.gateway());
    const Text server = server_block(v);
    const Text hint = address_hint(facts);
    const std::string map = "    map $http_upgrade $connection_upgrade { default upgrade; '' close; }\n";
    const std::string location = location_block(v);
    return {fmt::format("{}\nIn http {{ }}, once:\n{}In {}, before `location /`:\n{}{}{}", sentence.en, map,
                        server.en, location, hint.en, reload),
            fmt::format("{}\n在 http {{ }} 中写一次：\n{}在 {}中、`location /` 之前：\n{}{}{}", sentence.zh,
                        map, server.zh, location, hint.zh, reload)};
}

}  // namespace

Text redirect(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    return say(
        "WebSocket clients do not follow redirects. Use the final URL (the Location of the evidence) "
        "in the frontend and in Gatewatch's route instead of {0}, keep the slash at the end of {1}, "
        "and let nginx redirect pages only, not location {1}.",
        "WebSocket 客户端不跟随重定向。请在前端和 Gatewatch 路由中使用最终 URL（见证据中的 Location）"
        "代替 {0}，保留 {1} 末尾的斜杠，并让 nginx 只重定向页面，不重定向 location {1}。",
        v.public_url, v.path);
}

Text wrong_vhost(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    if (!v.public_by_name) {
        return say(
            "Another server block answers at {0}. Write `listen {1} default_server;` in the one block that "
            "holds location {2}, as no server_name fits a request by address (nginx -T | grep listen), then "
            "{3}",
            "在 {0} 应答的是另一个 server 块。按地址访问时没有 server_name 可匹配：请在含有 location {2} "
            "的块中写 "
            "`listen {1} default_server;`（nginx -T | grep listen），然后执行 {3}",
            v.public_address, v.public_port, v.path, reload);
    }
    return say(
        "Another server block answers for {0}. Write `server_name {0};` in the block that holds "
        "location {1}, see that the file is included (nginx -T | grep server_name), then {2}",
        "为 {0} 应答的是另一个 server 块。请在含有 location {1} 的块中写 `server_name {0};`，确认该文"
        "件已被包含（nginx -T | grep server_name），然后执行 {2}",
        v.public_host, v.path, reload);
}

Text location_missing(const Facts& facts) {
    return with_location(
        facts, say("nginx answers {} with the frontend's page: it has no location for it.",
                   "nginx 用前端页面应答了 {}：缺少对应的 location。", values_of(facts.gateway()).path));
}

Text path_rewritten(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    const Text hint = address_hint(facts);
    return {
        fmt::format("nginx changes the path on its way. In location {} write proxy_pass without any path or "
                    "slash after the port, and without rewrite:\n        proxy_pass {};\n{}{}",
                    v.path, v.local_url, hint.en, reload),
        fmt::format("nginx 转发时改写了路径。在 location {} 中，proxy_pass 的端口之后不要带任何路径或斜杠，也"
                    "不要 rewrite：\n        proxy_pass {};\n{}{}",
                    v.path, v.local_url, hint.zh, reload)};
}

Text wrong_upstream(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    return say(
        "The backend works at {1}, and nginx sends {0} elsewhere. Write in location {0}, with the "
        "address in figures (localhost may become ::1):\n        proxy_pass {1};\n{2}",
        "后端在 {1} 正常，而 nginx 把 {0} 转发到了别处。在 location {0} 中写数字地址（localhost 可能解"
        "析为 ::1）：\n"
        "        proxy_pass {1};\n{2}",
        v.path, v.local_url, reload);
}

Text upstream_unreachable(const Facts& facts) {
    const Values v = values_of(facts.gateway());
    return say(
        "nginx gets no answer from its upstream for {0}{1}: see that the backend runs and that "
        "proxy_pass leads to its port (tail /var/log/nginx/error.log names the address). With a route "
        "named \"local\" in the configuration Gatewatch tells which of the two it is.",
        "nginx 得不到 {0}{1} 上游的应答：确认后端在运行，且 proxy_pass 指向其端口（tail "
        "/var/log/nginx/error.log 会写明地址）。在配置中加入名为 \"local\" 的路由，Gatewatch 即可区分"
        "二者。",
        v.public_url, v.path);
}

Text upgrade_stripped(const Facts& facts) {
    return with_location(
        facts, say("Polling works and WebSocket does not: the Upgrade and Connection headers do not reach "
                   "the backend. They must stand in location {0} itself; one proxy_set_header there hides "
                   "all inherited ones.",
                   "polling 正常而 WebSocket 失败：Upgrade 与 Connection 头没有到达后端。它们必须写在 "
                   "location {0} 自身之内；该处只要有一条 proxy_set_header，就会覆盖全部继承项。",
                   values_of(facts.gateway()).path));
}

}  // namespace gatewatch::agent::fix
