// Why a token was turned down: wire × database × log.
#include "diagnosis_support.hpp"
#include "probes/mysql/fault_text.hpp"

namespace gatewatch::agent::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Scene rejected_everywhere() {
    return Scene().everywhere(Reason::sio_rejected, Phase::ready);
}

TEST(DiagnosisOfARejection, IsAuthRejectedWhereNeitherDatabaseNorLogIsConfigured) {
    const Verdict verdict = rejected_everywhere().verdict();
    EXPECT_EQ(verdict.cause, Cause::auth_rejected);
    EXPECT_EQ(verdict.severity, Severity::down);
    EXPECT_THAT(verdict.fix.en, HasSubstr("[gateway.mysql]"));
}

TEST(DiagnosisOfARejection, IsAuthRejectedWhereTheRowIsValidAndTheLogSilent) {
    EXPECT_EQ(rejected_everywhere().database(OwnToken::valid).log({.unknown = 2}).cause(),
              Cause::auth_rejected);
}

TEST(DiagnosisOfARejection, WaitsForADatabaseSampleThatIsNotOlderThanIt) {
    Scene scene = rejected_everywhere().database(OwnToken::valid);
    scene.snapshot.mysql->taken = now_wall - 10s;
    EXPECT_EQ(scene.cause(), Cause::unknown);
    EXPECT_EQ(scene.verdict().severity, Severity::unknown) << "it may be the probe's own token";
    scene.at(Role::local, ProbeKind::websocket).consecutive_failures = 2;
    EXPECT_EQ(scene.cause(), Cause::auth_rejected) << "but not for ever";
}

TEST(DiagnosisOfARejection, WaitsForTheLogLinesOfItsOwnRun) {
    Scene scene = rejected_everywhere().log({});
    scene.at(Role::local, ProbeKind::websocket).backend_seen.reset();
    EXPECT_EQ(scene.cause(), Cause::unknown);
    scene.at(Role::local, ProbeKind::websocket).backend_seen = true;
    EXPECT_EQ(scene.cause(), Cause::auth_rejected);
}

TEST(DiagnosisOfARejection, IsDatabaseDownByTheBackendsOwnErrorEvenWithoutADatabaseCollector) {
    EXPECT_EQ(rejected_everywhere().log({.errors = 3}).cause(), Cause::database_down);
    EXPECT_EQ(rejected_everywhere().database(OwnToken::valid).log({.errors = 3}).cause(),
              Cause::database_down);
}

TEST(DiagnosisOfARejection, IsNotTheDatabasesWhereTheRowExplainsItAndErrorsAreOthers) {
    EXPECT_EQ(rejected_everywhere().database(OwnToken::revoked).log({.unknown = 2, .errors = 1}).cause(),
              Cause::token_revoked);
}

TEST(DiagnosisOfARejection, IsNotTheDatabasesWhereOnlyTheMonitoringUserIsRefused) {
    const auto denied =
        "mysql 127.0.0.1:3306: access denied for user 'gatewatch'; check user and "
        "password_file";
    EXPECT_EQ(rejected_everywhere().database_fails(denied, false).cause(), Cause::auth_rejected);
}

TEST(DiagnosisOfARejection, IsNotTheDatabasesWhereTheBackendReadTheRow) {
    EXPECT_EQ(rejected_everywhere().database_fails(refused_by_database).log({.expired = 2}).cause(),
              Cause::token_expired);
    EXPECT_EQ(rejected_everywhere().database_fails(refused_by_database).log({.unknown = 2}).cause(),
              Cause::auth_rejected);
}

TEST(DiagnosisOfARejection, IsTokenExpiredByTheLogAloneWhereTheDatabaseIsNotConfigured) {
    const Verdict verdict = rejected_everywhere().log({.expired = 2}).verdict();
    EXPECT_EQ(verdict.cause, Cause::token_expired);
    EXPECT_EQ(verdict.severity, Severity::unknown);
}

TEST(DiagnosisOfARejection, IsTzSkewWhereTheRowIsValidForLongAndTheBackendSaysExpired) {
    const Verdict verdict =
        rejected_everywhere().database(OwnToken::valid, now_wall + 4h).log({.expired = 2}).verdict();
    EXPECT_EQ(verdict.cause, Cause::tz_skew);
    EXPECT_EQ(verdict.severity, Severity::down);
}

