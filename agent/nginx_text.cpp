#include "agent/nginx_text.hpp"

#include <fmt/format.h>

namespace gatewatch::agent {
namespace {

using probes::NginxFault;
using probes::NginxFinding;

/// "location /socket.io/", or the server block.
Text block_of(const NginxFinding& finding) {
    if (!finding.location.empty()) return {"location " + finding.location, "location " + finding.location};
    if (!finding.server.empty())
        return {"the server block of " + finding.server, "server 块 " + finding.server};
    return {"the server block", "server 块"};
}

/// Both languages from one pattern each, with the block and the words at fault.
Text sentence(const NginxFinding& finding, fmt::format_string<const std::string&, const std::string&> en,
              fmt::format_string<const std::string&, const std::string&> zh) {
    const Text block = block_of(finding);
    return {fmt::format(en, block.en, finding.directive), fmt::format(zh, block.zh, finding.directive)};
}

Text of_server(const NginxFinding& finding) {
    if (finding.problem) {
        return {"no server block has the public name in server_name: the default one answers",
                "没有 server 块的 server_name 包含对外域名，请求落到默认的 server 块"};
    }
    if (finding.server.empty() && finding.directive.empty()) {
        return {
            "no server block listens on the public port or has the public name; where something in front "
            "of nginx publishes them, all is well",
            "没有 server 块监听对外端口，也没有包含对外域名；如果由 nginx 前面的设备对外发布，则属正常"};
    }
    return {
        "no server block listens on the public port; this one was chosen by its name, as if a load balancer "
        "or a container published the port",
        "没有 server 块监听对外端口；此处按域名选定，视为由负载均衡或容器对外发布该端口"};
}

Text of_timeout(const NginxFinding& finding) {
    std::string words = finding.directive.empty() ? "proxy_read_timeout (60s)" : finding.directive;
    if (words.ends_with(';')) words.pop_back();
    if (finding.problem) {
        return {fmt::format("{} is not longer than pingInterval: quiet connections are cut", words),
                fmt::format("{} 不大于 pingInterval，空闲连接会被切断", words)};
    }
    return {fmt::format("{} is not longer than pingInterval and pingTimeout together: a late ping cuts the "
                        "connection",
                        words),
            fmt::format("{} 不大于 pingInterval 与 pingTimeout 之和，ping 稍晚连接就会被切断", words)};
}

Text of_denial(const NginxFinding& finding) {
    if (finding.directive.starts_with("auth_basic"))
        return sentence(finding, "{0} asks for a password (\"{1}\")", "{0} 要求输入密码（“{1}”）");
    if (finding.problem)
        return sentence(finding, "{0} refuses every request: \"{1}\"", "{0} 拒绝所有请求：“{1}”");
    return sentence(finding, "{0} lets only some addresses in: \"{1}\"", "{0} 只放行部分地址：“{1}”");
}

Text of_rate(const NginxFinding& finding) {
    if (finding.problem)
        return sentence(finding, "{0} allows fewer requests than one polling session needs: \"{1}\"",
                        "{0} 允许的请求数不够一次轮询会话使用：“{1}”");
    return sentence(finding, "{0} limits requests or connections (\"{1}\"): polling makes many",
                    "{0} 限制了请求或连接数（“{1}”），而轮询请求较多");
}

Text of_cache(const NginxFinding& finding) {
    if (finding.problem)
        return sentence(finding, "{0} stores handshakes in a cache (\"{1}\"): users get each other's session",
                        "{0} 会缓存握手响应（“{1}”），用户会拿到别人的会话");
    return sentence(finding, "{0} has a cache (\"{1}\"); engine.io's answers forbid storing them",
                    "{0} 配置了缓存（“{1}”）；engine.io 的响应禁止缓存，目前不受影响");
}

Text of_authorization(const NginxFinding& finding) {
    return sentence(finding,
                    "{0} takes the Authorization header away (\"{1}\"): a token sent there never arrives",
                    "{0} 去掉了 Authorization 请求头（“{1}”），放在其中的 token 到不了后端");
}

Text of_header(const NginxFinding& finding, std::string_view name) {
    const auto block = block_of(finding);
    if (finding.directive.empty()) {
        return {fmt::format("{} does not pass the {} header on: WebSocket upgrades fail", block.en, name),
                fmt::format("{} 没有传递 {} 请求头，WebSocket 升级会失败", block.zh, name)};
    }
    return {fmt::format("{} does not pass the {} header on (\"{}\"): WebSocket upgrades fail", block.en, name,
                        finding.directive),
            fmt::format("{} 没有正确传递 {} 请求头（“{}”），WebSocket 升级会失败", block.zh, name,
                        finding.directive)};
}

Text of_redirect(const NginxFinding& finding) {
    if (!finding.directive.starts_with("return") && !finding.directive.starts_with("rewrite"))
        return {"nginx redirects the path to the same with a slash at its end: add the slash to path",
                "nginx 会把该路径重定向到末尾带斜杠的路径：请在 path 末尾加上斜杠"};
    return sentence(finding, "{0} redirects (\"{1}\"): Socket.IO clients do not follow; use the final URL",
                    "{0} 会重定向（“{1}”），Socket.IO 客户端不跟随；请使用最终的 URL");
}

}  // namespace

Text describe(const NginxFinding& finding) {
    switch (finding.fault) {
        case NginxFault::no_server:
            return of_server(finding);
        case NginxFault::no_location:
            return sentence(finding, "{0} does not proxy the Socket.IO path: it gets a page or 404",
                            "{0} 没有代理 Socket.IO 路径，请求得到的是页面或 404");
        case NginxFault::upgrade_not_passed:
            return of_header(finding, "Upgrade");
        case NginxFault::connection_not_passed:
            return of_header(finding, "Connection");
        case NginxFault::headers_not_inherited:
            return sentence(
                finding,
                "{0} has proxy_set_header lines of its own (\"{1}\"), so that Upgrade and Connection "
                "are not inherited: WebSocket upgrades fail",
                "{0} 自带 proxy_set_header（“{1}”），因此不会继承外层的 Upgrade 和 "
                "Connection，WebSocket 升级会失败");
        case NginxFault::path_rewritten:
            return sentence(finding, "{0} changes the path: with \"{1}\" the backend gets another one",
                            "{0} 改写了路径：“{1}”使后端收到的路径不同");
        case NginxFault::other_upstream:
            return sentence(finding, "{0} leads to another port than the local route: \"{1}\"",
                            "{0} 指向的端口与 local 路由不同：“{1}”");
        case NginxFault::not_sticky:
            return sentence(finding,
                            "several backends take turns (\"{1}\"), so that a polling session loses its "
                            "backend: ip_hash keeps it",
                            "多个后端轮流处理（“{1}”），轮询会话会换到别的后端：请用 ip_hash 固定");
        case NginxFault::read_timeout_short:
            return of_timeout(finding);
        case NginxFault::denied:
            return of_denial(finding);
        case NginxFault::redirected:
            return of_redirect(finding);
        case NginxFault::methods_limited:
            return sentence(finding, "{0} refuses POST (\"{1}\"): polling cannot send",
                            "{0} 拒绝 POST（“{1}”），轮询无法发送数据");
        case NginxFault::rate_limited:
            return of_rate(finding);
        case NginxFault::cached:
            return of_cache(finding);
        case NginxFault::cors_added:
            return sentence(
                finding, "{0} adds CORS headers (\"{1}\"): where the backend does too, browsers refuse both",
                "{0} 添加了 CORS 响应头（“{1}”），如果后端也添加，浏览器会因重复而拒绝");
        case NginxFault::authorization_dropped:
            return of_authorization(finding);
        case NginxFault::header_buffers_small:
            return sentence(finding, "request headers do not fit: \"{1}\" leaves no room for a token",
                            "请求头缓冲区太小：“{1}”放不下 token");
        case NginxFault::http_version:
            return sentence(finding,
                            "{0} speaks HTTP/1.0 to the backend; it works, proxy_http_version 1.1 is usual",
                            "{0} 用 HTTP/1.0 访问后端；可以工作，通常写 proxy_http_version 1.1");
        case NginxFault::buffering_on:
            return sentence(finding, "{0} buffers answers; it works, proxy_buffering off is usual",
                            "{0} 会缓冲响应；可以工作，通常写 proxy_buffering off");
        case NginxFault::connection_fixed:
            return sentence(finding,
                            "{0} asks for an upgrade in every request (\"{1}\"); it works, a map is usual",
                            "{0} 对所有请求都发送升级头（“{1}”）；可以工作，通常使用 map");
        case NginxFault::upstream_by_name:
            return sentence(
                finding, "\"{1}\" names localhost: nginx tries ::1 as well, where the backend may not listen",
                "“{1}”使用 localhost：nginx 也会尝试 ::1，而后端未必监听 ::1");
    }
    return {};
}

std::string place_of(const NginxFinding& finding) {
    return finding.line ? fmt::format("{}:{}", finding.file, finding.line) : finding.file;
}

}  // namespace gatewatch::agent
