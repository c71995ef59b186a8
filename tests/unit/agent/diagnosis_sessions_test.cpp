// The rules about sessions that were opened well: lost, cached, cut, or gone with their process.
#include "diagnosis_support.hpp"

namespace gatewatch::agent::test {
namespace {

using testing::Contains;
using testing::HasSubstr;

const auto session_unknown = engine_error(1, "Session ID unknown");

probes::Outcome sticky(Role role, unsigned lost) {
    probes::Outcome outcome =
        lost > 0 ? failed(role, ProbeKind::sticky, Reason::eio_sid_unknown, Phase::namespace_)
                 : passed(role, ProbeKind::sticky);
    outcome.tries = 4;
    outcome.lost = lost;
    return outcome;
}

probes::Outcome cut(Role role, std::chrono::seconds silence) {
    probes::Outcome outcome = failed(role, ProbeKind::hold, Reason::idle_cut, Phase::hold);
    outcome.silence = silence;
    outcome.handshake = probes::Handshake{25s, 20s, false};
    return outcome;
}

TEST(LostSessions, OfOneStickyRunAreNotStickyAndASingleOneMayBeARestart) {
    EXPECT_EQ(Scene().with(sticky(Role::public_, 3)).cause(), Cause::not_sticky);
    EXPECT_EQ(Scene().with(sticky(Role::public_, 1)).cause(), Cause::unknown);
    Scene again;
    again.with(sticky(Role::public_, 1)).at(Role::public_, ProbeKind::sticky).consecutive_failures = 2;
    EXPECT_EQ(again.cause(), Cause::not_sticky);
}

TEST(LostSessions, OverThePublicRouteAloneWaitForTheProbeThatKnowsACacheFromAnUpstream) {
    Scene scene;
    scene.one(Role::public_, ProbeKind::polling, Reason::eio_sid_unknown, Phase::namespace_, session_unknown)
        .plan(Role::public_, ProbeKind::sticky);
    EXPECT_EQ(scene.cause(), Cause::unknown);
    probes::Outcome cached = sticky(Role::public_, 4);
    cached.repeated_sid = true;
    EXPECT_EQ(Scene(scene).with(cached).cause(), Cause::cached_handshake);
    EXPECT_EQ(Scene(scene).with(cached).verdict().consequences.size(), 0u);
    EXPECT_EQ(Scene(scene).with(sticky(Role::public_, 4)).cause(), Cause::not_sticky);
    scene.at(Role::public_, ProbeKind::polling).consecutive_failures = 3;
    EXPECT_EQ(scene.cause(), Cause::not_sticky) << "but not for ever";
}

TEST(LostSessions, OfOnePollingRunAreNoMoreThanARestartWhereTheNextStickyRunLosesNone) {
    for (Role role : {Role::public_, Role::local}) {
        Scene scene;
        scene.one(role, ProbeKind::polling, Reason::eio_sid_unknown, Phase::namespace_, session_unknown)
            .with(passed(role, ProbeKind::sticky));
        EXPECT_EQ(scene.cause(), Cause::unknown) << name_of(role);
    }
}

TEST(LostSessions, AreNamedThoughTheProbesTokenIsTurnedDownOrTheUpgradeStripped) {
    Scene scene;
    scene.one(Role::public_, ProbeKind::polling, Reason::eio_sid_unknown, Phase::namespace_, session_unknown)
        .one(Role::public_, ProbeKind::websocket, Reason::upgrade_refused, Phase::upgrade);
    EXPECT_THAT(scene.verdict().consequences, Contains(Cause::not_sticky));
}

TEST(AnIdleCut, ThatComesAgainAndTheLocalSessionOutlivesIsNginxsAndNamesTheTimes) {
    Scene scene;
    scene.with(cut(Role::public_, 5s)).with(passed(Role::local, ProbeKind::hold));
    EXPECT_EQ(scene.cause(), Cause::unknown) << "one restart of nginx does the same";
    scene.at(Role::public_, ProbeKind::hold).consecutive_failures = 2;
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::idle_timeout);
    EXPECT_EQ(verdict.severity, Severity::degraded);
    EXPECT_THAT(verdict.evidence[0].text.en,
                HasSubstr("after 5.0 s of silence; the server pings every 25.0"));
    EXPECT_THAT(verdict.fix.en, HasSubstr("proxy_read_timeout 90s;"));
}

TEST(AnIdleCut, NeedsMoreThanOneCutWhereNothingElseTellsItFromARestart) {
    Scene scene;
    scene.with(cut(Role::public_, 5s));
    EXPECT_EQ(scene.cause(), Cause::unknown);
    Scene configured = scene;
    EXPECT_EQ(configured.nginx_has(probes::NginxFault::read_timeout_short).cause(), Cause::idle_timeout);
    EXPECT_THAT(configured.verdict().fix.en, HasSubstr("/etc/nginx/conf.d/im.conf:32"));
    scene.at(Role::public_, ProbeKind::hold).consecutive_failures = 2;
    EXPECT_EQ(scene.cause(), Cause::idle_timeout);
    scene.at(Role::public_, ProbeKind::polling).recent_failures = 1;
    EXPECT_NE(scene.cause(), Cause::idle_timeout) << "the backend may come and go";
}

TEST(AnIdleCut, IsNotProvenByALocalSessionThatHadEndedBefore) {
    Scene scene;
    probes::Outcome held = passed(Role::local, ProbeKind::hold);
    held.started = now - 1s;
    scene.with(cut(Role::public_, 5s)).with(held).at(Role::public_, ProbeKind::polling).recent_failures = 1;
    scene.at(Role::public_, ProbeKind::hold).consecutive_failures = 2;
    EXPECT_NE(scene.cause(), Cause::idle_timeout);
    scene.at(Role::local, ProbeKind::hold).last->started = cut(Role::public_, 5s).started;
    EXPECT_EQ(scene.cause(), Cause::idle_timeout);
}

TEST(AnIdleCut, ThatMeetsTheLocalSessionAlikeOrComesAfterThePingIsNotNginxs) {
    Scene both;
    both.with(cut(Role::public_, 5s)).with(cut(Role::local, 5s));
    EXPECT_EQ(both.cause(), Cause::unknown);
    Scene late;
    late.with(cut(Role::public_, 30s)).with(passed(Role::local, ProbeKind::hold));
    EXPECT_EQ(late.cause(), Cause::unknown);
    Scene longer;
    longer.with(cut(Role::public_, 5s)).with(cut(Role::local, 20s));
    longer.at(Role::public_, ProbeKind::hold).consecutive_failures = 2;
    EXPECT_EQ(longer.cause(), Cause::idle_timeout);
}

TEST(ARestartLoop, HasEndedOnceTheProcessHasOutlivedItsCrashesSeveralTimes) {
    Scene scene;
    scene.crashes(4);
    scene.snapshot.processes->last_crash = now_wall - 34s;
    EXPECT_EQ(scene.cause(), Cause::restart_loop);
    scene.snapshot.processes->last_crash = now_wall - 36s;
    EXPECT_EQ(scene.cause(), Cause::none);
}

TEST(ARestartLoop, IsNamedFromThreeCrashesAndExplainsWhatItMakes) {
    EXPECT_EQ(Scene().crashes(2).cause(), Cause::none);
    Scene scene;
    scene.crashes(3)
        .one(Role::public_, ProbeKind::websocket, Reason::http_bad_gateway, Phase::upgrade,
             nginx_page(502, "502"))
        .one(Role::public_, ProbeKind::polling, Reason::eio_sid_unknown, Phase::namespace_, session_unknown);
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::restart_loop);
    EXPECT_THAT(verdict.consequences, testing::IsEmpty());
    EXPECT_THAT(verdict.evidence[0].text.en, HasSubstr("3 times in two minutes"));
    EXPECT_THAT(verdict.evidence[0].text.zh, HasSubstr("exited with code [1]"));
}

