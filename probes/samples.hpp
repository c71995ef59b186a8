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

/// One round of the MySQL collector.
struct MysqlSample {
    bool up = false;
    /// Why not up: what, where, what to do. If up, rows that no count holds, or empty: the counts are good
    /// and the table does not fit.
    Text detail;
    WallTime taken{};
    std::array<std::optional<std::uint64_t>, enum_count<TokenState>> tokens{};
    std::array<bool, enum_count<TokenState>> capped{};
    OwnToken own = OwnToken::not_looked_up;
    std::optional<WallTime> own_expiry;
    std::optional<std::chrono::seconds> clock_skew;  ///< the database's clock minus this host's
    /// Not up, and the reason is of the kind that meets the backend too: no connection, no answer, a lock.
    /// Not what the server refuses to the monitoring user.
    bool unreachable = false;
};

/// What a line of the backend's log says.
GATEWATCH_ENUM(EventKind, attempt, disconnect, token_auth_present, token_auth_absent, token_header_present,
               token_header_absent, verify, accepted, rejected_unknown, rejected_expired, rejected_missing,
               error);

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
