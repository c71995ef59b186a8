// The rules about the prober itself, the backend and what it says: each fires on its signature and is silent
// beside it.
#include "diagnosis_support.hpp"

namespace gatewatch::agent::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(DiagnosisOfTheBackend, WhoAnswersTheUpgradeAndThenSaysNothingDoesNotHang) {
    Scene scene;
    for (Role role : {Role::public_, Role::local}) {
        scene.one(role, ProbeKind::websocket, Reason::deadline, Phase::open)
            .one(role, ProbeKind::polling, Reason::http_client_error, Phase::open,
                 by(AnsweredBy::other, 426));
        scene.at(role, ProbeKind::websocket).last->answer.status = 101;
    }
    EXPECT_EQ(scene.cause(), Cause::not_socketio);
}

TEST(DiagnosisOfTheProber, ExhaustedLocalResourcesOutweighWhatOtherProbesSaw) {
    Scene scene;
    scene.both(Role::local, Reason::tcp_refused, Phase::connect)
        .one(Role::public_, ProbeKind::polling, Reason::local_resource, Phase::connect);
    EXPECT_EQ(scene.cause(), Cause::prober_unhealthy);
    EXPECT_EQ(scene.verdict().severity, Severity::unknown);
}

TEST(DiagnosisOfTheLog, OfWhichNoLocalProbeEverComesUpIsBlind) {
    Scene scene;
    scene.log({});
    scene.at(Role::local, ProbeKind::websocket).backend_seen = false;
    EXPECT_EQ(scene.cause(), Cause::none) << "polling did come up in it";
    scene.at(Role::local, ProbeKind::polling).backend_seen.reset();
    EXPECT_EQ(scene.cause(), Cause::log_blind);
    EXPECT_EQ(scene.verdict().severity, Severity::degraded);
    scene.at(Role::local, ProbeKind::websocket).backend_seen.reset();
    EXPECT_EQ(scene.cause(), Cause::none) << "the line may still come";
}

TEST(DiagnosisOfTheLog, ALogInOtherWordsThanTheKnownIsBlindAndSaysWhatToConfigure) {
    Scene scene;
    scene.log({});
    scene.snapshot.log->status.wording_drift = true;
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::log_blind);
    EXPECT_EQ(verdict.severity, Severity::degraded);
    EXPECT_THAT(verdict.evidence.front().text.en, HasSubstr("words have changed"));
    EXPECT_THAT(verdict.evidence.front().text.zh, HasSubstr("措辞已变"));
    EXPECT_THAT(verdict.fix.en, HasSubstr("[gateway.pm2.patterns]"));
    EXPECT_THAT(verdict.fix.zh, HasSubstr("[gateway.pm2.patterns]"));
}

TEST(DiagnosisOfTheLog, ABlindOnesFixNamesTheKeysThatTheConfigurationHas) {
    Scene scene;
    scene.log({});
    for (ProbeKind probe : {ProbeKind::websocket, ProbeKind::polling}) {
        scene.at(Role::local, probe).backend_seen = false;
    }
    scene.snapshot.gateway.pm2->home = "/home/im/.pm2";
    const Text by_default = scene.verdict().fix;
    for (const auto& fix : {by_default.en, by_default.zh}) {
        EXPECT_THAT(fix, HasSubstr("/home/im/.pm2/logs/nest-backend-out*.log"));
        EXPECT_THAT(fix, HasSubstr("home"));
        EXPECT_THAT(fix, HasSubstr("app"));
        EXPECT_THAT(fix, HasSubstr("pm2 describe nest-backend"));
    }
    scene.snapshot.gateway.pm2->files = {"/var/log/nest/out*.log", "/var/log/nest/error.log"};
    const Text by_files = scene.verdict().fix;
    for (const auto& fix : {by_files.en, by_files.zh}) {
        EXPECT_THAT(fix, HasSubstr("/var/log/nest/out*.log /var/log/nest/error.log"));
        EXPECT_THAT(fix, HasSubstr("files"));
        EXPECT_THAT(fix, HasSubstr("pm2 describe nest-backend"));
        EXPECT_THAT(fix, Not(HasSubstr("home")));
        EXPECT_THAT(fix, Not(HasSubstr(".pm2/logs")));
    }
    scene.snapshot.log->status.wording_drift = true;
    const Text drifted = scene.verdict().fix;
    for (const auto& fix : {drifted.en, drifted.zh}) EXPECT_THAT(fix, HasSubstr("/var/log/nest/error.log"));
}

