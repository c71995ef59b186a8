#include <gtest/gtest.h>

#include <algorithm>

#include "agent/web/path.hpp"
#include "tests/unit/agent/page_report.hpp"

namespace gatewatch::agent::web::test {
namespace {

HopView view_of(const GatewayReport& gateway, Hop hop) {
    const auto path = path_of(gateway);
    return *std::ranges::find(path, hop, &HopView::hop);
}

HopState state_of(const GatewayReport& gateway, Hop hop) {
    return view_of(gateway, hop).state;
}

GatewayReport with_runs(bool public_ok, bool local_ok) {
    GatewayReport gateway;
    gateway.probes = {made_run(Role::public_, ProbeKind::websocket, public_ok),
                      made_run(Role::local, ProbeKind::websocket, local_ok)};
    return gateway;
}

TEST(WebPath, OfAHealthyGatewayIsOkWhereRunsShowIt) {
    const auto gateway = with_runs(true, true);
    for (const Hop hop : {Hop::dns, Hop::nginx, Hop::backend, Hop::token}) {
        EXPECT_EQ(state_of(gateway, hop), HopState::ok) << name_of(hop);
    }
    for (const Hop hop : {Hop::frontend, Hop::database, Hop::agent}) {
        EXPECT_EQ(state_of(gateway, hop), HopState::absent) << name_of(hop);
    }
}

TEST(WebPath, IsUnknownWhereNothingShowsIt) {
    GatewayReport gateway;
    gateway.not_yet_run = {{Role::public_, ProbeKind::websocket, 15s, 10s, false}};
    for (const Hop hop : {Hop::dns, Hop::nginx, Hop::backend, Hop::token}) {
        EXPECT_EQ(state_of(gateway, hop), HopState::unknown) << name_of(hop);
    }
}

TEST(WebPath, HasNoWayThroughNginxWithoutAPublicRoute) {
    GatewayReport gateway;
    gateway.probes = {made_run(Role::local, ProbeKind::websocket, true)};
    EXPECT_EQ(state_of(gateway, Hop::dns), HopState::absent);
    EXPECT_EQ(state_of(gateway, Hop::nginx), HopState::absent);
    EXPECT_EQ(state_of(gateway, Hop::backend), HopState::ok);
}

TEST(WebPath, NamesTheCauseAtItsHopWithItsSeverity) {
    auto gateway = with_runs(false, true);
    gateway.verdict.cause = Cause::upgrade_stripped;
    gateway.verdict.hop = Hop::nginx;
    gateway.verdict.severity = Severity::degraded;
    EXPECT_EQ(state_of(gateway, Hop::nginx), HopState::degraded);
    EXPECT_EQ(view_of(gateway, Hop::nginx).cause, Cause::upgrade_stripped);
    EXPECT_EQ(state_of(gateway, Hop::backend), HopState::ok);
    gateway.verdict.severity = Severity::down;
    EXPECT_EQ(state_of(gateway, Hop::nginx), HopState::failing);
}

TEST(WebPath, ShowsConsequencesAtTheirHops) {
    auto gateway = with_runs(false, false);
    gateway.verdict.cause = Cause::backend_down;
    gateway.verdict.hop = Hop::backend;
    gateway.verdict.severity = Severity::down;
    gateway.verdict.consequences = {Cause::database_down};
    EXPECT_EQ(state_of(gateway, Hop::backend), HopState::failing);
    EXPECT_EQ(state_of(gateway, Hop::database), HopState::failing);
    EXPECT_EQ(view_of(gateway, Hop::database).cause, Cause::database_down);
    EXPECT_EQ(state_of(gateway, Hop::token), HopState::unknown);
}

TEST(WebPath, CallsTheProbesOwnTokenUnknownAndNotFailing) {
    auto gateway = with_runs(false, false);
    for (auto& run : gateway.probes) run.connect_sent = true;
    gateway.verdict.cause = Cause::token_expired;
    gateway.verdict.hop = Hop::token;
    gateway.verdict.severity = Severity::unknown;
    EXPECT_EQ(state_of(gateway, Hop::token), HopState::unknown);
    EXPECT_EQ(state_of(gateway, Hop::nginx), HopState::ok);
    EXPECT_EQ(state_of(gateway, Hop::backend), HopState::ok);
}

TEST(WebPath, TakesACollectorThatCannotReadForNoWordOnWhatItWatches) {
    auto gateway = with_runs(true, true);
    gateway.collectors = {{CollectorKind::mysql, false, {}}, {CollectorKind::frontend, true, {}}};
    EXPECT_EQ(state_of(gateway, Hop::database), HopState::unknown);
    EXPECT_EQ(state_of(gateway, Hop::frontend), HopState::ok);
}

}  // namespace
}  // namespace gatewatch::agent::web::test
