// What a new configuration changes about the one that runs. Pure: settings in, names out. Used by the app,
// which says it and has Gateways do it.
#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"
#include "config/text.hpp"

namespace gatewatch::agent {

/// Names of gateways, in the order of their file.
struct ReloadPlan {
    std::vector<std::string> kept;     ///< their settings are equal
    std::vector<std::string> changed;  ///< stopped, and started with the new settings
    std::vector<std::string> added;
    std::vector<std::string> removed;
    std::vector<std::string> agent;  ///< keys of [agent] that differ and can be put in force
    std::vector<Text> refused;       ///< why the file is not for this process, a sentence for each key
    bool operator==(const ReloadPlan&) const = default;
};

/// Both with `listen` and `state_directory` as they stand in the file.
[[nodiscard]] ReloadPlan plan_reload(const config::Settings& running, const config::Settings& wanted);

/// "1 gateway kept, 1 changed (im), 1 added (chat), 0 removed"
[[nodiscard]] Text describe(const ReloadPlan& plan);

}  // namespace gatewatch::agent
