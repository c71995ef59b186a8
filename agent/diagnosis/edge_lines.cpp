#include "agent/diagnosis/edge_lines.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "agent/diagnosis/lines.hpp"

namespace gatewatch::agent {
namespace {

using probes::EdgeError;
using probes::EdgeStatus;
using probes::EdgeTransport;

struct TroubleFit {
    EdgeError error;
    Cause cause;
};

constexpr std::array trouble_fits{
    TroubleFit{EdgeError::refused, Cause::backend_down},
    TroubleFit{EdgeError::refused, Cause::restart_loop},
    TroubleFit{EdgeError::timed_out, Cause::backend_down},
    TroubleFit{EdgeError::timed_out, Cause::backend_hung},
    TroubleFit{EdgeError::timed_out, Cause::idle_timeout},
    TroubleFit{EdgeError::closed_early, Cause::path_rewritten},
    TroubleFit{EdgeError::closed_early, Cause::path_mismatch},
    TroubleFit{EdgeError::closed_early, Cause::not_socketio},
    TroubleFit{EdgeError::closed_early, Cause::restart_loop},
    TroubleFit{EdgeError::reset, Cause::backend_down},
    TroubleFit{EdgeError::reset, Cause::restart_loop},
    TroubleFit{EdgeError::reset, Cause::capacity},
    TroubleFit{EdgeError::no_live_upstream, Cause::backend_down},
    TroubleFit{EdgeError::no_live_upstream, Cause::restart_loop},
    TroubleFit{EdgeError::invalid_header, Cause::not_socketio},
    TroubleFit{EdgeError::not_resolved, Cause::tcp_refused},
    TroubleFit{EdgeError::limited, Cause::rate_limited},
    TroubleFit{EdgeError::no_connection, Cause::capacity},
};

struct AnswerFit {
    EdgeStatus status;
    Cause cause;
    std::optional<EdgeTransport> transport = std::nullopt;  ///< nothing: any
};

constexpr std::array answer_fits{
    AnswerFit{EdgeStatus::bad_request, Cause::upgrade_stripped, EdgeTransport::websocket},
    AnswerFit{EdgeStatus::bad_request, Cause::transport_disabled},
    AnswerFit{EdgeStatus::bad_request, Cause::not_sticky, EdgeTransport::polling},
    AnswerFit{EdgeStatus::bad_request, Cause::cached_handshake, EdgeTransport::polling},
    AnswerFit{EdgeStatus::bad_request, Cause::header_too_large},
    AnswerFit{EdgeStatus::bad_request, Cause::eio_mismatch},
    AnswerFit{EdgeStatus::client_error, Cause::header_too_large},
    AnswerFit{EdgeStatus::bad_gateway, Cause::backend_down},
    AnswerFit{EdgeStatus::bad_gateway, Cause::wrong_upstream},
    AnswerFit{EdgeStatus::bad_gateway, Cause::upstream_unreachable},
    AnswerFit{EdgeStatus::bad_gateway, Cause::path_rewritten},
    AnswerFit{EdgeStatus::bad_gateway, Cause::path_mismatch},
    AnswerFit{EdgeStatus::bad_gateway, Cause::restart_loop},
    AnswerFit{EdgeStatus::gateway_timeout, Cause::backend_hung},
    AnswerFit{EdgeStatus::gateway_timeout, Cause::backend_down},
    AnswerFit{EdgeStatus::gateway_timeout, Cause::wrong_upstream},
    AnswerFit{EdgeStatus::gateway_timeout, Cause::upstream_unreachable},
    AnswerFit{EdgeStatus::client_closed, Cause::backend_hung},
    AnswerFit{EdgeStatus::unavailable, Cause::rate_limited},
    AnswerFit{EdgeStatus::too_many, Cause::rate_limited},
    AnswerFit{EdgeStatus::denied, Cause::proxy_denied},
    AnswerFit{EdgeStatus::unauthorized, Cause::proxy_denied},
    AnswerFit{EdgeStatus::not_found, Cause::proxy_denied},
    AnswerFit{EdgeStatus::denied, Cause::origin_denied},
    AnswerFit{EdgeStatus::denied, Cause::post_blocked, EdgeTransport::polling},
    AnswerFit{EdgeStatus::not_allowed, Cause::post_blocked, EdgeTransport::polling},
    AnswerFit{EdgeStatus::not_found, Cause::path_rewritten},
    AnswerFit{EdgeStatus::redirect, Cause::redirect},
    AnswerFit{EdgeStatus::success, Cause::location_missing, EdgeTransport::websocket},
    AnswerFit{EdgeStatus::success, Cause::wrong_vhost, EdgeTransport::websocket},
};

EvidenceLine edge_line(const Text& text) {
    return make_line(std::string(name_of(CollectorKind::nginx_log)), text);
}

std::string_view code_of(EdgeStatus status) {
    constexpr std::array<std::string_view, enum_count<EdgeStatus>> codes{"101", "2xx", "3xx", "400", "401",
                                                                         "403", "404", "405", "429", "499",
                                                                         "4xx", "5xx", "502", "503", "504"};
    return codes[static_cast<std::size_t>(status)];
}

/// Any error of its upstream is worth knowing where nginx is known to reach the wrong one or none, and where
/// nothing is known.
bool fits(EdgeError error, Cause cause) {
    const bool any =
        cause == Cause::wrong_upstream || cause == Cause::upstream_unreachable || cause == Cause::unknown;
    if (any) return error != EdgeError::limited || cause == Cause::unknown;
    return std::ranges::any_of(
        trouble_fits, [&](const TroubleFit& fit) { return fit.error == error && fit.cause == cause; });
}

Text upstream_words(const std::string& upstream) {
    if (upstream.empty()) return {};
    return say(", upstream {}", "，upstream {}", one_line(upstream, 120));
}

void add_trouble(std::vector<EvidenceLine>& lines, const EdgeEvidence& edge, Cause cause) {
    // A few lines of another kind after it say less of the cause.
    const bool used_up = cause == Cause::capacity && edge.used_up;
    const auto& trouble = used_up ? edge.used_up : edge.last_trouble;
    if (!trouble || !fits(trouble->error, cause)) return;
    const std::string said = one_line(trouble->excerpt, 280);
    lines.push_back(edge_line(say("nginx logged: {}", "nginx 错误日志：{}", said) +
                              upstream_words(trouble->upstream) +
                              say("; {} such lines in the last {} s", "；最近 {1} 秒内此类错误 {0} 行",
                                  used_up ? edge.times_used_up : edge.troubles, edge.window.count())));
}

std::uint64_t count_of(const EdgeCounts& counts, std::optional<EdgeTransport> transport,
                       std::optional<EdgeStatus> status) {
    std::uint64_t sum = 0;
    for (auto each : all_of<EdgeTransport>()) {
        if (transport && *transport != each) continue;
        const auto& row = counts[static_cast<std::size_t>(each)];
        sum += status ? row[static_cast<std::size_t>(*status)]
                      : std::accumulate(row.begin(), row.end(), std::uint64_t{0});
    }
    return sum;
}

void add_answers(std::vector<EvidenceLine>& lines, const EdgeEvidence& edge, Cause cause) {
    const AnswerFit* most = nullptr;
    std::uint64_t most_count = 0;
    for (const AnswerFit& fit : answer_fits) {
        const auto count = fit.cause == cause ? count_of(edge.users, fit.transport, fit.status) : 0;
        if (count <= most_count) continue;
        most = &fit;
        most_count = count;
    }
    if (most == nullptr) return;
    const auto all = count_of(edge.users, most->transport, std::nullopt);
    const auto code = code_of(most->status);
    const Text kind = most->transport == EdgeTransport::websocket ? Text{"WebSocket ", " WebSocket "}
                      : most->transport                           ? Text{"polling ", "轮询"}
                                                                  : Text{};
    const Text text{
        fmt::format("nginx answered {} to {} of the {} {}requests of users that it logged in the last {} s",
                    code, most_count, all, kind.en, edge.window.count()),
        fmt::format("最近 {} 秒内 nginx 记录了 {} 个用户的{}请求，其中 {} 个返回 {}", edge.window.count(),
                    all, kind.zh, most_count, code)};
    lines.push_back(edge_line(text + upstream_words(edge.upstreams[static_cast<std::size_t>(most->status)])));
}

/// The last two runs over the public route were answered by something, one way or another.
bool is_answered(const Facts& facts) {
    return std::ranges::any_of(facts.snapshot().probes, [](const ProbeEvidence& e) {
        const bool connects = e.plan.role == Role::public_ && config::is_connect_probe(e.plan.probe);
        if (!connects || !e.last || e.consecutive_failures + e.consecutive_successes < 2) return false;
        return e.last->ok || e.last->answer.status.has_value();
    });
}

/// nginx refuses a header that is too large before it knows who sent it.
bool knows_who_asked(Cause cause) {
    return cause != Cause::header_too_large && cause != Cause::tls_not_tls;
}

void add_absence(std::vector<EvidenceLine>& lines, const Facts& facts, const EdgeEvidence& edge,
                 Cause cause) {
    const bool sees = edge.complete && edge.tells_own && edge.lines > 0;
    if (!sees || count_of(edge.own, std::nullopt, std::nullopt) > 0) return;
    if (!knows_who_asked(cause) || !is_answered(facts)) return;
    lines.push_back(edge_line(
        edge.own_seen
            ? say("the public route answers, yet our requests no longer come up in nginx's access log, which "
                  "has "
                  "{} lines of the last {} s: something before nginx may answer",
                  "公网路由有应答，但 nginx 访问日志中不再出现我们的请求（最近 {1} 秒有 {0} "
                  "行）：应答的可能是 "
                  "nginx 之前的设备",
                  edge.lines, edge.window.count())
            : say("the public route answers, yet our requests do not come up in nginx's access log, which "
                  "has {} "
                  "lines of the last {} s: something before nginx may answer, or nginx logs them elsewhere",
                  "公网路由有应答，但 nginx 访问日志中没有我们的请求（最近 {1} 秒有 {0} 行）：应答的可能是 "
                  "nginx "
                  "之前的设备，也可能 nginx 把它们记在别的日志里",
                  edge.lines, edge.window.count())));
}

}  // namespace

std::vector<EvidenceLine> edge_lines(const Facts& facts, Cause cause) {
    std::vector<EvidenceLine> lines;
    const auto& edge = facts.snapshot().edge;
    if (!edge || !edge->status.up) return lines;
    add_trouble(lines, *edge, cause);
    add_answers(lines, *edge, cause);
    const Hop hop = facts_of(cause).hop;
    if (hop == Hop::nginx || cause == Cause::unknown) add_absence(lines, facts, *edge, cause);
    return lines;
}

}  // namespace gatewatch::agent