TEST(DiagnosisOfTheLog, ReadingTheErrorsIsAdvisedWhereTheConfigurationSaysTheyAre) {
    Scene scene;
    scene.log({}).both(Role::local, Reason::tcp_refused, Phase::connect);
    for (ProbeKind probe : {ProbeKind::websocket, ProbeKind::polling}) {
        scene.at(Role::public_, probe).last->started = now - 10s;
    }
    ASSERT_EQ(scene.cause(), Cause::backend_down);
    EXPECT_THAT(scene.verdict().fix.en, HasSubstr("tail -n 50 /root/.pm2/logs/nest-backend-error*.log\n"));
    scene.snapshot.gateway.pm2->files = {"/var/log/nest/*.log"};
    EXPECT_THAT(scene.verdict().fix.en, HasSubstr("tail -n 50 /var/log/nest/*.log\n"));
    EXPECT_THAT(scene.verdict().fix.zh, HasSubstr("tail -n 50 /var/log/nest/*.log\n"));
}

TEST(DiagnosisOfTheLog, NothingIsConcludedFromALogInOtherWords) {
    Scene scene;
    scene.log({.absent = 2, .missing = 2});
    scene.both(Role::local, Reason::sio_rejected, Phase::ready);
    scene.both(Role::public_, Reason::sio_rejected, Phase::ready);
    EXPECT_EQ(scene.cause(), Cause::token_missing);
    scene.snapshot.log->status.wording_drift = true;
    EXPECT_NE(scene.cause(), Cause::token_missing);
}

TEST(DiagnosisOfTheLog, ALogThatCannotBeReadIsNotBlind) {
    Scene scene;
    scene.log({});
    scene.snapshot.log->status.up = false;
    scene.at(Role::local, ProbeKind::websocket).backend_seen = false;
    EXPECT_EQ(scene.cause(), Cause::none);
}

TEST(DiagnosisOfTheBackend, ARefusedLocalRouteIsNoBackendDownWhereUsersStillGetThrough) {
    Scene scene;
    scene.both(Role::local, Reason::tcp_refused, Phase::connect);
    EXPECT_EQ(scene.cause(), Cause::unknown) << "the local route's URL may be wrong";
}

TEST(DiagnosisOfTheBackend, ARefusedLocalRouteIsBackendDownWhileThePublicSuccessIsOlder) {
    Scene scene;
    scene.both(Role::local, Reason::tcp_refused, Phase::connect);
    for (ProbeKind probe : {ProbeKind::websocket, ProbeKind::polling}) {
        scene.at(Role::public_, probe).last->started = now - 10s;
    }
    EXPECT_EQ(scene.cause(), Cause::backend_down);
}

TEST(DiagnosisOfTheBackend, AFullAcceptQueueOnLoopbackIsHungAndAnotherHostsTimeoutIsNot) {
    Scene scene;
    scene.both(Role::local, Reason::tcp_timeout, Phase::connect)
        .both(Role::public_, Reason::deadline, Phase::upgrade);
    EXPECT_EQ(scene.cause(), Cause::backend_hung);
    scene.snapshot.gateway.routes.back().url = "http://10.0.0.7:7002";
    EXPECT_EQ(scene.cause(), Cause::unknown);
}

TEST(DiagnosisOfTheBackend, AnUpgradeClosedAfterASecondIsPathMismatch) {
    Scene scene;
    scene.one(Role::local, ProbeKind::websocket, Reason::closed_early, Phase::upgrade, silence(1004ms))
        .one(Role::public_, ProbeKind::websocket, Reason::http_bad_gateway, Phase::upgrade,
             nginx_page(502, "502 Bad Gateway", 1005ms));
    EXPECT_EQ(scene.cause(), Cause::path_mismatch);
    scene.one(Role::local, ProbeKind::websocket, Reason::closed_early, Phase::upgrade, silence(4ms));
    EXPECT_EQ(scene.cause(), Cause::unknown) << "a crash closes too, but not after a second";
}

