// What a configuration asks of each target in a minute: connections, requests, queries, looks at files. Pure;
// used by `gatewatch validate`.
#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"

namespace gatewatch::agent {

/// While every run passes; or at the worst, when every one fails, so that those that split a tie run too, and
/// seldom ones again and again. A run that fails is counted as one that passes, though it stops earlier.
enum class After { passes, failures };

/// What the probes, and the frontend collector with every script that it may fetch, do to one target in a
/// minute.
struct TargetLoad {
    std::string url;
    double connections = 0;    ///< new TCP connections
    double http_requests = 0;  ///< without the upgrades
    double upgrades = 0;       ///< WebSocket upgrades
    bool operator==(const TargetLoad&) const = default;
};

/// What the collectors ask of one database server in a minute, over one kept connection for each gateway.
struct DatabaseLoad {
    std::string server;  ///< host:port or socket
    double queries = 0;
    bool operator==(const DatabaseLoad&) const = default;
};

/// One entry a URL, in the order of first use; gateways that share a URL are summed.
[[nodiscard]] std::vector<TargetLoad> target_loads(const config::Settings& settings,
                                                   After after = After::passes);
[[nodiscard]] std::vector<DatabaseLoad> database_loads(const config::Settings& settings);
/// How often files of PM2, nginx and the environment are looked at in a minute.
[[nodiscard]] double file_looks(const config::Settings& settings);

/// host:port, or the socket.
[[nodiscard]] std::string server_of(const config::MysqlSettings& mysql);

}  // namespace gatewatch::agent
