// Every sentence that a switch or a table makes for a person on call stands in both languages. Those of
// nginx's faults are in lint_nginx_test.cpp, those of the page in page_test.cpp, those of the causes and
// their fixes in diagnosis_causes_test.cpp.
#include "agent/diagnosis/lines.hpp"
#include "agent/report.hpp"
#include "agent/token_report.hpp"
#include "diagnosis_support.hpp"
#include "tests/unit/both_languages.hpp"

namespace gatewatch::agent::test {
namespace {

using gatewatch::test::expect_both;
using gatewatch::test::has_chinese;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

TEST(BothLanguages, HaveASentenceForEveryFaultOfTheFrontend) {
    for (const auto fault : all_of<probes::FrontendFault>()) {
        probes::FrontendSample sample;
        sample.findings.push_back({fault, true, "http://im.example.com/app.js", "http://localhost:7002"});
        const auto lines = frontend_lines(sample);
        ASSERT_EQ(lines.size(), 1u) << name_of(fault);
        expect_both(lines[0].text, name_of(fault));
        Scene scene;
        scene.frontend_has(fault, "http://localhost:7002");
        expect_both(scene.verdict().fix, name_of(fault));
    }
}

TEST(BothLanguages, HaveASentenceForEveryFaultOfTheEnvironmentFiles) {
    for (const auto fault : all_of<probes::EnvFault>()) {
        for (const bool missing : {true, false}) {
            for (const char* value : {"", "http://other.example.com"}) {
                probes::EnvSample sample;
                sample.findings.push_back({.fault = fault,
                                           .file = "/srv/.env",
                                           .line = missing ? 0u : 3u,
                                           .key = "KEY",
                                           .value = value,
                                           .wanted = "http://im.example.com"});
                const auto lines = env_lines(sample);
                ASSERT_EQ(lines.size(), 1u) << name_of(fault);
                expect_both(lines[0].text, name_of(fault));
            }
        }
        Scene scene;
        scene.env_has(fault, "KEY", "http://other.example.com", "http://im.example.com");
        expect_both(scene.verdict().fix, name_of(fault));
    }
}

TEST(BothLanguages, HaveWordsForEveryWayThatARunCanFail) {
    for (const auto reason : all_of<Reason>()) {
        for (const auto by : all_of<probes::AnsweredBy>()) {
            ProbeEvidence evidence;
            evidence.plan = {.role = Role::public_, .probe = ProbeKind::polling, .interval = 15s};
            evidence.last = failed(Role::public_, ProbeKind::polling, reason, Phase::open);
            evidence.last->answer.by = by;
            evidence.last->answer.status = 404;
            const Text text = line_of(evidence).text;
            expect_both(text, name_of(reason));
            EXPECT_THAT(text.en, StartsWith(std::string(name_of(reason)))) << "the name is not translated";
            EXPECT_THAT(text.zh, StartsWith(std::string(name_of(reason))));
        }
    }
    for (const auto by : all_of<probes::AnsweredBy>()) {
        EXPECT_FALSE(words_for(by).en.empty()) << name_of(by);
        EXPECT_FALSE(words_for(by).zh.empty()) << name_of(by);
    }
}

TEST(BothLanguages, HaveWordsForEveryStateOfTheProbesOwnToken) {
    for (const auto own : all_of<probes::OwnToken>()) {
        probes::MysqlSample sample;
        sample.up = true;
        sample.own = own;
        const Text text = mysql_line(sample).text;
        expect_both(text, name_of(own));
        EXPECT_THAT(text.zh, Not(testing::EndsWith("："))) << name_of(own) << " has its word";
    }
    for (const auto probe : all_of<ProbeKind>()) {
        if (!config::is_negative_probe(probe)) continue;
        ProbeEvidence evidence;
        evidence.plan.probe = probe;
        evidence.last = passed(Role::public_, probe);
        expect_both(accepted_line(evidence).text, name_of(probe));
    }
}

TEST(BothLanguages, HaveWordsForEveryVerdictOnAToken) {
    TokenReport report;
    report.preview = "abc…";
    const auto expect_page = [&report](TokenVerdict verdict) {
        ASSERT_EQ(verdict_of(report), verdict);
        const std::string english = token_text(report, Language::en);
        EXPECT_FALSE(has_chinese(english)) << english;
        const std::string chinese = token_text(report, Language::zh);
        const auto at = chinese.find("结论");
        ASSERT_NE(at, std::string::npos) << chinese;
        const auto end = chinese.find('\n', at);
        EXPECT_TRUE(has_chinese(chinese.substr(at + 6, end - at - 6))) << name_of(verdict);
    };
    expect_page(TokenVerdict::absent);
    auto& row = report.found.rows.emplace_back();
    row.exact = true;
    expect_page(TokenVerdict::no_expiry);
    for (const auto state : all_of<probes::TokenState>()) {
        row.state = state;
        expect_page(*from_name<TokenVerdict>(name_of(state)));
    }
}

TEST(BothLanguages, AreNotMixedInAReport) {
    Report report;
    for (const auto severity : all_of<Severity>()) {
        GatewayReport gateway;
        gateway.name = "im";
        gateway.verdict = Scene().everywhere(Reason::tcp_refused, Phase::connect).verdict();
        gateway.verdict.severity = severity;
        gateway.collectors.push_back({CollectorKind::mysql, false, {"no answer", "没有应答"}});
        gateway.not_yet_run.push_back({});
        report.gateways.push_back(std::move(gateway));
    }
    for (const auto look : {Look{}, Look{.running = true}, Look{.once = true}}) {
        EXPECT_FALSE(has_chinese(render_text(report, Language::en, look)));
        EXPECT_THAT(render_text(report, Language::zh, look), Not(HasSubstr("no answer")));
    }
    EXPECT_FALSE(has_chinese(render_nagios(report, Language::en)));
    EXPECT_FALSE(has_chinese(render_json(report, Language::en)));
    EXPECT_TRUE(has_chinese(render_nagios(report, Language::zh)));
    EXPECT_TRUE(has_chinese(render_json(report, Language::zh)));
}

}  // namespace
}  // namespace gatewatch::agent::test
