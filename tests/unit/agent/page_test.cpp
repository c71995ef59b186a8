#include "agent/web/page.hpp"

#include <gmock/gmock.h>

#include <regex>

#include "agent/web/html.hpp"
#include "agent/web/words.hpp"
#include "tests/unit/agent/page_report.hpp"

namespace gatewatch::agent::web::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(PageWords, StandInBothLanguagesWithTheSameArguments) {
    const auto holes = [](const std::string& text) {
        std::size_t count = 0;
        for (auto at = text.find("{}"); at != std::string::npos; at = text.find("{}", at + 1)) ++count;
        return count;
    };
    for (const Word word : all_of<Word>()) {
        const Text& text = text_of(word);
        EXPECT_FALSE(text.en.empty()) << name_of(word);
        EXPECT_FALSE(text.zh.empty()) << name_of(word);
        EXPECT_EQ(holes(text.en), holes(text.zh)) << name_of(word);
    }
}

TEST(PageWords, StandAtTheirPlaceInTheTable) {
    EXPECT_EQ(text_of(Word::skip).en, "Skip to the verdict");
    EXPECT_EQ(text_of(Word::transcript).en, "On the wire");
    EXPECT_EQ(text_of(Word::no_gateways).en, "No gateway is configured.");
}

/// Everything between tags that is not markup, the style or the script.
std::string shown(const std::string& html) {
    const auto begin = html.find("<main"), end = html.find("</main>");
    return html.substr(begin, end - begin);
}

TEST(Page, IsWrittenInOneLanguageThroughout) {
    const auto zh = shown(render_page(made_up_report(), Language::zh));
    for (const Word word :
         {Word::probes, Word::history, Word::changes, Word::tokens, Word::log_events, Word::nginx,
          Word::collectors, Word::evidence, Word::fix, Word::hop_database, Word::for_time}) {
        const Text& text = text_of(word);
        if (text.en != text.zh) {
            EXPECT_THAT(zh, Not(HasSubstr(">" + text.en + "<"))) << name_of(word);
        }
    }
    EXPECT_THAT(zh, AllOf(HasSubstr("已持续 3 分 20 秒"), HasSubstr("同一时刻通过"), HasSubstr("然后执行")));
}

TEST(Page, ShowsTheVerdictWithItsEvidenceItsFixAndWhatComesWithIt) {
    const auto html = render_page(made_up_report(), Language::en);
    EXPECT_THAT(html, HasSubstr("<title>DEGRADED: upgrade_stripped · Gatewatch</title>"));
    EXPECT_THAT(html, HasSubstr("nginx does not pass the Upgrade header on"));
    EXPECT_THAT(html, HasSubstr("it saw a plain request"));
    EXPECT_THAT(html, HasSubstr("proxy_set_header Upgrade $http_upgrade;"));
    EXPECT_THAT(html, HasSubstr("<code>log_blind</code>"));
    EXPECT_THAT(html, HasSubstr("for 3 min 20 s"));
}

TEST(Page, TellsOfTokensWhenTheyRunOutAndWhatIsAmissWithTheTable) {
    Report report = made_up_report();
    auto& sample = report.gateways[0].mysql.emplace();
    sample.up = true;
    sample.expiring = {1, 2, 4};
    sample.issued = {3, 4, 5, 0};
    sample.users_without_token = 7;
    sample.warnings = {
        {probes::MysqlWarningKind::missing_index, {"no index on <token>", "没有 <token> 索引"}},
        {probes::MysqlWarningKind::collation, {"compared without case", "不区分大小写"}, true}};
    const auto en = render_page(report, Language::en);
    for (const auto* part : {"within 1 h 1 · 6 h 2 · 24 h 4", "within 1 h 3 · 24 h 4 · 7 d 5 · before 0",
                             "<dd>7</dd>", "no index on &lt;token&gt;", "compared without case"}) {
        EXPECT_THAT(en, HasSubstr(part));
    }
    EXPECT_THAT(render_page(report, Language::zh), AllOf(HasSubstr("1 小时内 1 · 6 小时内 2 · 24 小时内 4"),
                                                         HasSubstr("没有 &lt;token&gt; 索引")));
    sample.up = false;
    EXPECT_THAT(render_page(report, Language::en), Not(HasSubstr("within 1 h 1")));
}

TEST(Page, LeadsToTheRunbookOfTheCause) {
    Report report = made_up_report();
    EXPECT_THAT(render_page(report, Language::zh),
                HasSubstr("href=\"/runbooks/GatewatchFaultDiagnosed?lang=zh#upgrade_stripped\""));
    report.runbooks = {"https://wiki.example.com/", false};
    EXPECT_THAT(render_page(report, Language::en),
                HasSubstr("href=\"https://wiki.example.com/GatewatchFaultDiagnosed#upgrade_stripped\""));
    report.gateways[0].verdict = {};
    EXPECT_THAT(render_page(report, Language::en), HasSubstr("GatewatchFaultDiagnosed#unknown"));
    report.gateways[0].verdict.cause = Cause::none;
    EXPECT_THAT(render_page(report, Language::en), Not(HasSubstr("GatewatchFaultDiagnosed")));
}