TEST(ACrash, IsNotAWrongUpstreamThoughTheLocalRouteHasJustPassed) {
    Scene scene;
    scene.crashes(1).one(Role::public_, ProbeKind::websocket, Reason::http_bad_gateway, Phase::upgrade,
                         nginx_page(502, "502"));
    EXPECT_EQ(scene.cause(), Cause::unknown);
    scene.snapshot.processes->last_crash = now_wall - 2 * scene.snapshot.gateway.interval - 2s;
    EXPECT_EQ(scene.cause(), Cause::wrong_upstream);
    scene.snapshot.processes->last_crash = now_wall + 1h;
    EXPECT_EQ(scene.cause(), Cause::wrong_upstream) << "the clock was set back";
}

TEST(ARestartLoop, WhileTheDatabaseIsUnreachableIsTheDatabases) {
    EXPECT_EQ(Scene().crashes(4).database_fails(refused_by_database).cause(), Cause::database_down);
    EXPECT_EQ(Scene().crashes(4).database_fails("access denied", false).cause(), Cause::restart_loop);
}

/// The public WebSocket fails so often of eight runs, this time too, and recovered so often in between.
Scene turned_away(Reason reason, unsigned failures, unsigned recoveries) {
    Scene scene;
    scene.one(Role::public_, ProbeKind::websocket, reason, Phase::upgrade, silence(1ms));
    for (auto& probe : scene.snapshot.probes) probe.recent_runs = 8;
    auto& websocket = scene.at(Role::public_, ProbeKind::websocket);
    websocket.recent_failures = failures;
    websocket.recent_recoveries = recoveries;
    return scene;
}

