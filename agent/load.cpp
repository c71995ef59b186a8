#include "agent/load.hpp"

#include <algorithm>

#include "agent/follow_up.hpp"
#include "probes/frontend/frontend.hpp"
#include "probes/socketio/connect_probes.hpp"

namespace gatewatch::agent {
namespace {

using config::GatewaySettings;
using config::Settings;

/// What one run that passes costs its target.
struct Cost {
    double connections;
    double http_requests;
    double upgrades;
};

Cost cost_of(ProbeKind probe) {
    constexpr Cost one_websocket{.connections = 1, .http_requests = 0, .upgrades = 1};
    constexpr Cost one_request{.connections = 1, .http_requests = 1, .upgrades = 0};
    switch (probe) {
        case ProbeKind::polling:
            // A connection for each request: the handshake, CONNECT, its answer, the ready event (if it does
            // not come with the answer) and the goodbye.
            return {.connections = 5, .http_requests = 5, .upgrades = 0};
        case ProbeKind::sticky: {
            // In each session the handshake, CONNECT, its answer and the goodbye.
            constexpr double requests = 4.0 * probes::socketio::sticky_sessions;
            return {.connections = requests, .http_requests = requests, .upgrades = 0};
        }
        case ProbeKind::upgrade:
            // The handshake, the poll that the server ends, and the upgrade.
            return {.connections = 3, .http_requests = 2, .upgrades = 1};
        case ProbeKind::http:
        case ProbeKind::other_eio:
            return one_request;
        default:
            return one_websocket;
    }
}

double runs_a_minute(config::Duration interval) {
    return std::chrono::duration<double>(std::chrono::minutes(1)) / std::chrono::duration<double>(interval);
}

/// How often it runs in a minute: by its schedule, or also for every failure that calls for it. Those that
/// run at the gateway's interval already run no more often for that.
double runs_a_minute(const config::PlannedProbe& probe, const GatewaySettings& gateway, After after) {
    const double scheduled = probe.on_failure ? 0 : runs_a_minute(probe.interval);
    if (after == After::passes) return scheduled;
    if (probe.on_failure) return runs_a_minute(probe.interval);
    return scheduled + (is_seldom(probe, gateway) ? runs_a_minute(gateway.interval) : 0);
}

bool has_token(const GatewaySettings& gateway) {
    return !std::holds_alternative<std::monostate>(gateway.token.source);
}

/// A sample reads the columns' types and the counts, and looks for the probe's own token.
double queries_a_sample(const GatewaySettings& gateway) {
    return has_token(gateway) ? 3 : 2;
}

/// Every five minutes the account's rights, the table's size, columns and indexes, its newest rows, and the
/// tokens by age; every fifteen the users, if they are asked for.
double seldom_queries_a_minute(const config::MysqlSettings& mysql) {
    return 6.0 / 5 + (mysql.count_users ? 1.0 / 15 : 0);
}

/// The entry whose member has that value; made if there is none.
template <class Load>
Load& entry(std::vector<Load>& loads, std::string Load::* name, const std::string& value) {
    auto found = std::ranges::find(loads, value, name);
    if (found != loads.end()) return *found;
    auto& added = loads.emplace_back();
    added.*name = value;
    return added;
}

/// What a browser would name the site of that page: scheme, host and port.
std::string site_of(const std::string& url) {
    const auto host = url.find("://");
    return url.substr(0, url.find('/', host == std::string::npos ? 0 : host + 3));
}

}  // namespace

std::vector<TargetLoad> target_loads(const Settings& settings, After after) {
    std::vector<TargetLoad> loads;
    for (const auto& gateway : settings.gateways) {
        for (const auto& route : gateway.routes) entry(loads, &TargetLoad::url, route.url);
        for (const auto& probe : plan_probes(gateway)) {
            auto& load = entry(loads, &TargetLoad::url, find_route(gateway, probe.role)->url);
            const auto cost = cost_of(probe.probe);
            const auto runs = runs_a_minute(probe, gateway, after);
            load.connections += runs * cost.connections;
            load.http_requests += runs * cost.http_requests;
            load.upgrades += runs * cost.upgrades;
        }
        if (gateway.frontend) {
            auto& load = entry(loads, &TargetLoad::url, site_of(gateway.frontend->url));
            const double requests =
                runs_a_minute(gateway.frontend->interval) * (1 + probes::frontend::most_scripts);
            load.connections += requests;
            load.http_requests += requests;
        }
    }
    return loads;
}

std::vector<DatabaseLoad> database_loads(const Settings& settings) {
    std::vector<DatabaseLoad> loads;
    for (const auto& gateway : settings.gateways) {
        if (!gateway.mysql) continue;
        entry(loads, &DatabaseLoad::server, server_of(*gateway.mysql)).queries +=
            runs_a_minute(gateway.mysql->interval) * queries_a_sample(gateway) +
            seldom_queries_a_minute(*gateway.mysql);
    }
    return loads;
}

double file_looks(const Settings& settings) {
    double looks = 0;
    for (const auto& gateway : settings.gateways) {
        if (gateway.pm2) looks += runs_a_minute(gateway.interval);
        if (gateway.nginx) looks += runs_a_minute(gateway.nginx->interval);
        if (gateway.env_files) looks += runs_a_minute(gateway.env_files->interval);
    }
    return looks;
}

std::string server_of(const config::MysqlSettings& mysql) {
    return mysql.socket ? mysql.socket->string() : mysql.address;
}

}  // namespace gatewatch::agent
