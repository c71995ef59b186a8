// Probes that run seldom, only after a failure, or as a control: what they may decide, and that they neither
// hide a present outage nor keep health away.
#include "diagnosis_support.hpp"

namespace gatewatch::agent::test {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(SeldomProbes, ThatHaveNotRunKeepNoHealthAway) {
    EXPECT_EQ(Scene().plan_all().cause(), Cause::none);
    Scene scene;
    scene.plan_all().not_run(Role::public_, ProbeKind::polling);
    EXPECT_EQ(scene.cause(), Cause::unknown);
    EXPECT_THAT(scene.verdict().evidence, testing::SizeIs(1)) << "they are not listed as missing";
}

TEST(SeldomProbes, ThatPassedBeforeHideNoOutage) {
    Scene scene;
    scene.plan_all();
    for (auto& evidence : scene.snapshot.probes) {
        if (!config::is_connect_probe(evidence.plan.probe)) {
            evidence.last = passed(evidence.plan.role, evidence.plan.probe);
        }
    }
    EXPECT_EQ(scene.cause(), Cause::none);
    scene.both(Role::public_, Reason::http_bad_gateway, Phase::upgrade, nginx_page(502, "502"));
    for (auto& evidence : scene.snapshot.probes) {
        if (!config::is_connect_probe(evidence.plan.probe)) evidence.last->started = now + 1s;
    }
    EXPECT_EQ(scene.cause(), Cause::wrong_upstream);
    EXPECT_EQ(scene.verdict().severity, Severity::down);
}

TEST(SeldomProbes, WhoseOldFailureIsMendedSinceMakeNoCause) {
    for (ProbeKind probe : {ProbeKind::hold, ProbeKind::sticky, ProbeKind::upgrade}) {
        Scene scene;
        scene.with(failed(Role::public_, probe, Reason::tcp_refused, Phase::connect));
        EXPECT_EQ(scene.cause(), Cause::unknown) << "as yet nothing has passed since";
        for (auto& evidence : scene.snapshot.probes) {
            if (config::is_connect_probe(evidence.plan.probe)) evidence.last->started = now + 5s;
        }
        EXPECT_EQ(scene.cause(), Cause::none) << name_of(probe);
        EXPECT_THAT(scene.verdict().evidence[0].text.en, HasSubstr("users connect"));
        EXPECT_EQ(scene.verdict().evidence[1].source, "public " + std::string(name_of(probe)));
    }
}

TEST(SeldomProbes, ThatFoundWhatOnlyTheyCanFindStayUnknownUnlessTheRouteWasDownLately) {
    Scene scene;
    scene.with(failed(Role::public_, ProbeKind::upgrade, Reason::upgrade_probe_failed, Phase::upgrade));
    for (auto& evidence : scene.snapshot.probes) {
        if (config::is_connect_probe(evidence.plan.probe)) evidence.last->started = now + 5s;
    }
    EXPECT_EQ(scene.cause(), Cause::unknown);
    scene.at(Role::public_, ProbeKind::websocket).recent_failures = 2;
    EXPECT_EQ(scene.cause(), Cause::none);
}

TEST(TheProbeUpgrade, NamesAStrippedHeaderUnlessAWebSocketHasPassedSince) {
    Scene scene;
    scene.with(failed(Role::public_, ProbeKind::upgrade, Reason::upgrade_refused, Phase::upgrade));
    EXPECT_EQ(scene.cause(), Cause::upgrade_stripped);
    EXPECT_EQ(scene.verdict().severity, Severity::degraded);
    scene.at(Role::public_, ProbeKind::websocket).last->started = now + 5s;
    EXPECT_NE(scene.cause(), Cause::upgrade_stripped);
}

TEST(TheHttpControl, ThatWorksBesideSocketIosFailureIsALineOfEvidence) {
    Scene scene;
    scene.snapshot.gateway.routes[0].http_path = "/api/health";
    probes::Outcome http = passed(Role::public_, ProbeKind::http);
    http.answer.status = 200;
    scene.both(Role::public_, Reason::http_html, Phase::open, frontend_page()).with(http);
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::location_missing);
    EXPECT_EQ(verdict.severity, Severity::down) << "that HTTP works helps nobody";
    EXPECT_EQ(verdict.evidence.back().source, "public http");
    EXPECT_THAT(verdict.evidence.back().text.en, HasSubstr("answers 200 at /api/health over the same route"));
}

