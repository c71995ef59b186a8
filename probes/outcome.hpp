// What one run of one probe came to: passed or not, why, how far it got, how long each step took, and what
// answered. Made by the probes, read by metrics, evidence, diagnosis and `check`. Plain values, no I/O.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/names.hpp"

namespace gatewatch::probes {

using SteadyTime = std::chrono::steady_clock::time_point;
using WallTime = std::chrono::system_clock::time_point;

/// Why a probe failed: the metric label `reason`.
GATEWATCH_ENUM(Reason, dns_nxdomain, dns_timeout, dns_error, tcp_refused, tcp_timeout, tcp_reset,
               tcp_unreachable, tls_expired, tls_not_yet_valid, tls_untrusted, tls_name_mismatch, tls_not_tls,
               tls_version, tls_error, deadline, closed_early, http_redirect, http_auth, http_denied,
               http_not_found, http_rate_limited, http_client_error, http_bad_gateway, http_gateway_timeout,
               http_server_error, http_malformed, http_html, plain_http_on_tls, upgrade_refused,
               upgrade_probe_failed, ws_protocol, eio_transport, eio_sid_unknown, eio_bad_request,
               eio_forbidden, eio_version, eio_malformed, eio_ping_missed, sio_malformed,
               sio_namespace_invalid, sio_connect_error, sio_rejected, sio_unanswered, sio_ready_missing,
               idle_cut, cors, accepted_bad_token, too_large, flood, local_resource, token_unavailable,
               internal);

/// A timed step of a probe. The last one entered is where it stopped.
GATEWATCH_ENUM(Phase, resolve, connect, tls, upgrade, open, namespace_, ready, hold);

/// Whose words came back (reference table "Who answered"): the wire's own evidence of how far a request got.
GATEWATCH_ENUM(AnsweredBy, nobody, nginx, spa_fallback, page, engine_io_request, engine_io_upgrade,
               engine_io_raw, nest_router, engine_io, other);

/// What a browser at the frontend's origin would say of Access-Control-Allow-Origin (Fetch, CORS check).
GATEWATCH_ENUM(CorsFault, missing, other_origin, duplicate, wildcard);

/// The longest evidence text, in bytes.
inline constexpr std::size_t max_evidence = 512;

/// What answered an HTTP request or upgrade.
struct Answer {
    AnsweredBy by = AnsweredBy::nobody;
    std::optional<unsigned> status;  ///< nothing if no status line came
    std::string content_type;
    std::string location;              ///< of a redirect
    std::optional<int> engine_code;    ///< engine.io's {"code":n}
    std::string echoed_path;           ///< the path that Nest's router says it received
    std::chrono::nanoseconds after{};  ///< from sending the request to the answer or the close
    std::string excerpt;               ///< start of what came, printable, at most max_evidence bytes
};

/// What the Engine.IO open packet says.
struct Handshake {
    std::chrono::milliseconds ping_interval{};
    std::chrono::milliseconds ping_timeout{};
    bool offers_websocket = false;  ///< in `upgrades`; always false over WebSocket
};

/// One line of what went over the wire, redacted and printable.
struct TranscriptLine {
    std::chrono::nanoseconds at{};  ///< since `started`
    bool sent = false;              ///< else received
    std::string text;               ///< at most max_transcript_line bytes
};

inline constexpr std::size_t max_transcript_lines = 24;  ///< a last line says how many more there were
inline constexpr std::size_t max_transcript_line = 200;  ///< bytes

/// The end of one run.
struct Outcome {
    ProbeKind probe = ProbeKind::websocket;
    Role role = Role::public_;
    bool ok = false;
    std::optional<Reason> reason;  ///< set exactly if not ok
    Phase phase = Phase::resolve;  ///< the last one entered
    std::array<std::optional<std::chrono::nanoseconds>, enum_count<Phase>>
        phases{};  ///< finished and last one
    Answer answer;
    std::string evidence;  ///< one line, at most max_evidence bytes, no secret in it
    std::string address;   ///< the address that was connected to, or tried last: "127.0.0.1:7002"
    std::string engine_sid;
    std::string namespace_sid;                     ///< from the CONNECT ack: the id in the backend's log
    std::vector<std::string> more_namespace_sids;  ///< of a probe that connects more than once
    bool connect_sent = false;                     ///< `40/im,` went out, so that an attempt line is due
    std::optional<Handshake> handshake;
    std::optional<CorsFault> cors;  ///< set exactly if the reason is Reason::cors
    std::string cors_seen;          ///< Access-Control-Allow-Origin as it came, all of them
    /// `sticky`: a sid came twice, or the answer says that it comes from a cache (Age, X-Cache: HIT).
    bool repeated_sid = false;
    unsigned tries = 0;  ///< `sticky`: sessions that were tried, and those that were lost
    unsigned lost = 0;
    /// `hold`: how long the server had been silent when the connection was cut (Reason::idle_cut), from its
    /// last byte to the end.
    std::optional<std::chrono::nanoseconds> silence;
    /// Addresses of the route's host that do not work although another one does: "[::1]:7002
    /// tcp_refused".
    std::vector<std::string> dead_addresses;
    std::vector<TranscriptLine> transcript;
    std::optional<WallTime> tls_not_after;
    SteadyTime scheduled{};  ///< when it should have started
    SteadyTime started{};
    WallTime started_wall{};
    std::chrono::nanoseconds duration{};  ///< from `scheduled` to the end
};

/// Every id under which the backend's log may know this run.
[[nodiscard]] inline std::vector<std::string> namespace_sids_of(const Outcome& outcome) {
    std::vector<std::string> sids = outcome.more_namespace_sids;
    if (!outcome.namespace_sid.empty()) sids.push_back(outcome.namespace_sid);
    return sids;
}

}  // namespace gatewatch::probes
