#include "agent/follow_up.hpp"

namespace gatewatch::agent {

using probes::SteadyTime;

namespace {

bool splits_a_tie(ProbeKind probe) {
    return probe == ProbeKind::sticky || probe == ProbeKind::upgrade;
}

}  // namespace

bool is_seldom(const config::PlannedProbe& plan, const config::GatewaySettings& gateway) {
    return !plan.on_failure && plan.interval > gateway.interval;
}

std::vector<std::size_t> called_for(const EvidenceStore& evidence, std::size_t index, SteadyTime now) {
    const auto& plan = evidence.plan();
    const auto& failed = evidence.last(index);
    if (!failed || failed->ok || !config::is_connect_probe(plan[index].probe)) return {};
    // Where no connection comes about, there is nothing to tell apart.
    if (failed->phase <= probes::Phase::tls) return {};
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < plan.size(); ++i) {
        if (plan[i].role != plan[index].role) continue;
        const auto& last = evidence.last(i);
        if (plan[i].on_failure) {
            if (!last || now - last->scheduled >= plan[i].interval) found.push_back(i);
        } else if (splits_a_tie(plan[i].probe)) {
            // Its first run is about to come by itself.
            if (last && now - last->scheduled >= evidence.gateway().interval) found.push_back(i);
        }
    }
    return found;
}

std::vector<std::size_t> due_again(const EvidenceStore& evidence, SteadyTime now) {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < evidence.plan().size(); ++i) {
        const auto& last = evidence.last(i);
        if (!last || last->ok || !is_seldom(evidence.plan()[i], evidence.gateway())) continue;
        const SteadyTime ended =
            last->scheduled + std::chrono::duration_cast<SteadyTime::duration>(last->duration);
        if (now - ended >= evidence.gateway().interval) found.push_back(i);
    }
    return found;
}

}  // namespace gatewatch::agent
