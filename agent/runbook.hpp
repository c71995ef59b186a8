// Which runbook helps with a cause, and under which URL people read it. The texts stand in
// dashboards/runbooks; agent/web serves them. Pure. Used by the reports and the status page.
#pragma once

#include <string>

#include "agent/diagnosis/cause.hpp"
#include "config/settings.hpp"
#include "config/text.hpp"

namespace gatewatch::agent {

/// Where the runbooks are read.
struct RunbookPlace {
    std::string url = "http://127.0.0.1:9464/runbooks/";  ///< ends with "/"
    bool own = true;                                      ///< the agent's own, in both languages
};

/// The place that the configuration names, else the agent's own. An agent that listens everywhere is named
/// localhost.
[[nodiscard]] RunbookPlace runbook_place(const config::AgentSettings& agent);

/// "GatewatchFaultDiagnosed#backend_down": the section of the cause, or the runbook of the alert that is
/// about just this cause. Empty for `none`.
[[nodiscard]] std::string runbook_of(Cause cause);

/// The whole URL of a cause's runbook, for what is read away from the agent; empty for `none`.
[[nodiscard]] std::string runbook_url(const RunbookPlace& place, Cause cause, Language language);

/// The same for a link on the agent's own page, which leaves out the host where that is the agent.
[[nodiscard]] std::string runbook_link(const RunbookPlace& place, Cause cause, Language language);

}  // namespace gatewatch::agent