TEST(TheHttpControl, ThatFailsAloneIsNoOutageAndSaysWhatToCorrect) {
    Scene scene;
    scene.snapshot.gateway.routes[0].http_path = "/api/helth";
    scene.with(failed(Role::public_, ProbeKind::http, Reason::http_not_found, Phase::open));
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::none);
    EXPECT_EQ(verdict.evidence[1].source, "public http");
    EXPECT_THAT(verdict.fix.en, HasSubstr("http_path"));
    EXPECT_THAT(verdict.fix.zh, HasSubstr("/api/helth"));
}

TEST(TieBreakers, ThatFailAreNoFaultAndStandInTheEvidenceOfTheUndecided) {
    Scene scene;
    scene.with(failed(Role::public_, ProbeKind::other_eio, Reason::eio_version, Phase::open))
        .with(failed(Role::public_, ProbeKind::header_token, Reason::sio_rejected, Phase::ready));
    EXPECT_EQ(scene.cause(), Cause::none);
    EXPECT_THAT(scene.verdict().evidence, testing::SizeIs(1));
    scene.both(Role::public_, Reason::tcp_reset, Phase::upgrade);
    EXPECT_EQ(scene.cause(), Cause::unknown);
    EXPECT_THAT(scene.verdict().evidence, testing::SizeIs(4));
}

TEST(TieBreakers, TellAGarbledAnswerFromAnOldServer) {
    Scene scene;
    scene.everywhere(Reason::eio_malformed, Phase::open);
    EXPECT_EQ(scene.cause(), Cause::not_socketio);
    scene.with(passed(Role::local, ProbeKind::other_eio));
    EXPECT_EQ(scene.cause(), Cause::eio_mismatch);
    EXPECT_THAT(scene.verdict().fix.en, HasSubstr("speaks Engine.IO 3 (socket.io 2)"));
}

TEST(TieBreakers, TellAHeaderThatNginxDropsFromABackendThatReadsTheHeaderOnly) {
    Scene scene;
    scene.everywhere(Reason::sio_rejected, Phase::ready).with(passed(Role::local, ProbeKind::header_token));
    scene.with(failed(Role::public_, ProbeKind::header_token, Reason::sio_rejected, Phase::ready));
    EXPECT_EQ(scene.cause(), Cause::token_missing) << "without a log";
    EXPECT_THAT(scene.verdict().fix.en, HasSubstr("nginx drops that header"));
    scene.with(passed(Role::public_, ProbeKind::header_token));
    EXPECT_THAT(scene.verdict().fix.en, Not(HasSubstr("drops")));
    EXPECT_THAT(scene.verdict().fix.en, HasSubstr("client.handshake.auth.token"));
}

TEST(TieBreakers, TellAHeaderThatOnlyTheTokenMakesTooLarge) {
    const auto page = nginx_page(400, "400 Request Header Or Cookie Too Large");
    probes::Outcome with_header =
        failed(Role::public_, ProbeKind::header_token, Reason::http_client_error, Phase::upgrade);
    with_header.answer = page;
    Scene scene;
    scene.one(Role::public_, ProbeKind::polling, Reason::http_client_error, Phase::open, page)
        .with(with_header);
    EXPECT_EQ(scene.cause(), Cause::header_too_large);
    EXPECT_EQ(scene.verdict().evidence.size(), 2u);
    EXPECT_THAT(scene.verdict().fix.en, HasSubstr("auth payload"));
}

}  // namespace
}  // namespace gatewatch::agent::test
