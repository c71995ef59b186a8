#include "agent/diagnosis/cause.hpp"

#include <array>

namespace gatewatch::agent {
namespace {

using enum Severity;

constexpr std::array table{
    CauseFacts{Cause::none, Hop::none, ok, "users can connect", "用户可以正常连接"},
    CauseFacts{Cause::unknown, Hop::none, unknown, "the evidence does not decide", "证据不足，无法判定"},
    CauseFacts{Cause::prober_unhealthy, Hop::agent, unknown, "the prober itself cannot probe",
               "探测器自身无法探测"},
    CauseFacts{Cause::dns_failed, Hop::dns, down, "the public name does not resolve", "公网域名无法解析"},
    CauseFacts{Cause::tcp_refused, Hop::nginx, down, "nothing listens at the public address",
               "公网地址无人监听"},
    CauseFacts{Cause::tcp_timeout, Hop::nginx, down, "the public address drops connections",
               "公网地址丢弃连接"},
    CauseFacts{Cause::tls_expired, Hop::nginx, down, "the certificate is outside its dates",
               "证书不在有效期内"},
    CauseFacts{Cause::tls_untrusted, Hop::nginx, down, "the certificate's issuer is not trusted",
               "证书颁发者不受信任"},
    CauseFacts{Cause::tls_name_mismatch, Hop::nginx, down, "the certificate is for another name",
               "证书属于另一域名"},
    CauseFacts{Cause::tls_not_tls, Hop::nginx, down, "TLS and plain HTTP are mixed up on the port",
               "端口混用了 TLS 与明文 HTTP"},
    CauseFacts{Cause::redirect, Hop::nginx, down, "the public route redirects", "公网路由返回重定向"},
    CauseFacts{Cause::wrong_vhost, Hop::nginx, down, "another nginx server block answers",
               "应答的是另一个 nginx server 块"},
    CauseFacts{Cause::location_missing, Hop::nginx, down, "nginx has no location for the Socket.IO path",
               "nginx 缺少 Socket.IO 路径的 location"},
    CauseFacts{Cause::path_rewritten, Hop::nginx, down, "nginx changes the path on its way to the backend",
               "nginx 转发时改写了路径"},
    CauseFacts{Cause::wrong_upstream, Hop::nginx, down, "nginx sends to the wrong upstream",
               "nginx 转发到错误的上游"},
    CauseFacts{Cause::proxy_denied, Hop::nginx, down, "the proxy denies the request", "代理拒绝了请求"},
    CauseFacts{Cause::upgrade_stripped, Hop::nginx, degraded, "nginx does not pass the Upgrade header on",
               "nginx 未转发 Upgrade 头"},
    CauseFacts{Cause::not_sticky, Hop::nginx, degraded, "requests of one session reach different workers",
               "同一会话的请求落到不同进程"},
    CauseFacts{Cause::post_blocked, Hop::nginx, degraded, "GET passes and POST is blocked",
               "GET 通过而 POST 被拦截"},
    CauseFacts{Cause::cached_handshake, Hop::nginx, degraded, "handshakes come from a cache",
               "握手响应来自缓存"},
    CauseFacts{Cause::idle_timeout, Hop::nginx, degraded, "quiet connections are cut", "空闲连接被切断"},
    CauseFacts{Cause::rate_limited, Hop::nginx, degraded, "the proxy limits the rate", "代理触发限流"},
    CauseFacts{Cause::header_too_large, Hop::nginx, degraded, "the request's header is too large",
               "请求头过大"},
    CauseFacts{Cause::cors_duplicate, Hop::nginx, degraded, "two layers send CORS headers",
               "两层都发送了 CORS 头"},
    CauseFacts{Cause::upstream_unreachable, Hop::nginx, down, "nginx cannot reach the backend",
               "nginx 无法连到后端"},
    CauseFacts{Cause::backend_down, Hop::backend, down, "the backend does not listen", "后端没有监听"},
    CauseFacts{Cause::backend_hung, Hop::backend, down, "the backend accepts and says nothing",
               "后端接受连接却不应答"},
    CauseFacts{Cause::path_mismatch, Hop::backend, down, "the backend serves Socket.IO on another path",
               "后端的 Socket.IO 路径不同"},
    CauseFacts{Cause::eio_mismatch, Hop::backend, down,
               "client and server speak different Engine.IO versions", "两端 Engine.IO 版本不一致"},
    CauseFacts{Cause::not_socketio, Hop::backend, down, "what answers is not Socket.IO",
               "应答方不是 Socket.IO"},
    CauseFacts{Cause::namespace_invalid, Hop::backend, down, "the backend does not have the namespace",
               "后端没有该命名空间"},
    CauseFacts{Cause::origin_denied, Hop::backend, down, "the backend forbids the Origin",
               "后端禁止该 Origin"},
    CauseFacts{Cause::connect_unanswered, Hop::backend, down, "the namespace CONNECT gets no answer",
               "命名空间 CONNECT 无应答"},
    CauseFacts{Cause::ready_missing, Hop::backend, down, "the connect is acknowledged and never ready",
               "连接已确认但始终未就绪"},
    CauseFacts{Cause::transport_disabled, Hop::backend, degraded, "the backend has a transport switched off",
               "后端关闭了某种传输方式"},
    CauseFacts{Cause::cors_mismatch, Hop::backend, degraded, "CORS allows another origin or none",
               "CORS 允许的来源不符"},
    CauseFacts{Cause::cors_wildcard, Hop::backend, degraded, "CORS allows * together with credentials",
               "CORS 同时使用 * 与凭据"},
    CauseFacts{Cause::capacity, Hop::backend, degraded, "a limit is reached under load", "高负载下达到上限"},
    CauseFacts{Cause::restart_loop, Hop::backend, degraded, "the backend restarts again and again",
               "后端反复重启"},
    CauseFacts{Cause::env_misconfigured, Hop::backend, degraded, "an environment file lacks a line",
               "环境文件缺少配置"},
    CauseFacts{Cause::token_missing, Hop::token, down, "the gateway sees no token", "网关没有收到 token"},
    CauseFacts{Cause::tz_skew, Hop::token, down, "backend and database disagree on the time zone",
               "后端与数据库时区不一致"},
    CauseFacts{Cause::token_expired, Hop::token, unknown, "the probe's own token has expired",
               "探测用的 token 已过期"},
    CauseFacts{Cause::token_revoked, Hop::token, unknown, "the probe's own token is revoked",
               "探测用的 token 已被撤销"},
    CauseFacts{Cause::token_unknown, Hop::token, unknown, "the probe's own token is not in the table",
               "探测用的 token 不在表中"},
    CauseFacts{Cause::auth_rejected, Hop::token, down, "the gateway rejects the token, the reason is open",
               "网关拒绝 token，原因未定"},
    CauseFacts{Cause::auth_bypassed, Hop::backend, down, "the gateway accepts a bad token",
               "网关接受了无效 token"},
    CauseFacts{Cause::database_down, Hop::database, down, "the backend has no database",
               "后端无法使用数据库"},
    CauseFacts{Cause::frontend_misconfigured, Hop::frontend, down, "the frontend connects to the wrong place",
               "前端连接了错误的地址"},
    CauseFacts{Cause::log_blind, Hop::agent, degraded,
               "the followed log does not tell of the backend's connections", "所读日志未反映该后端的连接"},
};

constexpr bool complete() {
    if (table.size() != enum_count<Cause>) return false;
    for (std::size_t i = 0; i < table.size(); ++i) {
        const CauseFacts& row = table[i];
        if (row.cause != static_cast<Cause>(i) || row.en.empty() || row.zh.empty()) return false;
    }
    return true;
}
static_assert(complete(), "each cause needs one row, in the order of the enumeration");

}  // namespace

const CauseFacts& facts_of(Cause cause) {
    return table[static_cast<std::size_t>(cause)];
}

}  // namespace gatewatch::agent
