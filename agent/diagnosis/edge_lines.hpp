// What nginx's own logs have to say beside a cause. Never a verdict: nginx says how it fared with a request,
// not why. Used by diagnose().
#pragma once

#include "agent/diagnosis/facts.hpp"
#include "agent/diagnosis/verdict.hpp"

namespace gatewatch::agent {

/// At most three lines: its upstream's error, what it answered to users, and that the probes do not come up
/// in it.
[[nodiscard]] std::vector<EvidenceLine> edge_lines(const Facts& facts, Cause cause);

}  // namespace gatewatch::agent
