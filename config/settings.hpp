// The configuration as plain values with their defaults, as loader.hpp reads it from TOML. Every other folder
// takes its part of this by const reference or by value; nothing else reads configuration files. Secrets are
// not in here: settings hold the paths and variable names from which they are read at run time.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/names.hpp"
#include "config/text.hpp"

namespace gatewatch::config {

using Duration = std::chrono::milliseconds;
using namespace std::chrono_literals;

GATEWATCH_ENUM(LogFormat, logfmt, json);
GATEWATCH_ENUM(LogLevel, debug, info, warning, error);

/// [agent]
struct AgentSettings {
    std::string listen = "127.0.0.1:9464";  ///< address:port of the web server; IPv6 in brackets
    std::filesystem::path state_directory = "/var/lib/gatewatch";
    LogFormat log_format = LogFormat::logfmt;
    LogLevel log_level = LogLevel::info;
    std::string runbooks;  ///< the URL below which they are read; empty: at the agent itself
    bool operator==(const AgentSettings&) const = default;
};

struct TokenFile {
    std::filesystem::path path;  ///< read anew at every run
    bool operator==(const TokenFile&) const = default;
};
struct TokenEnv {
    std::string variable;
    bool operator==(const TokenEnv&) const = default;
};
struct TokenMysql {
    std::int64_t user_id = 0;  ///< the newest valid token of this user, from [gateway.mysql]
    bool operator==(const TokenMysql&) const = default;
};
struct TokenLogin {
    std::string url;
    std::string username;
    std::filesystem::path password_file;
    bool operator==(const TokenLogin&) const = default;
};

/// [gateway.token]; std::monostate: no token is sent.
struct TokenSettings {
    std::variant<std::monostate, TokenFile, TokenEnv, TokenMysql, TokenLogin> source;
    std::optional<std::filesystem::path> expired_file;
    std::optional<std::filesystem::path> revoked_file;
    bool operator==(const TokenSettings&) const = default;
};

/// [gateway.probe.NAME]; what is not set comes from the gateway.
struct ProbeSettings {
    std::optional<bool> enabled;
    std::optional<Duration> interval;
    std::optional<Duration> timeout;
    bool operator==(const ProbeSettings&) const = default;
};

/// [[gateway.route]]
struct RouteSettings {
    Role role = Role::public_;  ///< its name in the file is "public" or "local"
    std::string url;  ///< http:// or https://, host, port unless it is the default; no path, not even "/"
    std::optional<std::filesystem::path> ca_file;  ///< PEM; default: the system's
    /// What the probe `http` asks for, such as "/api/health"; then only 2xx passes. Empty: "/", and every
    /// answer that is no server error passes.
    std::string http_path;
    bool operator==(const RouteSettings&) const = default;
};

/// [gateway.mysql]
struct MysqlSettings {
    std::string address = "127.0.0.1:3306";  ///< host:port; unused if socket is set
    std::optional<std::filesystem::path> socket;
    std::string user;
    std::optional<std::filesystem::path> password_file;
    std::string database = "im_system";
    std::string table = "user_tokens";
    std::string
        backend_time_zone;  ///< "+08:00" or a zone's name; empty: that of this host, as Node on it has
    /// PEM: who may have signed the server's certificate. Set: TLS or nothing.
    std::optional<std::filesystem::path> ca_file;
    bool count_users = false;  ///< count the users without a valid token, seldom: it reads the whole table
    Duration interval = 15s;
    bool operator==(const MysqlSettings&) const = default;
};

/// [gateway.pm2]
struct Pm2Settings {
    std::filesystem::path home = "/root/.pm2";
    std::string app = "nest-backend";
    /// Whole paths whose file name may hold `*`, `?` and `[a-z]`, instead of what PM2 calls its files by
    /// default.
    std::vector<std::filesystem::path> files;
    /// By an event's name: regular expressions (RE2) that replace its own words; a group `sid` names the
    /// connection, a group `detail` what an error says.
    std::map<std::string, std::vector<std::string>> patterns;
    bool operator==(const Pm2Settings&) const = default;
};

struct NginxSettings {
    std::filesystem::path config = "/etc/nginx/nginx.conf";  ///< or what `nginx -T` printed
    std::optional<std::filesystem::path> access_log;
    std::optional<std::filesystem::path> error_log;
    std::string log_format;  ///< of access_log, as in nginx's log_format; empty: combined
    Duration interval = 1min;
    bool operator==(const NginxSettings&) const = default;
};
struct FrontendSettings {
    std::string url;
    Duration interval = 5min;
    bool operator==(const FrontendSettings&) const = default;
};
struct EnvFilesSettings {
    std::optional<std::filesystem::path> backend;
    std::optional<std::filesystem::path> frontend;
    Duration interval = 5min;
    bool operator==(const EnvFilesSettings&) const = default;
};

/// [[gateway]]: one Socket.IO service under watch.
struct GatewaySettings {
    std::string name;
    std::string namespace_ = "/im";
    std::string ready_event = "connected";  ///< empty: a quiet settle window passes
    std::string reject_event = "error";
    Duration interval = 15s;
    Duration timeout = 10s;
    std::string path = "/socket.io/";
    Duration settle = 1s;
    std::optional<std::string> origin;  ///< default: the public route's, see origin_of
    TokenSettings token;
    std::map<ProbeKind, ProbeSettings> probes;
    std::vector<RouteSettings> routes;
    std::optional<MysqlSettings> mysql;
    std::optional<Pm2Settings> pm2;
    std::optional<NginxSettings> nginx;
    std::optional<FrontendSettings> frontend;
    std::optional<EnvFilesSettings> env_files;
    bool operator==(const GatewaySettings&) const = default;
};

struct Settings {
    AgentSettings agent;
    std::vector<GatewaySettings> gateways;
    bool operator==(const Settings&) const = default;
};

/// The Origin that probes send: configured, else the public route's URL, else that of the first route.
[[nodiscard]] std::string origin_of(const GatewaySettings& gateway);

/// The route of that role, or nullptr.
[[nodiscard]] const RouteSettings* find_route(const GatewaySettings& gateway, Role role);

/// One probe over one route as it will run, the gateway's values filled in.
struct PlannedProbe {
    Role role = Role::public_;
    ProbeKind probe = ProbeKind::websocket;
    Duration interval{};  ///< where on_failure: the least time between two runs
    Duration timeout{};
    /// It splits a tie: it runs only after websocket or polling have failed over its route, and whether it
    /// passes is evidence, not health.
    bool on_failure = false;
    bool operator==(const PlannedProbe&) const = default;
};

/// Every probe that this version runs for the gateway, in order of routes. Used by the scheduler, `check` and
/// `validate`, so that all three agree.
[[nodiscard]] std::vector<PlannedProbe> plan_probes(const GatewaySettings& gateway);

/// Whether its result says whether users can connect at this moment: websocket and polling. The others are
/// seldom, or ask something else.
[[nodiscard]] constexpr bool is_connect_probe(ProbeKind probe) {
    return probe == ProbeKind::websocket || probe == ProbeKind::polling;
}
/// Whether it passes when the gateway turns its token down: expired_token, revoked_token, missing_token.
[[nodiscard]] constexpr bool is_negative_probe(ProbeKind probe) {
    return probe == ProbeKind::expired_token || probe == ProbeKind::revoked_token ||
           probe == ProbeKind::missing_token;
}

/// Whether it sends the probe's own token in the way that users do: what the backend's log says of its
/// attempts is a word on that token.
[[nodiscard]] constexpr bool sends_own_token(ProbeKind probe) {
    return is_connect_probe(probe) || probe == ProbeKind::upgrade || probe == ProbeKind::sticky ||
           probe == ProbeKind::hold;
}

/// What that probe cannot run without and the gateway's settings do not have, such as "expired_file in
/// [gateway.token]"; empty: it runs. Used by the plan, and by the loader, which warns where the file has a
/// section for such a probe.
[[nodiscard]] Phrase missing_for(const GatewaySettings& gateway, ProbeKind probe);

}  // namespace gatewatch::config
