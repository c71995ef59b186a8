// The rules of the diagnosis: one ordered table, nearest to the root first. A rule is a pure function that
// says whether its cause is there and what that rests on. To add one: its function in the file of its hop,
// its fix in fixes_*.cpp, its row in rules.cpp, its tests.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "agent/diagnosis/facts.hpp"
#include "agent/diagnosis/verdict.hpp"

namespace gatewatch::agent {

struct Finding {
    std::vector<EvidenceLine> evidence;
    std::vector<Cause> consequences;
    /// Instead of the cause's own, for good: a public route that is down does not raise it.
    std::optional<Severity> severity;
};

using MaybeFinding = std::optional<Finding>;

struct Rule {
    Cause cause;
    MaybeFinding (*find)(const Facts& facts);
    Text (*fix)(const Facts& facts);
};

/// Every rule, in the order in which they decide.
[[nodiscard]] std::span<const Rule> rules();

/// The finding that rests on this probe's failure alone; none for nullptr.
[[nodiscard]] MaybeFinding found(const ProbeEvidence* evidence);
/// The finding that rests on a failure and on what the local route shows meanwhile; none if there is none.
[[nodiscard]] MaybeFinding found(const Facts::Contrast& contrast);

/// The functions of the table, by hop.
namespace rule {
MaybeFinding prober_unhealthy(const Facts& facts);
MaybeFinding token_unavailable(const Facts& facts);
MaybeFinding log_blind(const Facts& facts);

MaybeFinding backend_down(const Facts& facts);
MaybeFinding backend_hung(const Facts& facts);
MaybeFinding path_mismatch(const Facts& facts);
MaybeFinding eio_mismatch(const Facts& facts);
MaybeFinding namespace_invalid(const Facts& facts);
MaybeFinding origin_denied(const Facts& facts);
MaybeFinding transport_disabled(const Facts& facts);
MaybeFinding not_socketio(const Facts& facts);
MaybeFinding connect_unanswered(const Facts& facts);
MaybeFinding ready_missing(const Facts& facts);

MaybeFinding auth_bypassed(const Facts& facts);
MaybeFinding database_behind_crashes(const Facts& facts);
MaybeFinding token_missing(const Facts& facts);
MaybeFinding no_token(const Facts& facts);
MaybeFinding database_down(const Facts& facts);
MaybeFinding token_expired(const Facts& facts);
MaybeFinding token_revoked(const Facts& facts);
MaybeFinding token_unknown(const Facts& facts);
MaybeFinding tz_skew(const Facts& facts);
MaybeFinding auth_rejected(const Facts& facts);

MaybeFinding dns_failed(const Facts& facts);
MaybeFinding tcp_refused(const Facts& facts);
MaybeFinding tcp_timeout(const Facts& facts);
MaybeFinding tls_expired(const Facts& facts);
MaybeFinding tls_untrusted(const Facts& facts);
MaybeFinding tls_name_mismatch(const Facts& facts);
MaybeFinding tls_not_tls(const Facts& facts);

MaybeFinding redirect(const Facts& facts);
MaybeFinding wrong_vhost(const Facts& facts);
MaybeFinding location_missing(const Facts& facts);
MaybeFinding path_rewritten(const Facts& facts);
MaybeFinding wrong_upstream(const Facts& facts);
MaybeFinding upstream_unreachable(const Facts& facts);
MaybeFinding header_too_large(const Facts& facts);
MaybeFinding rate_limited(const Facts& facts);
MaybeFinding post_blocked(const Facts& facts);
MaybeFinding proxy_denied(const Facts& facts);
MaybeFinding upgrade_stripped(const Facts& facts);

MaybeFinding restart_loop(const Facts& facts);
MaybeFinding capacity(const Facts& facts);
MaybeFinding not_sticky(const Facts& facts);
MaybeFinding cached_handshake(const Facts& facts);
MaybeFinding idle_timeout(const Facts& facts);

MaybeFinding cors_duplicate(const Facts& facts);
MaybeFinding cors_wildcard(const Facts& facts);
MaybeFinding cors_mismatch(const Facts& facts);

MaybeFinding env_behind_cors(const Facts& facts);
MaybeFinding env_behind_frontend(const Facts& facts);
MaybeFinding env_misconfigured(const Facts& facts);
MaybeFinding frontend_misconfigured(const Facts& facts);
}  // namespace rule

}  // namespace gatewatch::agent
