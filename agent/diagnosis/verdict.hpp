// The answer: what is wrong, what that rests on, what to do. Shown by metrics, `check` and the web API.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/diagnosis/cause.hpp"
#include "agent/evidence.hpp"
#include "config/text.hpp"

namespace gatewatch::agent {

struct EvidenceLine {
    std::string source;  ///< "public websocket", "local polling", "mysql", "pm2_log", "nginx_config"
    Text text;           ///< at most probes::max_evidence bytes each
    bool operator==(const EvidenceLine&) const = default;
};

struct Verdict {
    Cause cause = Cause::unknown;
    Severity severity = Severity::unknown;
    Hop hop = Hop::none;
    std::vector<EvidenceLine> evidence;
    std::vector<Cause> consequences;
    Text fix;
    /// Some failures are the agent's own, for its token or its host, whether or not they are the cause: they
    /// say nothing of the service.
    bool prober_at_fault = false;
    bool operator==(const Verdict&) const = default;
};

/// Names the one cause. Pure: the same snapshot gives the same verdict. `unknown` where the evidence does not
/// decide, or is not there yet.
[[nodiscard]] Verdict diagnose(const Snapshot& snapshot);

}  // namespace gatewatch::agent
