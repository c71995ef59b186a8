#include "config/settings.hpp"

#include <algorithm>
#include <array>

namespace gatewatch::config {
namespace {

/// What this version runs over every route unless [gateway.probe.NAME] says otherwise, in the order of their
/// runs. Interval and timeout are the gateway's.
constexpr std::array scheduled_probes{ProbeKind::websocket, ProbeKind::polling};

constexpr std::array running_collectors{CollectorKind::mysql, CollectorKind::pm2_log};

}  // namespace

std::string origin_of(const GatewaySettings& gateway) {
    if (gateway.origin) return *gateway.origin;
    if (const auto* route = find_route(gateway, Role::public_)) return route->url;
    return gateway.routes.empty() ? std::string{} : gateway.routes.front().url;
}

const RouteSettings* find_route(const GatewaySettings& gateway, Role role) {
    auto found = std::ranges::find(gateway.routes, role, &RouteSettings::role);
    return found == gateway.routes.end() ? nullptr : &*found;
}

bool runs(ProbeKind probe) {
    return std::ranges::find(scheduled_probes, probe) != scheduled_probes.end();
}

bool runs(CollectorKind collector) {
    return std::ranges::find(running_collectors, collector) != running_collectors.end();
}

std::vector<PlannedProbe> plan_probes(const GatewaySettings& gateway) {
    std::vector<PlannedProbe> plan;
    for (const auto& route : gateway.routes) {
        for (auto probe : scheduled_probes) {
            auto found = gateway.probes.find(probe);
            const auto own = found == gateway.probes.end() ? ProbeSettings{} : found->second;
            if (!own.enabled.value_or(true)) continue;
            plan.push_back({.role = route.role,
                            .probe = probe,
                            .interval = own.interval.value_or(gateway.interval),
                            .timeout = own.timeout.value_or(gateway.timeout)});
        }
    }
    return plan;
}

std::vector<NotRun> not_run(const GatewaySettings& gateway) {
    std::vector<NotRun> found;
    for (const auto& [probe, settings] : gateway.probes) {
        if (!runs(probe) && settings.enabled.value_or(true)) {
            found.push_back({"gateway.probe." + std::string(name_of(probe)), ""});
        }
    }
    if (gateway.token.expired_file) found.push_back({"gateway.token", "expired_file"});
    if (gateway.token.revoked_file) found.push_back({"gateway.token", "revoked_file"});
    if (gateway.nginx && !runs(CollectorKind::nginx_config)) found.push_back({"gateway.nginx", ""});
    if (gateway.frontend && !runs(CollectorKind::frontend)) found.push_back({"gateway.frontend", ""});
    if (gateway.env_files && !runs(CollectorKind::env_files)) found.push_back({"gateway.env_files", ""});
    return found;
}

}  // namespace gatewatch::config
