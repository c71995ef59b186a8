#include "agent/web/path.hpp"

#include <algorithm>

#include "agent/web/html.hpp"

namespace gatewatch::agent::web {
namespace {

using probes::Outcome;
using probes::Phase;

bool has_route(const GatewayReport& gateway, Role role) {
    const auto is_over_it = [role](const auto& probe) { return probe.role == role; };
    return std::ranges::any_of(gateway.probes, is_over_it) ||
           std::ranges::any_of(gateway.not_yet_run, is_over_it);
}

/// Whether some run shows it: over that route, or over any.
template <class Shows>
HopState shown(const GatewayReport& gateway, std::optional<Role> role, Shows shows) {
    const bool any = std::ranges::any_of(
        gateway.probes, [&](const Outcome& run) { return (!role || run.role == *role) && shows(run); });
    return any ? HopState::ok : HopState::unknown;
}

bool connects(const Outcome& run) {
    return run.ok && config::is_connect_probe(run.probe);
}

/// The namespace's CONNECT went out: the gateway's Engine.IO has answered.
bool reaches_gateway(const Outcome& run) {
    return run.ok || run.connect_sent;
}

HopState of_collector(const GatewayReport& gateway, CollectorKind kind) {
    const auto found = std::ranges::find(gateway.collectors, kind, &CollectorReport::kind);
    if (found == gateway.collectors.end()) return HopState::absent;
    return found->up ? HopState::ok : HopState::unknown;
}

HopState of_runs(const GatewayReport& gateway, Hop hop) {
    const bool is_public = has_route(gateway, Role::public_);
    switch (hop) {
        case Hop::dns:
            if (!is_public) return HopState::absent;
            return shown(gateway, Role::public_,
                         [](const Outcome& run) { return run.phase > Phase::resolve; });
        case Hop::nginx:
            if (!is_public) return HopState::absent;
            return shown(gateway, Role::public_, reaches_gateway);
        case Hop::backend:
            return shown(gateway, std::nullopt, reaches_gateway);
        default:  // the token
            return shown(gateway, std::nullopt, connects);
    }
}

HopState seen(const GatewayReport& gateway, Hop hop) {
    switch (hop) {
        case Hop::frontend:
            return of_collector(gateway, CollectorKind::frontend);
        case Hop::database:
            return of_collector(gateway, CollectorKind::mysql);
        case Hop::agent:
            return of_collector(gateway, CollectorKind::pm2_log);
        default:
            return of_runs(gateway, hop);
    }
}

HopView view_of(const GatewayReport& gateway, Hop hop) {
    const Verdict& verdict = gateway.verdict;
    if (verdict.hop == hop) return {hop, state_of(verdict.severity), verdict.cause};
    for (const Cause cause : verdict.consequences) {
        const CauseFacts& facts = facts_of(cause);
        if (facts.hop == hop) return {hop, state_of(facts.severity), cause};
    }
    return {hop, seen(gateway, hop), std::nullopt};
}

}  // namespace

std::array<HopView, path_hops.size()> path_of(const GatewayReport& gateway) {
    std::array<HopView, path_hops.size()> path;
    std::ranges::transform(path_hops, path.begin(), [&](Hop hop) { return view_of(gateway, hop); });
    return path;
}

}  // namespace gatewatch::agent::web
