// What the collectors find: token counts, the state of the probe's own token, log events. Made in mysql/ and
// pm2/, read by metrics, evidence and diagnosis. Plain values, no I/O.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/text.hpp"
#include "probes/outcome.hpp"

namespace gatewatch::probes {

GATEWATCH_ENUM(TokenState, valid, expired, revoked);

/// The database's word on the probe's own token.
GATEWATCH_ENUM(OwnToken, not_looked_up, absent, valid, expired, revoked);

/// Until when a valid token runs out; each window holds the ones before it.
GATEWATCH_ENUM(ExpiryWindow, hour, six_hours, day);
/// How long ago a valid token was issued; each token is in one of them.
GATEWATCH_ENUM(IssueAge, hour, day, week, older);

/// What is amiss with the table or the account, although it can be counted.
GATEWATCH_ENUM(MysqlWarningKind, missing_index, excess_rights, schema, collation, time_zone);

struct MysqlWarning {
    MysqlWarningKind kind = MysqlWarningKind::schema;
    Text text;           ///< what, where, what to do; the missing index as the statement that makes it
    bool minor = false;  ///< worth knowing, with nothing to mend now: no metric shows it
};

/// One round of the MySQL collector.
struct MysqlSample {
    bool up = false;
    Text detail;  ///< why not up: what, where, what to do
    WallTime taken{};
    std::array<std::optional<std::uint64_t>, enum_count<TokenState>> tokens{};
    std::array<bool, enum_count<TokenState>> capped{};
    OwnToken own = OwnToken::not_looked_up;
    std::optional<WallTime> own_expiry;
    std::optional<std::chrono::seconds> clock_skew;  ///< the database's clock minus this host's
    // Of the valid tokens, as far as they were counted; nothing where they were not.
    std::array<std::optional<std::uint64_t>, enum_count<ExpiryWindow>> expiring{};
    std::array<std::optional<std::uint64_t>, enum_count<IssueAge>> issued{};
    std::optional<std::uint64_t>
        users_without_token;  ///< who have tokens and none that is valid; if asked for
    /// The zone of a session of the server's own choice, minus the backend's.
    std::optional<std::chrono::seconds> zone_skew;
    std::vector<MysqlWarning> warnings;
    /// Not up, and the reason is of the kind that meets the backend too: no connection, no answer, a lock.
    /// Not what the server refuses to the monitoring user.
    bool unreachable = false;
};

using gatewatch::EventKind;

/// Whose connection it was.
GATEWATCH_ENUM(Origin, synthetic, user, unknown);

struct LogEvent {
    EventKind kind = EventKind::attempt;
    Origin origin = Origin::unknown;
    std::string sid;      ///< where known
    WallTime seen{};      ///< when the line was read
    std::string excerpt;  ///< of an error's line; tokens' previews removed
};

/// Counters of the log collector since its start, and its state.
struct LogStatus {
    bool up = false;
    Text detail;  ///< why not up
    std::uint64_t lag_bytes = 0;
    std::uint64_t unparsed_lines = 0;
    std::uint64_t truncations = 0;
    std::uint64_t rotations = 0;
    std::uint64_t possible_losses = 0;
    std::uint64_t replayed_lines = 0;  ///< read again after a restart, since no checkpoint holds them
    /// Many lines, and connections that must have left some, but none that says anything known: the backend's
    /// words have changed.
    bool wording_drift = false;
};

/// How a request came to nginx's Socket.IO path: `transport` in its query, an upgrade.
GATEWATCH_ENUM(EdgeTransport, websocket, polling, other);
/// Why nginx had no answer from the backend, by its error log. no_connection: its worker_connections are used
/// up.
GATEWATCH_ENUM(EdgeError, refused, timed_out, closed_early, reset, no_live_upstream, unreachable,
               header_too_big, invalid_header, not_resolved, tls, limited, no_connection, other);
/// What nginx answered.
GATEWATCH_ENUM(EdgeStatus, switched, success, redirect, bad_request, unauthorized, denied, not_found,
               not_allowed, too_many, client_closed, client_error, server_error, bad_gateway, unavailable,
               gateway_timeout);

/// A request to the Socket.IO path, by nginx's access log.
struct EdgeRequest {
    EdgeTransport transport = EdgeTransport::other;
    EdgeStatus status = EdgeStatus::success;
    unsigned code = 0;       ///< the very status
    bool synthetic = false;  ///< its User-Agent is this program's
    std::string upstream;    ///< the last that nginx asked for it, where the log tells
    WallTime seen{};         ///< when the line was read
};

/// A complaint about the upstream of a request to the Socket.IO path, by nginx's error log.
struct EdgeTrouble {
    EdgeError error = EdgeError::other;
    std::string upstream;  ///< "http://127.0.0.1:7002/socket.io/", without its query; may be empty
    std::string excerpt;   ///< at most max_evidence bytes, without secrets
    WallTime seen{};
};

/// Counters of the collector nginx_log since its start, and its state.
struct EdgeLogStatus {
    bool up = false;                   ///< it can read all that is configured
    Text detail;                       ///< why not up, or what is odd although it is
    std::uint64_t access_lines = 0;    ///< that fit the log_format, whatever they are about
    std::uint64_t unparsed_lines = 0;  ///< of the access log
};

/// What nginx's configuration does wrong to the Socket.IO path, or what is worth knowing of it. Each has its
/// sentence in agent/nginx_text.cpp.
GATEWATCH_ENUM(NginxFault, no_server, no_location, upgrade_not_passed, connection_not_passed,
               headers_not_inherited, path_rewritten, other_upstream, not_sticky, read_timeout_short, denied,
               redirected, methods_limited, rate_limited, cached, cors_added, authorization_dropped,
               header_buffers_small, http_version, buffering_on, connection_fixed, upstream_by_name);

struct NginxFinding {
    NginxFault fault = NginxFault::no_location;
    bool problem = false;  ///< else a note: it works so, but is worth knowing
    std::string file;
    unsigned line = 0;
    std::string server;     ///< the server block's name, as it stands in server_name
    std::string location;   ///< "/socket.io/", as it stands behind `location`; empty: in the server block
    std::string directive;  ///< the words at fault: "proxy_pass http://localhost:7002/im/;"; may be empty
    std::string mended;     ///< the block as it should stand, whole; empty: nothing to write
    std::string for_http;   ///< what `mended` needs in the http block besides: a map; mostly empty
};

/// One look at nginx's configuration.
struct NginxSample {
    bool up = false;
    Text detail;  ///< why not up: what, where, what to do
    WallTime taken{};
    std::vector<NginxFinding> findings;  ///< problems first
    // The location that serves the public route's Socket.IO path; empty where there is none.
    std::string file;
    unsigned line = 0;
    std::string server;
    std::string location;
    std::string proxy_pass;  ///< its argument
};

/// What is wrong with the scripts that the frontend's page loads.
GATEWATCH_ENUM(FrontendFault, local_url, insecure_url, other_host, csp_blocks);

struct FrontendFinding {
    FrontendFault fault = FrontendFault::local_url;
    bool problem = false;  ///< else a note: another host may be meant so
    std::string script;    ///< the URL in which it stands
    std::string value;     ///< "http://localhost:7002", or the policy's connect-src
};

struct FrontendSample {
    bool up = false;
    Text detail;
    WallTime taken{};
    std::vector<FrontendFinding> findings;
    std::vector<std::string> urls;  ///< the gateway URLs that were found in the scripts
};

/// What is wrong in the environment files.
GATEWATCH_ENUM(EnvFault, node_env, frontend_url, ws_url);

struct EnvFinding {
    EnvFault fault = EnvFault::node_env;
    std::string file;
    unsigned line = 0;   ///< 0: the key is missing
    std::string key;     ///< "FRONTEND_URL"
    std::string value;   ///< as it stands there; empty: missing or empty
    std::string wanted;  ///< "http://im.example.com"
};

struct EnvSample {
    bool up = false;
    Text detail;
    WallTime taken{};
    std::vector<EnvFinding> findings;
};

/// What PM2's own files say of the backend's processes.
struct Pm2ProcessSample {
    bool up = false;
    Text detail;
    WallTime taken{};
    unsigned alive = 0;    ///< processes of the app whose pid file names a living process
    unsigned crashes = 0;  ///< the most exits of one process, not asked for, in the last two minutes
    std::chrono::seconds crash_gap{};  ///< of that process: the mean time from one of them to the next
    std::optional<WallTime> last_crash;
    std::string last_exit;  ///< "exited with code [1] via signal [SIGINT]"
};

}  // namespace gatewatch::probes
