// What nginx's own configuration says beside a cause that the wire has shown: which findings fit it, and the
// fix as the user's file, line and block. A finding alone makes no cause. Used by the rules and by
// diagnose().
#pragma once

#include <vector>

#include "agent/diagnosis/facts.hpp"
#include "agent/diagnosis/verdict.hpp"

namespace gatewatch::agent {

/// The problems in nginx's configuration that lead to this cause, as the collector last saw them.
[[nodiscard]] std::vector<const probes::NginxFinding*> fitting_findings(const Facts& facts, Cause cause);

/// Where the block stands and how it should read; empty where the configuration shows nothing to mend.
[[nodiscard]] Text mended_block(const Facts& facts, Cause cause);

/// The findings that fit, and where nginx sends the path where that is the question.
[[nodiscard]] std::vector<EvidenceLine> nginx_lines(const Facts& facts, Cause cause);

}  // namespace gatewatch::agent
