// Which runbook a cause leads to, and under which URL.
#include "agent/runbook.hpp"

#include <gmock/gmock.h>

namespace gatewatch::agent::test {
namespace {

using testing::StartsWith;

TEST(Runbook, IsThereForEveryCauseButNone) {
    for (const Cause cause : all_of<Cause>()) {
        if (cause == Cause::none) {
            EXPECT_EQ(runbook_of(cause), "");
        } else {
            EXPECT_THAT(runbook_of(cause), StartsWith("Gatewatch")) << name_of(cause);
        }
    }
}

TEST(Runbook, IsTheSectionOfTheCauseUnlessAnAlertIsAboutJustThatCause) {
    EXPECT_EQ(runbook_of(Cause::backend_down), "GatewatchFaultDiagnosed#backend_down");
    EXPECT_EQ(runbook_of(Cause::unknown), "GatewatchFaultDiagnosed#unknown");
    EXPECT_EQ(runbook_of(Cause::auth_bypassed), "GatewatchAuthBypassed");
    EXPECT_EQ(runbook_of(Cause::token_revoked), "GatewatchProbeTokenRejected");
}

TEST(RunbookUrl, LeadsToTheAgentWhereItListens) {
    const auto url = [](const std::string& listen) {
        config::AgentSettings agent;
        agent.listen = listen;
        return runbook_url(runbook_place(agent), Cause::cors_wildcard, Language::en);
    };
    EXPECT_EQ(url("127.0.0.1:9464"), "http://127.0.0.1:9464/runbooks/GatewatchCorsOpen");
    EXPECT_EQ(url("[::1]:80"), "http://[::1]:80/runbooks/GatewatchCorsOpen");
    EXPECT_EQ(url("0.0.0.0:9464"), "http://localhost:9464/runbooks/GatewatchCorsOpen");
    EXPECT_EQ(url("[::]:9464"), "http://localhost:9464/runbooks/GatewatchCorsOpen");
}

TEST(RunbookUrl, LeadsToThePlaceThatIsConfigured) {
    for (const char* base : {"https://wiki.example.com/gatewatch/", "https://wiki.example.com/gatewatch"}) {
        config::AgentSettings agent;
        agent.runbooks = base;
        const auto place = runbook_place(agent);
        for (const auto language : all_of<Language>()) {
            const std::string expected = "https://wiki.example.com/gatewatch/GatewatchFaultDiagnosed#tz_skew";
            EXPECT_EQ(runbook_url(place, Cause::tz_skew, language), expected);
            EXPECT_EQ(runbook_link(place, Cause::tz_skew, language), expected) << "of the status page";
        }
    }
}

TEST(RunbookUrl, NamesTheLanguageBeforeTheSection) {
    const RunbookPlace own;
    EXPECT_EQ(runbook_url(own, Cause::tz_skew, Language::zh),
              "http://127.0.0.1:9464/runbooks/GatewatchFaultDiagnosed?lang=zh#tz_skew");
    EXPECT_EQ(runbook_link(own, Cause::tz_skew, Language::zh),
              "/runbooks/GatewatchFaultDiagnosed?lang=zh#tz_skew");
    EXPECT_EQ(runbook_link(own, Cause::tz_skew, Language::en),
              "/runbooks/GatewatchFaultDiagnosed?lang=en#tz_skew");
    EXPECT_EQ(runbook_url(own, Cause::none, Language::zh), "");
    EXPECT_EQ(runbook_link(own, Cause::none, Language::zh), "");
}

}  // namespace
}  // namespace gatewatch::agent::test
