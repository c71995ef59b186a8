#include "agent/follow_up.hpp"

#include <gmock/gmock.h>

#include "agent/run_limit.hpp"

namespace gatewatch::agent::test {
namespace {

using namespace std::chrono_literals;
using probes::Outcome;
using probes::Reason;
using probes::SteadyTime;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const SteadyTime start{1'000s};

config::GatewaySettings gateway() {
    config::GatewaySettings settings;
    settings.name = "im";
    settings.token.source = config::TokenFile{"/t"};
    for (auto role : {Role::public_, Role::local}) {
        config::RouteSettings route;
        route.role = role;
        route.url = "http://im.example.com";
        settings.routes.push_back(route);
    }
    return settings;
}

class FollowUp : public testing::Test {
  protected:
    [[nodiscard]] std::size_t at(Role role, ProbeKind probe) const {
        const auto& plan = store.plan();
        const auto found = std::ranges::find_if(
            plan, [&](const auto& planned) { return planned.role == role && planned.probe == probe; });
        return static_cast<std::size_t>(found - plan.begin());
    }
    void ran(Role role, ProbeKind probe, SteadyTime when, std::optional<Reason> reason,
             probes::Phase phase = probes::Phase::open) {
        Outcome outcome;
        outcome.phase = phase;
        outcome.ok = !reason;
        outcome.reason = reason;
        outcome.scheduled = outcome.started = when;
        outcome.duration = 1s;
        store.add_outcome(at(role, probe), outcome);
    }
    [[nodiscard]] std::vector<ProbeKind> kinds(const std::vector<std::size_t>& places) const {
        std::vector<ProbeKind> found;
        for (auto place : places) found.push_back(store.plan()[place].probe);
        return found;
    }
    [[nodiscard]] std::vector<ProbeKind> called(ProbeKind probe, SteadyTime now) const {
        return kinds(called_for(store, at(Role::public_, probe), now));
    }

    EvidenceStore store{gateway()};
};

TEST_F(FollowUp, OfAPassIsNone) {
    ran(Role::public_, ProbeKind::websocket, start, std::nullopt);
    EXPECT_THAT(called(ProbeKind::websocket, start + 1s), IsEmpty());
}

TEST_F(FollowUp, OfAConnectionThatDidNotComeAboutIsNone) {
    for (auto phase : {probes::Phase::resolve, probes::Phase::connect, probes::Phase::tls}) {
        ran(Role::public_, ProbeKind::websocket, start, Reason::deadline, phase);
        EXPECT_THAT(called(ProbeKind::websocket, start + 1s), IsEmpty());
    }
}

TEST_F(FollowUp, OfAFailedConnectIsWhatSplitsATieOverItsRoute) {
    ran(Role::public_, ProbeKind::websocket, start, Reason::deadline);
    const auto places = called_for(store, at(Role::public_, ProbeKind::websocket), start + 1s);
    EXPECT_THAT(kinds(places), UnorderedElementsAre(ProbeKind::header_token, ProbeKind::other_eio));
    for (auto place : places) EXPECT_EQ(store.plan()[place].role, Role::public_);
}

TEST_F(FollowUp, OfAnotherFailureIsNone) {
    ran(Role::public_, ProbeKind::http, start, Reason::deadline);
    EXPECT_THAT(called(ProbeKind::http, start + 1s), IsEmpty());
}

TEST_F(FollowUp, ComesAtMostOnceAnInterval) {
    ran(Role::public_, ProbeKind::header_token, start, Reason::deadline);
    ran(Role::public_, ProbeKind::other_eio, start, std::nullopt);
    ran(Role::public_, ProbeKind::polling, start + 14s, Reason::deadline);
    EXPECT_THAT(called(ProbeKind::polling, start + 14s), IsEmpty());
    EXPECT_THAT(called(ProbeKind::polling, start + 15s),
                UnorderedElementsAre(ProbeKind::header_token, ProbeKind::other_eio));
}

TEST_F(FollowUp, TakesStickyAndUpgradeInWhereTheirResultsAreOlderThanTheInterval) {
    for (auto probe :
         {ProbeKind::sticky, ProbeKind::upgrade, ProbeKind::header_token, ProbeKind::other_eio}) {
        ran(Role::public_, probe, start, std::nullopt);
    }
    ran(Role::public_, ProbeKind::header_token, start + 10s, std::nullopt);
    ran(Role::public_, ProbeKind::other_eio, start + 10s, std::nullopt);
    ran(Role::public_, ProbeKind::polling, start + 14s, Reason::eio_sid_unknown);
    EXPECT_THAT(called(ProbeKind::polling, start + 14s), IsEmpty());
    EXPECT_THAT(called(ProbeKind::polling, start + 16s),
                UnorderedElementsAre(ProbeKind::sticky, ProbeKind::upgrade));
}

TEST_F(FollowUp, RunsASeldomProbeAgainTheIntervalAfterItFailed) {
    ran(Role::local, ProbeKind::missing_token, start, Reason::accepted_bad_token);
    EXPECT_THAT(due_again(store, start + 15s), IsEmpty());
    EXPECT_THAT(kinds(due_again(store, start + 16s)), UnorderedElementsAre(ProbeKind::missing_token));
    ran(Role::local, ProbeKind::missing_token, start + 16s, std::nullopt);
    EXPECT_THAT(due_again(store, start + 60s), IsEmpty());
}

TEST_F(FollowUp, LeavesToTheScheduleWhatRunsOftenAnyway) {
    ran(Role::local, ProbeKind::websocket, start, Reason::tcp_refused);
    ran(Role::local, ProbeKind::other_eio, start, Reason::tcp_refused);
    EXPECT_THAT(due_again(store, start + 60s), IsEmpty());
}

TEST(RunLimitOfTheButton, LetsOneRunGoAtATimeAndOneStartInTenSeconds) {
    RunLimit limit;
    EXPECT_TRUE(limit.try_start(start));
    EXPECT_FALSE(limit.try_start(start + 60s));
    limit.ended();
    EXPECT_TRUE(limit.try_start(start + 60s));
    limit.ended();
    EXPECT_FALSE(limit.try_start(start + 69s));
    EXPECT_TRUE(limit.try_start(start + 70s));
}

}  // namespace
}  // namespace gatewatch::agent::test