TEST(Page, ShowsRunsWithTheirPhasesAndTranscripts) {
    const auto html = render_page(made_up_report(), Language::en);
    EXPECT_THAT(html, HasSubstr("GET /socket.io/?EIO=4&amp;transport=websocket HTTP/1.1"));
    EXPECT_THAT(html, HasSubstr("<code>connect</code></th><td class=\"num\">0.002 s"));
    EXPECT_THAT(html, HasSubstr("Failed runs (3)"));
    EXPECT_THAT(html, HasSubstr("Passed runs (8)"));
    EXPECT_THAT(html, HasSubstr("no fresh result · every 5 min"));
    EXPECT_THAT(html, HasSubstr("no fresh result · only after a failure"));
}

TEST(Page, ShowsOnlyAsManyRunsAsSomebodyReads) {
    Report report = made_up_report();
    auto& gateway = report.gateways[0];
    gateway.history.clear();
    for (int i = 0; i < 64; ++i) {
        auto run = made_run(Role::public_, ProbeKind::polling, i % 2 == 0);
        run.started_wall -= i * 1s;
        run.transcript.assign(probes::max_transcript_lines,
                              {1ms, false, std::string(probes::max_transcript_line, 'x')});
        gateway.history.push_back(run);
    }
    const auto html = render_page(report, Language::en);
    EXPECT_THAT(html, HasSubstr("Failed runs (12)"));
    EXPECT_THAT(html, HasSubstr("Passed runs (8)"));
    EXPECT_THAT(html, HasSubstr("The last 12 failures and the last 8 passes."));
    EXPECT_LT(html.size(), 250'000U);
}

TEST(Page, ShowsCountsThatAreNotKnownAsSuchAndCappedOnesAsAtLeast) {
    Report report = made_up_report();
    EXPECT_THAT(render_page(report, Language::en), HasSubstr("<dd>≥ 50000</dd>"));
    report.gateways[0].mysql->up = false;
    const auto html = render_page(report, Language::en);
    EXPECT_THAT(html, Not(HasSubstr("≥")));
    EXPECT_THAT(html, HasSubstr("<dd><span class=\"quiet\">not known</span></dd>"));
}

TEST(Page, EscapesWhatPeersAndLogsSay_fault_99) {
    for (const auto language : all_of<Language>()) {
        const auto html = render_page(made_up_report(), language);
        EXPECT_THAT(html, Not(HasSubstr("<script>alert")));
        EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;"));
    }
    EXPECT_EQ(escape_html("a\x1b[31m\r\nb"), "a·[31m·\nb");
}

TEST(Page, UsesNoAttributeThatItsPolicyForbids) {
    const auto html = shown(render_page(made_up_report(), Language::en));
    EXPECT_THAT(html, Not(HasSubstr(" style=")));
    EXPECT_FALSE(std::regex_search(html, std::regex(R"( on\w+=")")));
    EXPECT_FALSE(std::regex_search(html, std::regex(R"((src|href)="(https?:)?//)")));
}

TEST(Page, RendersAGatewayOfWhichNothingIsKnownYet) {
    Report report;
    report.time = page_time();
    report.gateways.resize(2);
    const auto html = render_page(report, Language::en);
    EXPECT_THAT(html, HasSubstr("No verdict has been given yet."));
    EXPECT_THAT(html, HasSubstr("No run has ended yet."));
    EXPECT_THAT(html, HasSubstr("The backend&#39;s log is not followed"));
    report.gateways.clear();
    EXPECT_THAT(render_page(report, Language::en), HasSubstr("No gateway is configured."));
}

TEST(Page, SaysThatARunIsUnderWay) {
    Report report = made_up_report();
    EXPECT_THAT(render_page(report, Language::en), HasSubstr("data-running=\"no\""));
    report.run_under_way = true;
    EXPECT_THAT(render_page(report, Language::en), HasSubstr("data-running=\"yes\""));
}

TEST(Page, GivesSpansOfTimeInTheirTwoLargestUnits) {
    EXPECT_EQ(span_of_time(Language::en, 59s), "59 s");
    EXPECT_EQ(span_of_time(Language::en, 120s), "2 min");
    EXPECT_EQ(span_of_time(Language::en, 3700s), "1 h 1 min");
    EXPECT_EQ(span_of_time(Language::zh, 49h), "2 天 1 小时");
    EXPECT_EQ(span_of_time(Language::en, -5s), "0 s");
}

}  // namespace
}  // namespace gatewatch::agent::web::test
