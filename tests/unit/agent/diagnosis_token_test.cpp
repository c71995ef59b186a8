// A token that the prober does not have: never an outage by itself, and never a cover for one.
#include "diagnosis_support.hpp"

namespace gatewatch::agent::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

/// The gateway is reached, and the login that gives the token fails.
Scene without_its_token() {
    Scene scene;
    scene.snapshot.gateway.token.source = config::TokenLogin{"http://im.example.com/login", "probe", "/pw"};
    scene.snapshot.token_problem = {"login at http://im.example.com/login: HTTP 500",
                                    "登录 http://im.example.com/login 失败: HTTP 500"};
    scene.everywhere(Reason::token_unavailable, Phase::ready);
    return scene;
}

TEST(DiagnosisWithoutAToken, IsTheProbersOwnFaultAndNeverAnOutage) {
    const Verdict verdict = without_its_token().verdict();
    EXPECT_EQ(verdict.cause, Cause::prober_unhealthy);
    EXPECT_EQ(verdict.severity, Severity::unknown);
    EXPECT_EQ(verdict.evidence.front().source, "token");
    EXPECT_THAT(verdict.evidence.front().text.en, HasSubstr("HTTP 500"));
    EXPECT_THAT(verdict.fix.en, HasSubstr("[gateway.token]"));
}

TEST(DiagnosisWithoutAToken, HidesNeitherTheBackendsFaultNorNginxs) {
    Scene backend = without_its_token();
    backend.both(Role::local, Reason::tcp_refused, Phase::connect)
        .both(Role::public_, Reason::http_bad_gateway, Phase::open, nginx_page(502, "502"));
    EXPECT_EQ(backend.cause(), Cause::backend_down);
    EXPECT_EQ(backend.verdict().severity, Severity::down);

    Scene nginx = without_its_token();
    nginx.both(Role::public_, Reason::http_html, Phase::open, frontend_page());
    EXPECT_EQ(nginx.cause(), Cause::location_missing);
    EXPECT_EQ(nginx.verdict().severity, Severity::down);
    EXPECT_THAT(nginx.verdict().consequences, IsEmpty());

    Scene upstream = without_its_token();
    upstream.both(Role::public_, Reason::http_bad_gateway, Phase::open, nginx_page(502, "502"));
    EXPECT_EQ(upstream.cause(), Cause::wrong_upstream) << "a local run that came to the namespace is proof";
}

TEST(DiagnosisWithoutAToken, HidesNoOutageThatNoRuleKnows) {
    Scene scene = without_its_token();
    scene.both(Role::public_, Reason::tcp_reset, Phase::connect);
    EXPECT_EQ(scene.cause(), Cause::unknown);
    EXPECT_EQ(scene.verdict().severity, Severity::down);
}

TEST(DiagnosisWithoutAToken, MakesNoOutageOfADegradation) {
    Scene scene = without_its_token();
    scene.one(Role::public_, ProbeKind::websocket, Reason::upgrade_refused, Phase::upgrade,
              engine_error(3, "Bad request"));
    EXPECT_EQ(scene.cause(), Cause::upgrade_stripped);
    EXPECT_EQ(scene.verdict().severity, Severity::degraded);
}

TEST(DiagnosisWithoutAToken, IsDatabaseDownWhereTheTokenComesFromADatabaseThatIsUnreachable) {
    Scene scene = without_its_token();
    scene.database_fails(refused_by_database);
    EXPECT_EQ(scene.cause(), Cause::database_down);
    EXPECT_EQ(scene.verdict().severity, Severity::down);
    scene.snapshot.gateway.token.source = config::TokenMysql{7};
    EXPECT_EQ(scene.cause(), Cause::database_down);
    scene.snapshot.gateway.token.source = config::TokenFile{"/etc/gatewatch/token"};
    EXPECT_EQ(scene.cause(), Cause::prober_unhealthy) << "a file that is missing is not the database's";
    EXPECT_THAT(without_its_token().database(OwnToken::not_looked_up).cause(), Cause::prober_unhealthy);
}

TEST(DiagnosisWithoutAToken, BlamesTheProberWhereNoTokenIsConfiguredWhateverTheLogSays) {
    Scene scene;
    scene.snapshot.gateway.token = {};
    scene.everywhere(Reason::sio_rejected, Phase::ready);
    for (const OwnLog& said : {OwnLog{}, OwnLog{.absent = 2, .missing = 2}}) {
        scene.log(said);
        EXPECT_EQ(scene.cause(), Cause::prober_unhealthy);
        EXPECT_EQ(scene.verdict().severity, Severity::unknown);
        EXPECT_THAT(scene.verdict().fix.en, HasSubstr("[gateway.token]"));
    }
}

TEST(DiagnosisWithoutAToken, OfTheProbesOwnExpiredTokenHidesNoOutageThatNoRuleKnows) {
    Scene scene;
    scene.everywhere(Reason::sio_rejected, Phase::ready).database(OwnToken::expired);
    EXPECT_EQ(scene.cause(), Cause::token_expired);
    scene.both(Role::public_, Reason::tcp_reset, Phase::connect);
    EXPECT_EQ(scene.cause(), Cause::unknown);
    EXPECT_EQ(scene.verdict().severity, Severity::down);
    EXPECT_TRUE(scene.verdict().prober_at_fault) << "what the local route says is about the token";
}

TEST(DiagnosisWithoutAToken, OfTheProbesOwnExpiredTokenIsToldBesideAFaultThatUsersMeet) {
    Scene scene;
    EXPECT_FALSE(scene.verdict().prober_at_fault);
    scene.everywhere(Reason::sio_rejected, Phase::ready).database(OwnToken::expired);
    EXPECT_TRUE(scene.verdict().prober_at_fault);
    scene.both(Role::public_, Reason::tcp_refused, Phase::connect);
    EXPECT_EQ(scene.cause(), Cause::tcp_refused);
    EXPECT_EQ(scene.verdict().severity, Severity::down);
    EXPECT_TRUE(scene.verdict().prober_at_fault);
}

TEST(DiagnosisWithoutAToken, OfTheProbesOwnExpiredTokenMakesNoOutageOfALesserFault) {
    Scene scene;
    scene.everywhere(Reason::sio_rejected, Phase::ready).database(OwnToken::expired);
    scene.env_has(probes::EnvFault::node_env, "NODE_ENV", "", "production");
    EXPECT_EQ(scene.cause(), Cause::env_misconfigured);
    EXPECT_EQ(scene.verdict().severity, Severity::degraded);
    EXPECT_TRUE(scene.verdict().prober_at_fault);
}

}  // namespace
}  // namespace gatewatch::agent::test
