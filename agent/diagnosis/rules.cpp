#include "agent/diagnosis/rules.hpp"

#include <array>

#include "agent/diagnosis/fixes.hpp"
#include "agent/diagnosis/lines.hpp"

namespace gatewatch::agent {

std::span<const Rule> rules() {
    static constexpr std::array table{
        // Whoever cannot see must not judge.
        Rule{Cause::prober_unhealthy, rule::prober_unhealthy, fix::prober_unhealthy},
        // A backend that is not there: nothing else of it can be judged.
        Rule{Cause::database_down, rule::database_behind_crashes, fix::database_down},
        Rule{Cause::restart_loop, rule::restart_loop, fix::restart_loop},
        Rule{Cause::backend_down, rule::backend_down, fix::backend_down},
        Rule{Cause::backend_hung, rule::backend_hung, fix::backend_hung},
        // Whoever has no right to gets in: nothing that keeps users out is worse.
        Rule{Cause::auth_bypassed, rule::auth_bypassed, fix::auth_bypassed},
        // A rejection looks the same on the wire whatever its cause, so the database's word goes first.
        Rule{Cause::database_down, rule::database_down, fix::database_down},
        // The backend's own faults: nginx is not blamed for them.
        Rule{Cause::path_mismatch, rule::path_mismatch, fix::path_mismatch},
        Rule{Cause::eio_mismatch, rule::eio_mismatch, fix::eio_mismatch},
        Rule{Cause::namespace_invalid, rule::namespace_invalid, fix::namespace_invalid},
        Rule{Cause::origin_denied, rule::origin_denied, fix::origin_denied},
        Rule{Cause::transport_disabled, rule::transport_disabled, fix::transport_disabled},
        Rule{Cause::not_socketio, rule::not_socketio, fix::not_socketio},
        Rule{Cause::connect_unanswered, rule::connect_unanswered, fix::connect_unanswered},
        Rule{Cause::ready_missing, rule::ready_missing, fix::ready_missing},
        Rule{Cause::env_misconfigured, rule::env_behind_cors, fix::env_misconfigured},
        Rule{Cause::cors_wildcard, rule::cors_wildcard, fix::cors_mismatch},
        Rule{Cause::cors_mismatch, rule::cors_mismatch, fix::cors_mismatch},
        // Why the token was turned down: log and database tell.
        Rule{Cause::token_missing, rule::token_missing, fix::token_missing},
        Rule{Cause::prober_unhealthy, rule::no_token, fix::no_token},
        Rule{Cause::token_expired, rule::token_expired, fix::own_token},
        Rule{Cause::token_revoked, rule::token_revoked, fix::own_token},
        Rule{Cause::token_unknown, rule::token_unknown, fix::own_token},
        Rule{Cause::tz_skew, rule::tz_skew, fix::tz_skew},
        Rule{Cause::auth_rejected, rule::auth_rejected, fix::auth_rejected},
        // The way to nginx.
        Rule{Cause::dns_failed, rule::dns_failed, fix::dns_failed},
        Rule{Cause::tcp_refused, rule::tcp_refused, fix::tcp_refused},
        Rule{Cause::capacity, rule::capacity, fix::capacity},
        Rule{Cause::tcp_timeout, rule::tcp_timeout, fix::tcp_timeout},
        Rule{Cause::tls_expired, rule::tls_expired, fix::tls_expired},
        Rule{Cause::tls_untrusted, rule::tls_untrusted, fix::tls_untrusted},
        Rule{Cause::tls_name_mismatch, rule::tls_name_mismatch, fix::tls_name_mismatch},
        Rule{Cause::tls_not_tls, rule::tls_not_tls, fix::tls_not_tls},
        // nginx itself: who answered tells.
        Rule{Cause::redirect, rule::redirect, fix::redirect},
        Rule{Cause::wrong_vhost, rule::wrong_vhost, fix::wrong_vhost},
        Rule{Cause::location_missing, rule::location_missing, fix::location_missing},
        Rule{Cause::header_too_large, rule::header_too_large, fix::header_too_large},
        Rule{Cause::path_rewritten, rule::path_rewritten, fix::path_rewritten},
        Rule{Cause::wrong_upstream, rule::wrong_upstream, fix::wrong_upstream},
        Rule{Cause::upstream_unreachable, rule::upstream_unreachable, fix::upstream_unreachable},
        Rule{Cause::rate_limited, rule::rate_limited, fix::rate_limited},
        Rule{Cause::post_blocked, rule::post_blocked, fix::post_blocked},
        Rule{Cause::proxy_denied, rule::proxy_denied, fix::proxy_denied},
        Rule{Cause::upgrade_stripped, rule::upgrade_stripped, fix::upgrade_stripped},
        Rule{Cause::cached_handshake, rule::cached_handshake, fix::cached_handshake},
        Rule{Cause::not_sticky, rule::not_sticky, fix::not_sticky},
        Rule{Cause::idle_timeout, rule::idle_timeout, fix::idle_timeout},
        Rule{Cause::cors_duplicate, rule::cors_duplicate, fix::cors_duplicate},
        // The frontend, and the files that it and the backend read.
        Rule{Cause::env_misconfigured, rule::env_behind_frontend, fix::env_misconfigured},
        Rule{Cause::frontend_misconfigured, rule::frontend_misconfigured, fix::frontend_misconfigured},
        Rule{Cause::env_misconfigured, rule::env_misconfigured, fix::env_misconfigured},
        // The probe's own token: whatever users meet goes before it.
        Rule{Cause::prober_unhealthy, rule::token_unavailable, fix::token_unavailable},
        // Nothing is wrong for users, but the log is no witness.
        Rule{Cause::log_blind, rule::log_blind, fix::log_blind},
    };
    return table;
}

MaybeFinding found(const ProbeEvidence* evidence) {
    if (!evidence) return std::nullopt;
    return Finding{{line_of(*evidence)}, {}, {}};
}

MaybeFinding found(const Facts::Contrast& contrast) {
    if (!contrast.failure) return std::nullopt;
    return Finding{{line_of(*contrast.failure), line_of(*contrast.proof)}, {}, {}};
}

}  // namespace gatewatch::agent
