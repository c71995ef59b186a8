#include "agent/evidence_store.hpp"

#include <gmock/gmock.h>

namespace gatewatch::agent::test {
namespace {

using namespace std::chrono_literals;
using probes::EventKind;
using probes::LogEvent;
using probes::LogStatus;
using probes::Origin;
using probes::Outcome;
using probes::Reason;
using probes::SteadyTime;

const SteadyTime start{1'000s};

config::GatewaySettings gateway() {
    config::GatewaySettings settings;
    settings.name = "im";
    config::RouteSettings route;
    route.url = "http://im.example.com";
    settings.routes.push_back(route);
    settings.pm2.emplace();
    return settings;
}

/// A run that began then, and took 100 ms.
Outcome run(SteadyTime at, std::optional<Reason> reason, std::string sid) {
    Outcome outcome;
    outcome.ok = !reason;
    outcome.reason = reason;
    outcome.scheduled = outcome.started = at;
    outcome.duration = 100ms;
    outcome.connect_sent = true;
    outcome.namespace_sid = std::move(sid);
    return outcome;
}

LogEvent event(EventKind kind, std::string sid = {}, Origin origin = Origin::synthetic) {
    LogEvent event;
    event.kind = kind;
    event.origin = origin;
    event.sid = std::move(sid);
    return event;
}

class Store : public testing::Test {
  protected:
    Store() {
        LogStatus status;
        status.up = true;
        store.set_log_status(status);
    }
    [[nodiscard]] Snapshot at(SteadyTime now) const { return store.snapshot(now, probes::WallTime{}); }
    [[nodiscard]] ProbeEvidence first(SteadyTime now) const { return at(now).probes.front(); }

    EvidenceStore store{gateway()};
};

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

TEST(HistoryOfOutcomes, KeepsFailuresWhenThePassesAroundThemHaveGone) {
    History history;
    history.add(run(start, Reason::tcp_refused, "first"));
    for (int i = 0; i < 1000; ++i) history.add(run(start + 1s, std::nullopt, ""));
    history.add(run(start + 2s, Reason::deadline, "last"));
    const auto failures = history.failures();
    ASSERT_EQ(failures.size(), 2u);
    EXPECT_EQ(failures[0]->namespace_sid, "last");
    EXPECT_EQ(failures[1]->namespace_sid, "first");
}

TEST(HistoryOfOutcomes, IsBounded) {
    History history;
    for (int i = 0; i < 1000; ++i) history.add(run(start, Reason::tcp_refused, std::to_string(i)));
    const auto failures = history.failures();
    EXPECT_EQ(failures.size(), 2 * History::limit);
    EXPECT_EQ(failures.front()->namespace_sid, "999");
}

}  // namespace
}  // namespace gatewatch::agent::test
