#include "agent/reload_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

namespace gatewatch::agent {
namespace {

using config::GatewaySettings;

const GatewaySettings* find(const std::vector<GatewaySettings>& gateways, std::string_view name) {
    const auto found = std::ranges::find(gateways, name, &GatewaySettings::name);
    return found == gateways.end() ? nullptr : &*found;
}

std::string needs_restart(std::string_view key, std::string_view running, std::string_view wanted) {
    return fmt::format(
        "{} in [agent] is \"{}\" now, and cannot change without a restart: restart the agent for \"{}\", or "
        "put "
        "the old value back",
        key, running, wanted);
}

std::string count_and_names(const std::vector<std::string>& names, std::string_view what) {
    if (names.empty()) return fmt::format("0 {}", what);
    return fmt::format("{} {} ({})", names.size(), what, fmt::join(names, ", "));
}

}  // namespace

ReloadPlan plan_reload(const config::Settings& running, const config::Settings& wanted) {
    ReloadPlan plan;
    const auto& before = running.agent;
    const auto& after = wanted.agent;
    if (before.listen != after.listen) {
        plan.refused.push_back(needs_restart("listen", before.listen, after.listen));
    }
    if (before.state_directory != after.state_directory) {
        plan.refused.push_back(needs_restart("state_directory", before.state_directory.native(),
                                             after.state_directory.native()));
    }
    if (before.log_format != after.log_format) plan.agent.emplace_back("log_format");
    if (before.log_level != after.log_level) plan.agent.emplace_back("log_level");
    if (before.runbooks != after.runbooks) plan.agent.emplace_back("runbooks");

    for (const auto& gateway : wanted.gateways) {
        const auto* same_name = find(running.gateways, gateway.name);
        auto& list = !same_name ? plan.added : *same_name == gateway ? plan.kept : plan.changed;
        list.push_back(gateway.name);
    }
    for (const auto& gateway : running.gateways) {
        if (!find(wanted.gateways, gateway.name)) plan.removed.push_back(gateway.name);
    }
    return plan;
}

std::string describe(const ReloadPlan& plan) {
    std::string text =
        fmt::format("{} gateway{} kept, {}, {}, {}", plan.kept.size(), plan.kept.size() == 1 ? "" : "s",
                    count_and_names(plan.changed, "changed"), count_and_names(plan.added, "added"),
                    count_and_names(plan.removed, "removed"));
    if (!plan.agent.empty()) text += fmt::format("; in [agent] {}", fmt::join(plan.agent, ", "));
    return text;
}

}  // namespace gatewatch::agent