TEST(Capacity, IsReachedWhereConnectionsFailAtTimesAndTheBackendNever) {
    for (Reason reason : {Reason::tcp_reset, Reason::closed_early, Reason::tcp_timeout}) {
        EXPECT_EQ(turned_away(reason, 3, 2).cause(), Cause::capacity) << name_of(reason);
    }
    Scene locally_too = turned_away(Reason::tcp_reset, 3, 2);
    locally_too.at(Role::local, ProbeKind::polling).recent_failures = 1;
    EXPECT_EQ(locally_too.cause(), Cause::unknown);
}

TEST(Capacity, IsReachedWhereTheOtherProbeHasJustComeBack) {
    Scene scene = turned_away(Reason::tcp_reset, 1, 0);
    auto& polling = scene.at(Role::public_, ProbeKind::polling);
    polling.recent_failures = 1;
    polling.recent_recoveries = 1;
    EXPECT_EQ(scene.cause(), Cause::capacity);
    polling.last->started = now + 1s;
    EXPECT_EQ(scene.cause(), Cause::unknown) << "the route recovers: the failure is the older one";
}

TEST(Capacity, IsNotTheNameOfAFaultThatHasBegunAndStays) {
    EXPECT_EQ(turned_away(Reason::tcp_reset, 3, 0).cause(), Cause::unknown);
    EXPECT_EQ(turned_away(Reason::closed_early, 3, 1).cause(), Cause::wrong_vhost)
        << "nginx's 444, after another fault that is mended";
    EXPECT_EQ(turned_away(Reason::tcp_timeout, 8, 0).cause(), Cause::tcp_timeout);
    Scene alone(Routes::public_only);
    alone.one(Role::public_, ProbeKind::websocket, Reason::tcp_reset, Phase::upgrade);
    alone.at(Role::public_, ProbeKind::websocket).recent_runs = 8;
    alone.at(Role::public_, ProbeKind::websocket).recent_failures = 3;
    alone.at(Role::public_, ProbeKind::websocket).recent_recoveries = 2;
    EXPECT_EQ(alone.cause(), Cause::unknown) << "it may be the backend that comes and goes";
}

TEST(AnEarlyEnd, IsNoMute444WhereAnotherConnectionWasReset) {
    Scene scene;
    scene.one(Role::public_, ProbeKind::websocket, Reason::closed_early, Phase::upgrade, silence(1ms));
    EXPECT_EQ(scene.cause(), Cause::wrong_vhost);
    scene.one(Role::public_, ProbeKind::polling, Reason::tcp_reset, Phase::open);
    EXPECT_EQ(scene.cause(), Cause::unknown);
}

}  // namespace
}  // namespace gatewatch::agent::test
