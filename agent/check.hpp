// `gatewatch check`: runs every probe and collector once and prints the verdict. Used by the command line.
#pragma once

#include <string>

#include "agent/gateway_watch.hpp"
#include "agent/report.hpp"
#include "config/settings.hpp"

namespace gatewatch::agent {

struct CheckResult {
    Report report;
    std::string note;  ///< for standard error: what did not work beside the verdict; empty if all did
};

/// Takes as long as the slowest probe, at most its timeout, and a few seconds for the collectors.
[[nodiscard]] CheckResult run_check(const config::Settings& settings, const GatewayWatch::Runner& runner);

}  // namespace gatewatch::agent
