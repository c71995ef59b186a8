#include "config/settings.hpp"

#include <algorithm>
#include <array>

namespace gatewatch::config {
namespace {

enum class Over { every_route, one_route };

/// What a probe runs with unless [gateway.probe.NAME] says otherwise.
struct ProbeDefaults {
    ProbeKind probe;
    Over over = Over::every_route;
    int intervals = 1;  ///< its own interval in those of the gateway
    bool on_failure = false;
};

/// Every probe of this version, in the order of their runs over a route. What users do at every moment is
/// asked for often; what costs the target more, or only splits a tie, seldom.
constexpr auto probe_defaults = std::to_array<ProbeDefaults>({
    {.probe = ProbeKind::websocket},
    {.probe = ProbeKind::polling},
    {.probe = ProbeKind::http},
    {.probe = ProbeKind::upgrade, .intervals = 4},
    {.probe = ProbeKind::sticky, .intervals = 4},
    {.probe = ProbeKind::expired_token, .over = Over::one_route, .intervals = 4},
    {.probe = ProbeKind::revoked_token, .over = Over::one_route, .intervals = 4},
    {.probe = ProbeKind::missing_token, .over = Over::one_route, .intervals = 4},
    {.probe = ProbeKind::header_token, .on_failure = true},
    {.probe = ProbeKind::other_eio, .on_failure = true},
    {.probe = ProbeKind::hold},
});

/// Two of engine.io's pings, 25 s apart, and what comes before and after them.
constexpr Duration hold_timeout = 70s;
constexpr Duration hold_interval = 5min;

Duration default_interval(const ProbeDefaults& defaults, const GatewaySettings& gateway) {
    if (defaults.probe == ProbeKind::hold) return std::max(hold_interval, gateway.interval);
    return defaults.intervals * gateway.interval;
}

Duration default_timeout(const ProbeDefaults& defaults, const GatewaySettings& gateway) {
    return defaults.probe == ProbeKind::hold ? std::max(hold_timeout, gateway.timeout) : gateway.timeout;
}

ProbeSettings own_settings(const GatewaySettings& gateway, ProbeKind probe) {
    const auto found = gateway.probes.find(probe);
    return found == gateway.probes.end() ? ProbeSettings{} : found->second;
}

bool runs_over(const ProbeDefaults& defaults, const GatewaySettings& gateway, const RouteSettings& route) {
    if (!own_settings(gateway, defaults.probe).enabled.value_or(true)) return false;
    if (!missing_for(gateway, defaults.probe).empty()) return false;
    // A bad token is the backend's business: the way that leads straight there, where there is one.
    return defaults.over == Over::every_route || route.role == Role::local ||
           find_route(gateway, Role::local) == nullptr;
}

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

Phrase missing_for(const GatewaySettings& gateway, ProbeKind probe) {
    const TokenSettings& token = gateway.token;
    const bool has_token = !std::holds_alternative<std::monostate>(token.source);
    switch (probe) {
        case ProbeKind::expired_token:
            if (token.expired_file) return {};
            return {"expired_file in [gateway.token]", "[gateway.token] 中的 expired_file"};
        case ProbeKind::revoked_token:
            if (token.revoked_file) return {};
            return {"revoked_file in [gateway.token]", "[gateway.token] 中的 revoked_file"};
        case ProbeKind::missing_token:
        case ProbeKind::header_token:
            if (has_token) return {};
            return {"a token in [gateway.token]", "[gateway.token] 中的 token"};
        default:
            return {};
    }
}

std::vector<PlannedProbe> plan_probes(const GatewaySettings& gateway) {
    std::vector<PlannedProbe> plan;
    for (const auto& route : gateway.routes) {
        for (const auto& defaults : probe_defaults) {
            if (!runs_over(defaults, gateway, route)) continue;
            const auto own = own_settings(gateway, defaults.probe);
            plan.push_back({.role = route.role,
                            .probe = defaults.probe,
                            .interval = own.interval.value_or(default_interval(defaults, gateway)),
                            .timeout = own.timeout.value_or(default_timeout(defaults, gateway)),
                            .on_failure = defaults.on_failure});
        }
    }
    return plan;
}

}  // namespace gatewatch::config
