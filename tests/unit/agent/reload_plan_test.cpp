#include "agent/reload_plan.hpp"

#include <gmock/gmock.h>

namespace gatewatch::agent::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

config::GatewaySettings gateway(const std::string& name) {
    config::GatewaySettings settings;
    settings.name = name;
    settings.routes.emplace_back().url = "http://127.0.0.1:1";
    return settings;
}

config::Settings settings_of(const std::vector<std::string>& names) {
    config::Settings settings;
    for (const auto& name : names) settings.gateways.push_back(gateway(name));
    return settings;
}

TEST(ReloadPlan, KeepsWhatIsEqualWhereverItStands) {
    const auto plan = plan_reload(settings_of({"a", "b"}), settings_of({"b", "a"}));
    EXPECT_THAT(plan.kept, ElementsAre("b", "a"));
    EXPECT_THAT(plan.changed, IsEmpty());
    EXPECT_THAT(plan.added, IsEmpty());
    EXPECT_THAT(plan.removed, IsEmpty());
    EXPECT_THAT(plan.refused, IsEmpty());
}

TEST(ReloadPlan, TellsChangedAddedAndRemovedGatewaysByTheirNames) {
    const auto running = settings_of({"gone", "im", "same"});
    auto wanted = settings_of({"new", "same", "im"});
    wanted.gateways.back().interval += std::chrono::seconds(1);
    const auto plan = plan_reload(running, wanted);
    EXPECT_THAT(plan.kept, ElementsAre("same"));
    EXPECT_THAT(plan.changed, ElementsAre("im"));
    EXPECT_THAT(plan.added, ElementsAre("new"));
    EXPECT_THAT(plan.removed, ElementsAre("gone"));
    EXPECT_EQ(describe(plan),
              Text("1 gateway kept, 1 changed (im), 1 added (new), 1 removed (gone)",
                   "网关：保持不变 1 个，已更改 1 个（im），新增 1 个（new），移除 1 个（gone）"));
}

TEST(ReloadPlan, TakesKeysOfTheAgentThatCanChange) {
    const auto running = settings_of({"a"});
    auto wanted = running;
    wanted.agent.log_level = config::LogLevel::debug;
    wanted.agent.log_format = config::LogFormat::json;
    wanted.agent.runbooks = "https://wiki.example.com/";
    const auto plan = plan_reload(running, wanted);
    EXPECT_THAT(plan.agent, ElementsAre("log_format", "log_level", "runbooks"));
    EXPECT_THAT(plan.refused, IsEmpty());
    EXPECT_EQ(describe(plan).en,
              "1 gateway kept, 0 changed, 0 added, 0 removed; in [agent] log_format, log_level, runbooks");
}

TEST(ReloadPlan, RefusesWhatTakesARestartAndNamesTheKey) {
    const auto running = settings_of({"a"});
    auto wanted = running;
    wanted.agent.listen = "0.0.0.0:80";
    wanted.agent.state_directory = "/elsewhere";
    const auto plan = plan_reload(running, wanted);
    ASSERT_EQ(plan.refused.size(), 2U);
    EXPECT_THAT(plan.refused[0].en, HasSubstr("listen in [agent] is \"127.0.0.1:9464\" now"));
    EXPECT_THAT(plan.refused[0].en, HasSubstr("restart the agent for \"0.0.0.0:80\""));
    EXPECT_THAT(plan.refused[0].zh, HasSubstr("请重启 gatewatch 以使用 \"0.0.0.0:80\""));
    EXPECT_THAT(plan.refused[1].en, HasSubstr("state_directory in [agent] is \"/var/lib/gatewatch\" now"));
}

}  // namespace
}  // namespace gatewatch::agent::test
