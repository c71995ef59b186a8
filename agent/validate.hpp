// What a configuration means, in words and numbers: what will run, and how much that asks of each target.
// Pure; used by `gatewatch validate`, so that nobody has to guess before the agent is let loose on a
// production system.
#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"

namespace gatewatch::agent {

/// What the probes do to one target in a minute while every run passes.
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
[[nodiscard]] std::vector<TargetLoad> target_loads(const config::Settings& settings);
[[nodiscard]] std::vector<DatabaseLoad> database_loads(const config::Settings& settings);

/// Where the gateway's token comes from; never the token.
[[nodiscard]] std::string describe_token(const config::TokenSettings& token);

/// Everything that will run and its load, as text with a final newline.
[[nodiscard]] std::string describe_plan(const config::Settings& settings);

}  // namespace gatewatch::agent
