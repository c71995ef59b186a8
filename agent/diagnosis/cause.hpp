// The closed list of causes, each with its hop and its severity. Read by the rules, the metrics and `check`.
#pragma once

#include <string_view>

#include "config/enum_names.hpp"

namespace gatewatch::agent {

/// What is wrong with the deployment: the label of `diagnosis`.
GATEWATCH_ENUM(Cause, none, unknown, prober_unhealthy, dns_failed, tcp_refused, tcp_timeout, tls_expired,
               tls_untrusted, tls_name_mismatch, tls_not_tls, redirect, wrong_vhost, location_missing,
               path_rewritten, wrong_upstream, proxy_denied, upgrade_stripped, not_sticky, post_blocked,
               cached_handshake, idle_timeout, rate_limited, header_too_large, cors_duplicate,
               upstream_unreachable, backend_down, backend_hung, path_mismatch, eio_mismatch, not_socketio,
               namespace_invalid, origin_denied, connect_unanswered, ready_missing, transport_disabled,
               cors_mismatch, cors_wildcard, capacity, restart_loop, env_misconfigured, token_missing,
               tz_skew, token_expired, token_revoked, token_unknown, auth_rejected, auth_bypassed,
               database_down, frontend_misconfigured, log_blind);

/// Where on the way from the browser to the database it sits.
GATEWATCH_ENUM(Hop, frontend, dns, nginx, backend, token, database, agent, none);

/// Worse is later, but for `unknown`, which stands between degraded and down.
GATEWATCH_ENUM(Severity, ok, degraded, unknown, down);

struct CauseFacts {
    Cause cause;
    Hop hop;
    Severity severity;    ///< the floor: a public route that is down makes it down
    std::string_view en;  ///< what it means, in a few words
    std::string_view zh;
};

/// The facts of a cause; the table in cause.cpp is checked at compile time to hold each cause once, in order.
[[nodiscard]] const CauseFacts& facts_of(Cause cause);

}  // namespace gatewatch::agent
