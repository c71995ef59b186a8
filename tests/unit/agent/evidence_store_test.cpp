#include "store_fixture.hpp"

namespace gatewatch::agent::test {
namespace {

TEST_F(Store, HasEveryPlannedProbeBeforeAnyRan) {
    const auto snapshot = at(start);
    ASSERT_EQ(snapshot.probes.size(), store.plan().size());
    ASSERT_GE(snapshot.probes.size(), 2u);
    EXPECT_FALSE(snapshot.probes[0].last);
    EXPECT_NE(snapshot.find(Role::public_, ProbeKind::polling), nullptr);
    EXPECT_EQ(snapshot.find(Role::local, ProbeKind::polling), nullptr);
    EXPECT_FALSE(snapshot.mysql);
}

TEST_F(Store, CountsPassesInARowAndFailuresForOneReason) {
    store.add_outcome(0, run(start, Reason::tcp_refused, ""));
    store.add_outcome(0, run(start + 5s, Reason::tcp_reset, ""));
    EXPECT_EQ(first(start + 6s).consecutive_failures, 1u);
    store.add_outcome(0, run(start + 15s, Reason::tcp_reset, ""));
    EXPECT_EQ(first(start + 16s).consecutive_failures, 2u);
    EXPECT_EQ(first(start + 16s).consecutive_successes, 0u);
    store.add_outcome(0, run(start + 30s, std::nullopt, "sid"));
    EXPECT_EQ(first(start + 31s).consecutive_failures, 0u);
    EXPECT_EQ(first(start + 31s).consecutive_successes, 1u);
}

TEST_F(Store, CountsCutsInARowOnlyIfTheyCameAfterTheSameSilence) {
    const auto cut_after = [this](SteadyTime at, std::chrono::nanoseconds silence) {
        Outcome cut = run(at, Reason::idle_cut, "");
        cut.silence = silence;
        store.add_outcome(0, cut);
        return first(at + 200ms).consecutive_failures;
    };
    EXPECT_EQ(cut_after(start, 5s), 1u);
    EXPECT_EQ(cut_after(start + 15s, 5400ms), 2u);
    EXPECT_EQ(cut_after(start + 30s, 4800ms), 1u) << "a timeout is always as long";
    EXPECT_EQ(cut_after(start + 45s, 9s), 1u);
}

TEST_F(Store, ForgetsAnOutcomeThatIsOlderThanTwoIntervalsAndItsTimeout) {
    store.add_outcome(0, run(start, std::nullopt, "sid"));
    EXPECT_TRUE(first(start + 40s).last);
    EXPECT_FALSE(store.is_stale(0, start + 40s));
    EXPECT_FALSE(first(start + 41s).last);
    EXPECT_EQ(first(start + 41s).backend_seen, std::nullopt);
    EXPECT_TRUE(store.is_stale(0, start + 41s));
}

TEST_F(Store, FindsTheAttemptOfARunInTheLogOnce) {
    store.add_outcome(0, run(start, std::nullopt, "sid-a"));
    EXPECT_EQ(first(start + 200ms).backend_seen, std::nullopt);
    EXPECT_TRUE(store.awaits_lines(start + 200ms));
    EXPECT_EQ(store.add_event(event(EventKind::attempt, "sid-a"), start + 300ms), 0u);
    EXPECT_EQ(store.add_event(event(EventKind::attempt, "sid-a"), start + 300ms), std::nullopt);
    EXPECT_EQ(first(start + 300ms).backend_seen, true);
    EXPECT_FALSE(store.awaits_lines(start + 300ms));
}

TEST_F(Store, SaysThatARunWasNotSeenOnlyAfterItsLinesHadTime) {
    store.add_outcome(0, run(start, std::nullopt, "sid-a"));
    EXPECT_EQ(first(start + 3s).backend_seen, std::nullopt);
    EXPECT_EQ(first(start + 4s).backend_seen, false);
    // The next run ends alike: what is known stands until its own lines decide.
    store.add_outcome(0, run(start + 15s, std::nullopt, "sid-b"));
    EXPECT_EQ(first(start + 16s).backend_seen, false);
    store.add_event(event(EventKind::attempt, "sid-b"), start + 16s);
    EXPECT_EQ(first(start + 16s).backend_seen, true);
}

TEST_F(Store, MissesTheLinesOfRunsThatFollowEachOtherFasterThanLinesMayCome) {
    for (int i = 0; i < 4; ++i)
        store.add_outcome(0, run(start + i * 900ms, std::nullopt, "sid-" + std::to_string(i)));
    EXPECT_EQ(first(start + 3050ms).backend_seen, std::nullopt);
    EXPECT_EQ(first(start + 3200ms).backend_seen, false);
    store.add_outcome(0, run(start + 3300ms, std::nullopt, "sid-4"));
    EXPECT_EQ(first(start + 3500ms).backend_seen, false);
    // A line that comes late, of a run before the last, shows that the log is followed all the same.
    store.add_event(event(EventKind::attempt, "sid-1"), start + 3500ms);
    EXPECT_EQ(first(start + 3500ms).backend_seen, std::nullopt);
}

TEST_F(Store, DoesNotBlameTheBackendForALogThatIsNotRead) {
    store.add_outcome(0, run(start, std::nullopt, "sid-a"));
    store.set_log_status(LogStatus{});
    EXPECT_EQ(first(start + 10s).backend_seen, std::nullopt);
    LogStatus behind;
    behind.up = true;
    behind.lag_bytes = 10;
    store.set_log_status(behind);
    EXPECT_EQ(first(start + 10s).backend_seen, std::nullopt);
}

TEST_F(Store, TakesWhatFollowsAnAttemptForTheSameRun) {
    store.add_outcome(0, run(start, Reason::sio_rejected, "sid-a"));
    store.add_event(event(EventKind::attempt, "sid-a"), start + 200ms);
    store.add_event(event(EventKind::token_auth_absent), start + 200ms);
    store.add_event(event(EventKind::rejected_missing), start + 200ms);
    store.add_event(event(EventKind::rejected_expired, "", Origin::user), start + 200ms);
    const auto log = *at(start + 300ms).log;
    EXPECT_EQ(log.own_attempts, 1u);
    EXPECT_EQ(log.own_token_absent, 1u);
    EXPECT_EQ(log.own_rejected_missing, 1u);
    EXPECT_EQ(log.own_rejected_expired, 0u);
}

TEST_F(Store, KeepsTheLogsWordsOfTheRunBeforeWhileTheNextOnesMayStillCome) {
    store.add_outcome(0, run(start, Reason::sio_rejected, "sid-a"));
    store.add_event(event(EventKind::attempt, "sid-a"), start + 200ms);
    store.add_event(event(EventKind::rejected_expired), start + 200ms);
    store.add_outcome(0, run(start + 15s, Reason::sio_rejected, "sid-b"));
    EXPECT_EQ(at(start + 15200ms).log->own_rejected_expired, 1u);
    EXPECT_EQ(at(start + 20s).log->own_rejected_expired, 0u);
    store.add_event(event(EventKind::attempt, "sid-b"), start + 15300ms);
    EXPECT_EQ(at(start + 15300ms).log->own_rejected_expired, 0u);
}

TEST_F(Store, DropsTheLogsWordsOfTheRunBeforeWhenTheNextEndsOtherwise) {
    store.add_outcome(0, run(start, Reason::sio_rejected, "sid-a"));
    store.add_event(event(EventKind::attempt, "sid-a"), start + 200ms);
    store.add_event(event(EventKind::rejected_expired), start + 200ms);
    store.add_outcome(0, run(start + 15s, std::nullopt, "sid-b"));
    EXPECT_EQ(at(start + 15200ms).log->own_rejected_expired, 0u);
}

TEST_F(Store, IgnoresTheAttemptsOfOtherRunsOfThisAgent) {
    store.add_outcome(0, run(start, Reason::sio_rejected, "sid-a"));
    store.add_event(event(EventKind::attempt, "left-by-a-check"), start + 200ms);
    store.add_event(event(EventKind::rejected_expired), start + 200ms);
    EXPECT_EQ(at(start + 300ms).log->own_attempts, 0u);
    EXPECT_EQ(at(start + 300ms).log->own_rejected_expired, 0u);
}

TEST_F(Store, CountsTheErrorsOfTheLastInterval) {
    LogEvent error = event(EventKind::error, "", Origin::unknown);
    error.excerpt = "连接处理错误: connect ECONNREFUSED";
    store.add_event(error, start);
    EXPECT_EQ(at(start + 1s).log->errors, 1u);
    EXPECT_EQ(at(start + 1s).log->last_error, error.excerpt);
    EXPECT_EQ(at(start + 19s).log->errors, 0u);
    EXPECT_EQ(at(start + 19s).log->last_error, "");
}

TEST_F(Store, CountsTheRunsOfTheLastWhileAndThoseThatFailed) {
    for (int i = 0; i < 10; ++i) {
        const bool fails = i % 2 == 0;
        store.add_outcome(0,
                          run(start + i * 15s, fails ? std::optional(Reason::deadline) : std::nullopt, ""));
    }
    EXPECT_EQ(first(start + 136s).recent_runs, 8u);
    EXPECT_EQ(first(start + 136s).recent_failures, 4u);
    EXPECT_EQ(first(start + 136s + 35s).recent_runs, 8u);
    EXPECT_EQ(first(start + 200s).recent_runs, 0u);
    // A pause: what was before it is not recent any more.
    store.add_outcome(0, run(start + 1'000s, std::nullopt, ""));
    EXPECT_EQ(first(start + 1'001s).recent_runs, 1u);
    EXPECT_EQ(first(start + 1'001s).recent_failures, 0u);
}

TEST_F(Store, TakesTheLinesOfARunThatIsStillUnderWayForIts) {
    store.add_outcome(0, run(start, std::nullopt, "sid-a"));
    store.add_event(event(EventKind::attempt, "sid-a"), start + 200ms);
    store.add_connect(0, "sid-b");
    EXPECT_EQ(store.add_event(event(EventKind::attempt, "sid-b"), start + 60s), 0u);
    store.add_event(event(EventKind::accepted), start + 60s);
    EXPECT_EQ(at(start + 200ms).log->own_accepted, 0u);
    store.add_outcome(0, run(start + 59s, std::nullopt, "sid-b"));
    EXPECT_EQ(first(start + 61s).backend_seen, true);
    EXPECT_EQ(at(start + 61s).log->own_accepted, 1u);
}

TEST_F(Store, KnowsEachSessionOfARunThatConnectsMoreThanOnce) {
    auto sticky = run(start, Reason::eio_sid_unknown, "sid-d");
    sticky.more_namespace_sids = {"sid-a", "sid-b", "sid-c"};
    store.add_outcome(0, sticky);
    // The first attempt shows that the backend saw the run; the others are no news.
    EXPECT_EQ(store.add_event(event(EventKind::attempt, "sid-b"), start + 200ms), 0u);
    for (const char* sid : {"sid-a", "sid-c", "sid-d"}) {
        EXPECT_EQ(store.add_event(event(EventKind::attempt, sid), start + 200ms), std::nullopt);
        store.add_event(event(EventKind::accepted), start + 200ms);
    }
    store.add_event(event(EventKind::attempt, "sid-e"), start + 200ms);
    store.add_event(event(EventKind::accepted), start + 200ms);
    EXPECT_EQ(first(start + 300ms).backend_seen, true);
    EXPECT_EQ(at(start + 300ms).log->own_attempts, 4u);
    EXPECT_EQ(at(start + 300ms).log->own_accepted, 3u) << "sid-e is another run's";
}

TEST_F(Store, DoesNotTakeTheWordOnABadTokenForOneOnTheProbesOwn) {
    auto settings = stored_gateway();
    settings.token.source = config::TokenFile{"/t"};
    EvidenceStore other(settings);
    LogStatus status;
    status.up = true;
    other.set_log_status(status);
    const auto& plan = other.plan();
    const auto missing = std::ranges::find(plan, ProbeKind::missing_token, &config::PlannedProbe::probe);
    ASSERT_NE(missing, plan.end());
    other.add_outcome(0, run(start, std::nullopt, "sid-own"));
    other.add_outcome(static_cast<std::size_t>(missing - plan.begin()), run(start, std::nullopt, "sid-bad"));
    other.add_event(event(EventKind::attempt, "sid-own"), start);
    other.add_event(event(EventKind::accepted), start);
    other.add_event(event(EventKind::attempt, "sid-bad"), start);
    other.add_event(event(EventKind::token_auth_absent), start);
    other.add_event(event(EventKind::rejected_missing), start);
    const auto log = *other.snapshot(start + 1s, {}).log;
    EXPECT_EQ(log.own_attempts, 1u);
    EXPECT_EQ(log.own_accepted, 1u);
    EXPECT_EQ(log.own_token_absent, 0u);
    EXPECT_EQ(log.own_rejected_missing, 0u);
}

TEST_F(Store, CountsEveryEventAndKeepsTheLastOnes) {
    for (int i = 0; i < 30; ++i) {
        store.add_event(event(EventKind::attempt, std::to_string(i), Origin::user), start);
    }
    const auto counts = store.event_counts();
    EXPECT_EQ(counts[static_cast<std::size_t>(EventKind::attempt)][static_cast<std::size_t>(Origin::user)],
              30u);
    ASSERT_EQ(store.last_events().size(), EvidenceStore::events_limit);
    EXPECT_EQ(store.last_events().front().sid, "29");
}

TEST_F(Store, KnowsTheNewestHandshake) {
    EXPECT_FALSE(store.handshake());
    auto first_run = run(start, std::nullopt, "");
    first_run.handshake.emplace().ping_interval = 25s;
    store.add_outcome(0, first_run);
    auto second_run = run(start + 1s, std::nullopt, "");
    second_run.handshake.emplace().ping_interval = 10s;
    store.add_outcome(1, second_run);
    ASSERT_TRUE(store.handshake());
    EXPECT_EQ(store.handshake()->ping_interval, 10s);
}

}  // namespace
}  // namespace gatewatch::agent::test