TEST(DiagnosisOfARejection, OfTzSkewNamesTheDatabasesOwnZoneWhereItDiffersToo) {
    auto scene = rejected_everywhere().database(OwnToken::valid, now_wall + 4h).log({.expired = 2});
    EXPECT_THAT(scene.verdict().evidence.back().text.en, testing::Not(testing::HasSubstr("own zone")));
    scene.snapshot.mysql->zone_skew = -(5h + 30min);
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::tz_skew);
    EXPECT_THAT(verdict.evidence.back().text.en, testing::HasSubstr("own zone is 5 h 30 min behind"));
}

TEST(DiagnosisOfARejection, IsNotTzSkewWhereItMetTheTokenBeforeThePresentOne) {
    auto scene = rejected_everywhere().database(OwnToken::valid, now_wall + 4h).log({.expired = 2});
    scene.snapshot.token_since = now_wall + 1s;
    EXPECT_EQ(scene.cause(), Cause::token_expired);
    auto unknown = rejected_everywhere().database(OwnToken::valid, now_wall + 4h).log({.unknown = 2});
    unknown.snapshot.token_since = now_wall + 1s;
    EXPECT_EQ(unknown.cause(), Cause::unknown);
}

TEST(DiagnosisOfARejection, IsTokenExpiredWhereTheTokenRanOutAfterTheSample) {
    EXPECT_EQ(rejected_everywhere().database(OwnToken::valid, now_wall + 5s).log({.expired = 2}).cause(),
              Cause::token_expired);
}

TEST(DiagnosisOfARejection, TheDatabasesWordAloneIsNoFaultWhileLoginsPass) {
    for (OwnToken own : all_of<OwnToken>()) EXPECT_EQ(Scene().database(own).cause(), Cause::none);
    EXPECT_EQ(Scene().log({.missing = 2, .expired = 1, .errors = 4}).cause(), Cause::none);
}

TEST(DiagnosisOfARejection, AFaultOfNginxIsNotHiddenByTheProbesOwnExpiredToken) {
    const Verdict verdict =
        rejected_everywhere()
            .database(OwnToken::expired)
            .both(Role::public_, Reason::http_bad_gateway, Phase::upgrade, nginx_page(502, "502 Bad Gateway"))
            .verdict();
    EXPECT_EQ(verdict.cause, Cause::wrong_upstream);
    EXPECT_EQ(verdict.severity, Severity::down);
    EXPECT_THAT(verdict.consequences, ElementsAre(Cause::token_expired));
}

TEST(DiagnosisOfARejection, AFaultOfNginxIsNotHiddenByADatabaseThatIsDown) {
    const Verdict verdict = rejected_everywhere()
                                .database_fails(refused_by_database)
                                .both(Role::public_, Reason::http_html, Phase::open, frontend_page())
                                .verdict();
    EXPECT_EQ(verdict.cause, Cause::database_down);
    EXPECT_THAT(verdict.consequences, ElementsAre(Cause::auth_rejected, Cause::location_missing));
}

TEST(DiagnosisOfARejection, EveryTextOfADeadDatabaseIsUnderstoodAndNoRefusalIsTakenForOne) {
    const auto cause_for = [](const probes::mysql::Fault& fault) {
        const auto failure = probes::mysql::describe(fault, {});
        return rejected_everywhere().database_fails(failure.text.en, failure.unreachable).cause();
    };
    for (int code : {1205, 1969, 3024, 1053, 1927, 1040, 2006, 2013, 2026}) {
        probes::mysql::Fault fault;
        fault.code = code;
        EXPECT_EQ(cause_for(fault), Cause::database_down) << code;
        fault.slow = true;
        EXPECT_EQ(cause_for(fault), Cause::database_down) << code;
    }
    for (int code : {1045, 1044, 1049, 1146, 1142, 1130, 1298}) {
        probes::mysql::Fault fault;
        fault.code = code;
        EXPECT_EQ(cause_for(fault), Cause::auth_rejected) << code;
    }
}

}  // namespace
}  // namespace gatewatch::agent::test
