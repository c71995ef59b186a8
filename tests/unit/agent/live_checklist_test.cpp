// The checklist of `check` on a terminal, and the output for monitoring systems.
#include "agent/live_checklist.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

#include "diagnosis_support.hpp"

namespace gatewatch::agent::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

Report broken() {
    Scene scene;
    scene.one(Role::public_, ProbeKind::websocket, Reason::upgrade_refused, Phase::upgrade,
              engine_error(3, "Bad request"));
    GatewayReport gateway;
    gateway.name = "im";
    gateway.verdict = scene.verdict();
    for (const auto& probe : scene.snapshot.probes) gateway.probes.push_back(*probe.last);
    gateway.probes.pop_back();
    gateway.not_yet_run.push_back(scene.snapshot.probes.back().plan);
    auto& sample = gateway.mysql.emplace();
    sample.up = true;
    sample.tokens = {12, 3, std::nullopt};
    return {"0.1.0", now_wall, {gateway}};
}

TEST(CutToWidth, CountsAChineseCharacterAsTwoColumnsAndAnEscapeSequenceAsNone) {
    EXPECT_EQ(cut_to_width("abcdef\n", 5), "abcd\n");
    EXPECT_EQ(cut_to_width("通过失败\n", 6), "通过\n");
    EXPECT_EQ(cut_to_width("\x1b[31mFAIL\x1b[0m rest\n", 7), "\x1b[31mFAIL\x1b[0m r\n");
    EXPECT_EQ(cut_to_width("short\nlines\n", 80), "short\nlines\n");
}

TEST(CutToHeight, SaysThatThereIsMoreInTheLastLineThatFits) {
    EXPECT_EQ(cut_to_height("a\nb\nc\n", 3), "a\nb\nc\n");
    EXPECT_EQ(cut_to_height("a\nb\nc\n", 2), "a\n...\n");
    EXPECT_EQ(cut_to_height("a\nb\nc\n", 1), "...\n");
}

std::string drawn(const std::vector<Report>& reports) {
    char* buffer = nullptr;
    std::size_t size = 0;
    std::FILE* terminal = ::open_memstream(&buffer, &size);
    LiveChecklist checklist(terminal, Language::en, {});
    for (const auto& report : reports) checklist.show(report);
    std::fflush(terminal);
    std::string text(buffer, size);
    checklist.clear();
    std::fclose(terminal);
    std::free(buffer);
    return text;
}

TEST(LiveChecklist, FillsInInItsPlaceAndShowsNoVerdictBeforeTheEnd) {
    Report first = broken();
    Report second = broken();
    first.gateways[0].probes.clear();
    const std::string one = drawn({first});
    EXPECT_THAT(one, AllOf(HasSubstr("....  local"), Not(HasSubstr("Verdict")), Not(HasSubstr("\x1b["))));
    const std::string two = drawn({first, second});
    const auto lines = std::ranges::count(one, '\n');
    EXPECT_THAT(two, HasSubstr("\x1b[" + std::to_string(lines) + "A\x1b[J"));
    EXPECT_THAT(two, HasSubstr("FAIL  public websocket"));
}

TEST(LiveChecklist, DrawsNothingWhereNothingHasChanged) {
    EXPECT_EQ(drawn({broken(), broken()}), drawn({broken()}));
}

TEST(ReportForNagios, IsAStatusLineWithPerformanceDataAndThenTheEvidence) {
    const std::string text = render_nagios(broken(), Language::en);
    EXPECT_THAT(text, StartsWith("GATEWATCH WARNING - im: upgrade_stripped - "));
    const std::string status = text.substr(0, text.find('\n'));
    EXPECT_EQ(std::ranges::count(status, '|'), 1);
    EXPECT_THAT(status, HasSubstr(" 'im public websocket'=0.012s;;;0"));
    EXPECT_THAT(status,
                AllOf(HasSubstr(" 'im tokens valid'=12;;;0"), HasSubstr(" 'im tokens revoked'=U;;;0")));
    const std::string rest = text.substr(text.find('\n'));
    EXPECT_EQ(std::ranges::count(rest, '|'), 0) << "a bar would begin performance data";
    EXPECT_THAT(rest, AllOf(HasSubstr("public websocket: "), HasSubstr("proxy_set_header Upgrade")));
    EXPECT_THAT(render_nagios(broken(), Language::zh), HasSubstr("请"));
}

TEST(ReportForNagios, SaysWhichOfTheFourStatesItIs) {
    Report report = broken();
    for (const auto& [severity, word] :
         {std::pair{Severity::ok, "OK"}, std::pair{Severity::degraded, "WARNING"},
          std::pair{Severity::down, "CRITICAL"}, std::pair{Severity::unknown, "UNKNOWN"}}) {
        report.gateways[0].verdict.severity = severity;
        EXPECT_THAT(render_nagios(report, Language::en),
                    StartsWith(std::string("GATEWATCH ") + word + " - "));
    }
}

}  // namespace
}  // namespace gatewatch::agent::test
