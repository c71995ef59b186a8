// `gatewatch check`: runs every probe and collector once and prints the verdict. Used by the command line.
#pragma once

#include <functional>
#include <string>

#include "agent/gateway_watch.hpp"
#include "agent/report.hpp"
#include "config/settings.hpp"

namespace gatewatch::agent {

struct CheckResult {
    Report report;
    Text note;  ///< for standard error: what did not work beside the verdict; empty if all did
};

struct CheckOptions {
    bool thorough = false;                        ///< wait for the slow probes too, such as `hold`
    std::function<void(const Report&)> progress;  ///< called after each change, if set
};

/// Takes as long as the slowest probe; at most its timeout and five seconds, but ten in any case, and two
/// more for the collectors.
[[nodiscard]] CheckResult run_check(const config::Settings& settings, const GatewayWatch::Runner& runner,
                                    const CheckOptions& options = {});

}  // namespace gatewatch::agent
