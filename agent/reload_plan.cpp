#include "agent/reload_plan.hpp"

#include <algorithm>
#include <string_view>

namespace gatewatch::agent {
namespace {

using config::GatewaySettings;

const GatewaySettings* find(const std::vector<GatewaySettings>& gateways, std::string_view name) {
    const auto found = std::ranges::find(gateways, name, &GatewaySettings::name);
    return found == gateways.end() ? nullptr : &*found;
}

Text needs_restart(std::string_view key, std::string_view running, std::string_view wanted) {
    return say(
        "{} in [agent] is \"{}\" now, and cannot change without a restart: restart the agent for \"{}\", or "
        "put the old value back",
        "[agent] 中的 {} 现为 \"{}\"，不重启就无法更改：请重启 gatewatch 以使用 \"{}\"，或改回原值", key,
        running, wanted);
}

Text count_and_names(const std::vector<std::string>& names, const Phrase& what) {
    if (names.empty()) return say("0 {}", "{} 0 个", what);
    return say("{0} {1} ({2})", "{1} {0} 个（{2}）", names.size(), what, joined(names, {", ", "、"}));
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

Text describe(const ReloadPlan& plan) {
    const Phrase gateways{plan.kept.size() == 1 ? "gateway" : "gateways", "网关"};
    const Text kept = say("{0} {1} kept", "{1}：保持不变 {0} 个", plan.kept.size(), gateways);
    const std::vector<Text> parts{kept, count_and_names(plan.changed, {"changed", "已更改"}),
                                  count_and_names(plan.added, {"added", "新增"}),
                                  count_and_names(plan.removed, {"removed", "移除"})};
    Text text = joined(parts, {", ", "，"});
    if (!plan.agent.empty()) {
        text += say("; in [agent] {}", "；[agent] 中的 {}", joined(plan.agent, {", ", "、"}));
    }
    return text;
}

}  // namespace gatewatch::agent
