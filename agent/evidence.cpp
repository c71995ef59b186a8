#include "agent/evidence.hpp"

#include <algorithm>

namespace gatewatch::agent {

const ProbeEvidence* Snapshot::find(Role role, ProbeKind probe) const {
    const auto found = std::ranges::find_if(probes, [&](const ProbeEvidence& evidence) {
        return evidence.plan.role == role && evidence.plan.probe == probe;
    });
    return found == probes.end() ? nullptr : &*found;
}

}  // namespace gatewatch::agent