TEST(DiagnosisOfTheBackend, ABackendThatReceivesThePathAsSentAndDoesNotKnowItIsPathMismatch) {
    Scene both;
    both.everywhere(Reason::http_not_found, Phase::open, nest_404("/socket.io/?EIO=4&transport=polling"));
    EXPECT_EQ(both.cause(), Cause::path_mismatch);
    Scene alone(Routes::public_only);
    alone.one(Role::public_, ProbeKind::polling, Reason::http_not_found, Phase::open,
              nest_404("/socket.io/"));
    EXPECT_EQ(alone.cause(), Cause::path_mismatch);
}

struct Word {
    Reason reason;
    Phase phase;
    Cause cause;
};

class DiagnosisOfTheBackendsWord : public testing::TestWithParam<Word> {};

TEST_P(DiagnosisOfTheBackendsWord, DecidesOverEveryCombinationOfRoutes) {
    const auto& [reason, phase, cause] = GetParam();
    for (Routes routes : {Routes::both, Routes::public_only, Routes::local_only}) {
        Scene scene(routes);
        EXPECT_EQ(scene.cause(), Cause::none);
        EXPECT_EQ(scene.everywhere(reason, phase).cause(), cause);
    }
}

TEST_P(DiagnosisOfTheBackendsWord, DoesNotDecideOnThePublicRouteWhereTheLocalOneWorks) {
    EXPECT_EQ(Scene().both(Role::public_, GetParam().reason, GetParam().phase).cause(), Cause::unknown)
        << "nginx leads to another backend, or the fault is gone";
}

INSTANTIATE_TEST_SUITE_P(
    EachReason, DiagnosisOfTheBackendsWord,
    testing::Values(Word{Reason::eio_version, Phase::open, Cause::eio_mismatch},
                    Word{Reason::sio_namespace_invalid, Phase::namespace_, Cause::namespace_invalid},
                    Word{Reason::eio_forbidden, Phase::open, Cause::origin_denied},
                    Word{Reason::eio_transport, Phase::open, Cause::transport_disabled},
                    Word{Reason::eio_malformed, Phase::open, Cause::not_socketio},
                    Word{Reason::http_malformed, Phase::open, Cause::not_socketio},
                    Word{Reason::sio_unanswered, Phase::namespace_, Cause::connect_unanswered},
                    Word{Reason::sio_ready_missing, Phase::ready, Cause::ready_missing},
                    Word{Reason::sio_rejected, Phase::ready, Cause::auth_rejected},
                    Word{Reason::sio_connect_error, Phase::namespace_, Cause::auth_rejected}),
    [](const auto& test) { return std::string(name_of(test.param.reason)); });

TEST(DiagnosisOfTheBackend, ADeadlineIsToldApartByItsPhase) {
    EXPECT_EQ(Scene().everywhere(Reason::deadline, Phase::open).cause(), Cause::backend_hung);
    EXPECT_EQ(Scene().everywhere(Reason::deadline, Phase::namespace_).cause(), Cause::connect_unanswered);
    EXPECT_EQ(Scene().everywhere(Reason::deadline, Phase::ready).cause(), Cause::ready_missing);
}

TEST(DiagnosisOfTheBackend, APageOrAStrangers404OnTheLocalRouteIsNotSocketio) {
    EXPECT_EQ(Scene().everywhere(Reason::http_html, Phase::open, by(AnsweredBy::page, 200)).cause(),
              Cause::not_socketio);
    EXPECT_EQ(Scene().everywhere(Reason::http_client_error, Phase::open, by(AnsweredBy::other, 426)).cause(),
              Cause::not_socketio);
    EXPECT_NE(Scene().everywhere(Reason::http_server_error, Phase::open, by(AnsweredBy::other, 500)).cause(),
              Cause::not_socketio);
}

TEST(DiagnosisOfTheBackend, ReadyMissingNamesNoDatabaseThatAnswers) {
    const Verdict verdict =
        Scene().everywhere(Reason::sio_ready_missing, Phase::ready).database(OwnToken::valid).verdict();
    EXPECT_EQ(verdict.cause, Cause::ready_missing);
    EXPECT_THAT(verdict.consequences, ElementsAre());
}

}  // namespace
}  // namespace gatewatch::agent::test
