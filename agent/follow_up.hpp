// Which probes a result calls for beside the schedule: those that split a tie after a failure, and seldom
// ones again soon after they failed, so that a recovery shows quickly. Pure: it reads the evidence and says
// which; ProbeRuns runs them.
#pragma once

#include <vector>

#include "agent/evidence_store.hpp"

namespace gatewatch::agent {

/// Probes that run less often than the gateway's interval says, because they cost the target more.
[[nodiscard]] bool is_seldom(const config::PlannedProbe& plan, const config::GatewaySettings& gateway);

/// Whether one look at everything, such as `check`, does without it unless it is asked to be thorough: it
/// holds a session for a minute.
[[nodiscard]] constexpr bool is_slow(ProbeKind probe) {
    return probe == ProbeKind::hold;
}

/// Called for by the last outcome of the probe at that place of the plan: after a failed connect, the probes
/// over its route that are planned for that, and `sticky` and `upgrade` if their results are older than the
/// gateway's interval. None where no connection came about, and none whose own interval has not passed since
/// its last run.
[[nodiscard]] std::vector<std::size_t> called_for(const EvidenceStore& evidence, std::size_t index,
                                                  probes::SteadyTime now);

/// The seldom probes whose last run failed, and is the gateway's interval ago.
[[nodiscard]] std::vector<std::size_t> due_again(const EvidenceStore& evidence, probes::SteadyTime now);

}  // namespace gatewatch::agent
