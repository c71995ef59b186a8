#include "agent/verdict_log.hpp"

#include <gmock/gmock.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace gatewatch::agent::test {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using testing::HasSubstr;

constexpr std::chrono::seconds hold{15};

Verdict verdict_of(Cause cause, Severity severity) {
    Verdict verdict;
    verdict.cause = cause;
    verdict.severity = severity;
    return verdict;
}

const Verdict healthy = verdict_of(Cause::none, Severity::ok);
const Verdict unknown = verdict_of(Cause::unknown, Severity::unknown);
const Verdict backend_down = verdict_of(Cause::backend_down, Severity::down);
const Verdict upgrade_stripped = verdict_of(Cause::upgrade_stripped, Severity::degraded);

/// Seconds after the start, on both clocks.
class OfVerdicts : public testing::Test {
  protected:
    static probes::WallTime wall(std::chrono::seconds at) { return probes::WallTime(1'800'000'000s + at); }
    bool add(const Verdict& verdict, std::chrono::seconds at) {
        return log_.add(verdict, probes::SteadyTime(1'000s + at), wall(at));
    }
    [[nodiscard]] Cause cause() const { return log_.verdict().cause; }

    VerdictLog log_{hold};
};

TEST_F(OfVerdicts, TheFirstStandsAtOnceWhateverItIs) {
    EXPECT_EQ(cause(), Cause::unknown);
    EXPECT_EQ(log_.since(), std::nullopt);
    EXPECT_TRUE(add(healthy, 0s));
    EXPECT_EQ(cause(), Cause::none);
    EXPECT_EQ(log_.since(), wall(0s));
}

TEST_F(OfVerdicts, AnOutageStandsAtOnce) {
    add(healthy, 0s);
    EXPECT_TRUE(add(upgrade_stripped, 1s));
    EXPECT_TRUE(add(backend_down, 2s));
    EXPECT_EQ(cause(), Cause::backend_down);
}

TEST_F(OfVerdicts, ItsEndStandsOnlyWhenItHasHeldForAWhile) {
    add(backend_down, 0s);
    EXPECT_FALSE(add(healthy, 10s));
    EXPECT_FALSE(add(healthy, 24s));
    EXPECT_EQ(cause(), Cause::backend_down);
    EXPECT_TRUE(add(healthy, 25s));
    EXPECT_EQ(cause(), Cause::none);
    EXPECT_EQ(log_.since(), wall(25s));
}

TEST_F(OfVerdicts, AnOutageThatComesBackLetsTheWaitBeginAnew) {
    add(backend_down, 0s);
    add(healthy, 10s);
    EXPECT_FALSE(add(backend_down, 20s));
    EXPECT_FALSE(add(healthy, 25s));
    EXPECT_FALSE(add(healthy, 39s));
    EXPECT_TRUE(add(healthy, 40s));
    EXPECT_EQ(log_.changes().size(), 2u);
}

TEST_F(OfVerdicts, AMilderOutageWaitsAsARecoveryDoes) {
    add(backend_down, 0s);
    EXPECT_FALSE(add(upgrade_stripped, 10s));
    EXPECT_TRUE(add(upgrade_stripped, 25s));
    EXPECT_EQ(cause(), Cause::upgrade_stripped);
}

TEST_F(OfVerdicts, ResultsThatGoStaleDoNotHideAnOutageAtOnce) {
    add(upgrade_stripped, 0s);
    EXPECT_FALSE(add(unknown, 10s));
    EXPECT_EQ(cause(), Cause::upgrade_stripped);
    EXPECT_TRUE(add(unknown, 25s));
    EXPECT_EQ(cause(), Cause::unknown);
    EXPECT_TRUE(add(healthy, 26s));
}

TEST_F(OfVerdicts, AnUndecidedOutageGetsItsNameAtOnce) {
    add(verdict_of(Cause::unknown, Severity::down), 0s);
    EXPECT_TRUE(add(upgrade_stripped, 1s));
    EXPECT_EQ(cause(), Cause::upgrade_stripped);
}

TEST_F(OfVerdicts, NewEvidenceForTheSameVerdictIsShownButIsNoChange) {
    add(backend_down, 0s);
    auto more = backend_down;
    more.evidence.push_back({"local websocket", {"refused", "被拒绝"}});
    EXPECT_FALSE(add(more, 1s));
    EXPECT_EQ(log_.verdict(), more);
    EXPECT_EQ(log_.changes().size(), 1u);
}

TEST_F(OfVerdicts, ACauseStandsSinceItBeganWhateverItsSeverity) {
    add(upgrade_stripped, 0s);
    EXPECT_TRUE(add(verdict_of(Cause::upgrade_stripped, Severity::down), 5s));
    EXPECT_EQ(log_.since(), wall(0s));
    ASSERT_EQ(log_.changes().size(), 2u);
    EXPECT_EQ(log_.changes()[0].from, wall(5s));
    EXPECT_EQ(log_.changes()[0].to, std::nullopt);
    EXPECT_EQ(log_.changes()[1].to, wall(5s));
}

TEST_F(OfVerdicts, OnlyTheLastChangesAreKept) {
    for (int i = 0; i < 100; ++i) {
        add(i % 2 == 0 ? backend_down : verdict_of(Cause::tcp_refused, Severity::down),
            std::chrono::seconds(i));
    }
    ASSERT_EQ(log_.changes().size(), VerdictLog::limit);
    EXPECT_EQ(log_.changes().front().from, wall(99s));
}

TEST_F(OfVerdicts, NothingWaitsWhereNothingIsHeld) {
    VerdictLog once(0s);
    once.add(backend_down, probes::SteadyTime(1s), wall(0s));
    EXPECT_TRUE(once.add(healthy, probes::SteadyTime(1s), wall(0s)));
    EXPECT_EQ(once.verdict().cause, Cause::none);
}

TEST_F(OfVerdicts, TheSameCauseAfterARestartStandsSinceItFirstDid) {
    add(healthy, 0s);
    add(backend_down, 10s);
    VerdictLog restarted(hold);
    ASSERT_TRUE(restarted.restore(log_.save()).has_value());
    EXPECT_EQ(restarted.since(), std::nullopt);
    restarted.add(backend_down, probes::SteadyTime(1s), wall(60s));
    EXPECT_EQ(restarted.since(), wall(10s));
    EXPECT_EQ(restarted.changes().size(), 2u);
}

TEST_F(OfVerdicts, AnotherCauseAfterARestartStandsAtOnceAndEndsTheOneBefore) {
    add(backend_down, 10s);
    VerdictLog restarted(hold);
    ASSERT_TRUE(restarted.restore(log_.save()).has_value());
    EXPECT_TRUE(restarted.add(healthy, probes::SteadyTime(1s), wall(60s)));
    EXPECT_EQ(restarted.since(), wall(60s));
    ASSERT_EQ(restarted.changes().size(), 2u);
    EXPECT_EQ(restarted.changes()[1].cause, Cause::backend_down);
    EXPECT_EQ(restarted.changes()[1].to, wall(60s));
}

TEST_F(OfVerdicts, AClockThatWentBackGivesNoVerdictThatEndsBeforeItBegan) {
    add(backend_down, 100s);
    log_.add(verdict_of(Cause::tcp_refused, Severity::down), probes::SteadyTime(1'101s), wall(0s));
    EXPECT_GE(*log_.changes()[1].to, log_.changes()[1].from);
}

TEST(TextOfVerdicts, IsLeftOutWhereItIsCorruptOrOfAnotherProgram) {
    const std::string head = R"({"format":"gatewatch verdicts 1","since":1,"changes":[)";
    for (
        const std::string& text :
        {std::string("{"), std::string("null"), std::string("[]"), std::string(R"({"changes":[]})"),
         std::string(R"({"format":"gatewatch verdicts 2","changes":[]})"),
         head + R"({"cause":"no_such_cause","severity":"down","from":1}]})",
         head + R"({"cause":"backend_down","severity":"down","from":-1}]})",
         head + R"({"cause":"backend_down","severity":"down","from":1,"to":2}]})",
         head +
             R"({"cause":"backend_down","severity":"down","from":1},{"cause":"none","severity":"ok","from":1}]})",
         std::string(
             R"({"format":"gatewatch verdicts 1","changes":[{"cause":"none","severity":"ok","from":1}]})"),
         std::string(5000, '['), std::string("\x00\xff\xfe", 3)}) {
        VerdictLog log(hold);
        EXPECT_FALSE(log.restore(text).has_value()) << text;
        EXPECT_TRUE(log.changes().empty());
    }
}

class FileOfVerdicts : public testing::Test {
  protected:
    void SetUp() override {
        auto pattern = (fs::temp_directory_path() / "gatewatch-verdicts-XXXXXX").native();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
    }
    void TearDown() override { fs::remove_all(directory_); }

    fs::path directory_;
};

TEST_F(FileOfVerdicts, IsReadAsItWasWrittenAndLeavesNothingBeside) {
    const auto file = verdict_file(directory_, "im");
    EXPECT_EQ(read_verdict_file(file), "");
    EXPECT_EQ(write_verdict_file(file, "first"), "");
    EXPECT_EQ(write_verdict_file(file, "second"), "");
    EXPECT_EQ(read_verdict_file(file), "second");
    EXPECT_EQ(std::distance(fs::directory_iterator(directory_), fs::directory_iterator()), 1);
}

TEST_F(FileOfVerdicts, ThatCannotBeWrittenIsToldWithItsName) {
    const auto file = verdict_file(directory_ / "nowhere", "im");
    EXPECT_THAT(write_verdict_file(file, "text"), HasSubstr(file.native()));
}

TEST_F(FileOfVerdicts, IsWrittenThroughNoLinkAndWaitsForNoFifo) {
    const auto file = verdict_file(directory_, "im");
    auto aside = file;
    aside += ".new";
    const auto victim = directory_ / "victim";
    std::ofstream(victim) << "untouched";
    fs::create_symlink(victim, aside);
    EXPECT_EQ(write_verdict_file(file, "first"), "");
    EXPECT_EQ(read_verdict_file(file), "first");
    EXPECT_EQ(read_verdict_file(victim), "untouched");
    ASSERT_EQ(::mkfifo(aside.c_str(), 0600), 0);
    EXPECT_EQ(write_verdict_file(file, "second"), "");
    EXPECT_EQ(read_verdict_file(file), "second");
}

TEST_F(FileOfVerdicts, IsNotReadWhereItIsNoneOrTooLarge) {
    const auto file = verdict_file(directory_, "im");
    std::ofstream(file) << std::string(100'000, 'x');
    EXPECT_THAT(read_verdict_file(file).error(), HasSubstr(file.native()));
    fs::remove(file);
    fs::create_directory(file);
    EXPECT_THAT(read_verdict_file(file).error(), HasSubstr("no regular file"));
}

}  // namespace
}  // namespace gatewatch::agent::test
