// Every fault of the reference deployment, as the wire, database and log show it, leads to its cause and no
// other.
#include "diagnosis_support.hpp"

namespace gatewatch::agent::test {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(DiagnosisOfFaults, NothingIsWrongWhereEveryProbePasses) {
    const Verdict verdict = Scene().verdict();
    EXPECT_EQ(verdict.cause, Cause::none);
    EXPECT_EQ(verdict.severity, Severity::ok);
    EXPECT_THAT(verdict.consequences, IsEmpty());
}

TEST(DiagnosisOfFaults, NginxWithoutTheSocketIoLocationIsLocationMissing) {
    const Verdict verdict =
        Scene()
            .one(Role::public_, ProbeKind::websocket, Reason::http_html, Phase::upgrade, frontend_page())
            .one(Role::public_, ProbeKind::polling, Reason::http_html, Phase::open, frontend_page())
            .verdict();
    EXPECT_EQ(verdict.cause, Cause::location_missing);
    EXPECT_EQ(verdict.severity, Severity::down);
    EXPECT_THAT(verdict.fix.en, HasSubstr("location /socket.io/ {"));
    EXPECT_THAT(verdict.fix.en, HasSubstr("proxy_pass http://127.0.0.1:7002;"));
}

TEST(DiagnosisOfFaults, NginxWithoutTheUpgradeHeadersIsUpgradeStrippedAndOnlyDegraded) {
    const auto code_3 = engine_error(3, "Bad request");
    const Verdict verdict =
        Scene()
            .one(Role::public_, ProbeKind::websocket, Reason::upgrade_refused, Phase::upgrade, code_3)
            .verdict();
    EXPECT_EQ(verdict.cause, Cause::upgrade_stripped);
    EXPECT_EQ(verdict.severity, Severity::degraded);
    EXPECT_THAT(verdict.fix.zh, HasSubstr("proxy_set_header Upgrade $http_upgrade;"));
}

TEST(DiagnosisOfFaults, NginxWithAWrongPortIsWrongUpstreamWhereTheBackendWorks) {
    const Verdict verdict = Scene()
                                .one(Role::public_, ProbeKind::websocket, Reason::http_bad_gateway,
                                     Phase::upgrade, nginx_page(502, "502 Bad Gateway"))
                                .one(Role::public_, ProbeKind::polling, Reason::http_bad_gateway, Phase::open,
                                     nginx_page(502, "502 Bad Gateway"))
                                .verdict();
    EXPECT_EQ(verdict.cause, Cause::wrong_upstream);
    EXPECT_EQ(verdict.hop, Hop::nginx);
    ASSERT_EQ(verdict.evidence.size(), 2u);
    EXPECT_EQ(verdict.evidence[0].source, "public websocket");
    EXPECT_THAT(verdict.evidence[0].text.en, HasSubstr("http_bad_gateway"));
    EXPECT_THAT(verdict.evidence[0].text.en, HasSubstr("HTTP 502 from nginx itself"));
    EXPECT_EQ(verdict.evidence[1].source, "local websocket");
}

TEST(DiagnosisOfFaults, NginxThatRewritesThePathIsPathRewritten) {
    EXPECT_EQ(Scene()
                  .one(Role::public_, ProbeKind::websocket, Reason::http_bad_gateway, Phase::upgrade,
                       nginx_page(502, "502 Bad Gateway", 1003ms))
                  .one(Role::public_, ProbeKind::polling, Reason::http_not_found, Phase::open,
                       nest_404("/im/socket.io/"))
                  .cause(),
              Cause::path_rewritten);
}

TEST(DiagnosisOfFaults, NginxStoppedIsTcpRefused) {
    EXPECT_EQ(Scene().both(Role::public_, Reason::tcp_refused, Phase::connect).cause(), Cause::tcp_refused);
}

TEST(DiagnosisOfFaults, TheBackendStoppedIsBackendDownAndNotNginx) {
    const Verdict verdict =
        Scene()
            .both(Role::local, Reason::tcp_refused, Phase::connect)
            .both(Role::public_, Reason::http_bad_gateway, Phase::upgrade, nginx_page(502, "502 Bad Gateway"))
            .verdict();
    EXPECT_EQ(verdict.cause, Cause::backend_down);
    EXPECT_EQ(verdict.severity, Severity::down);
    EXPECT_THAT(verdict.consequences, ElementsAre(Cause::upstream_unreachable));
    EXPECT_THAT(verdict.fix.en, HasSubstr("pm2 restart"));
}

TEST(DiagnosisOfFaults, TheBackendFrozenIsBackendHungWhetherNginxTimesOutOrWaits) {
    Scene waits;
    waits.one(Role::local, ProbeKind::websocket, Reason::deadline, Phase::upgrade)
        .one(Role::local, ProbeKind::polling, Reason::deadline, Phase::open)
        .both(Role::public_, Reason::deadline, Phase::upgrade);
    EXPECT_EQ(waits.cause(), Cause::backend_hung);
    waits.both(Role::public_, Reason::http_gateway_timeout, Phase::upgrade,
               nginx_page(504, "504 Gateway Time-out", 5s));
    EXPECT_EQ(waits.cause(), Cause::backend_hung);
    EXPECT_THAT(waits.verdict().consequences, ElementsAre(Cause::upstream_unreachable));
}

TEST(DiagnosisOfFaults, TheDatabaseStoppedIsDatabaseDownAndNotTheToken) {
    const Verdict verdict =
        Scene().everywhere(Reason::sio_rejected, Phase::ready).database_fails(refused_by_database).verdict();
    EXPECT_EQ(verdict.cause, Cause::database_down);
    EXPECT_EQ(verdict.severity, Severity::down);
    EXPECT_THAT(verdict.consequences, ElementsAre(Cause::auth_rejected));
    EXPECT_THAT(verdict.fix.en, HasSubstr("im_system.user_tokens"));
}

TEST(DiagnosisOfFaults, TheTokenTableLockedIsReadyMissingAndNamesTheDatabase) {
    const Verdict verdict =
        Scene().everywhere(Reason::sio_ready_missing, Phase::ready).database_fails(locked_table).verdict();
    EXPECT_EQ(verdict.cause, Cause::ready_missing);
    EXPECT_THAT(verdict.consequences, ElementsAre(Cause::database_down));
    EXPECT_EQ(verdict.evidence.back().source, "mysql");
}

struct OwnTokenCase {
    OwnToken own;
    Cause cause;
};

class DiagnosisOfOwnToken : public testing::TestWithParam<OwnTokenCase> {};

TEST_P(DiagnosisOfOwnToken, IsNamedByTheDatabaseAndIsNoOutage) {
    const Verdict verdict =
        Scene().everywhere(Reason::sio_rejected, Phase::ready).database(GetParam().own).verdict();
    EXPECT_EQ(verdict.cause, GetParam().cause);
    EXPECT_EQ(verdict.severity, Severity::unknown);
    EXPECT_EQ(verdict.hop, Hop::token);
    EXPECT_THAT(verdict.fix.en, HasSubstr("/etc/gatewatch/token"));
    EXPECT_THAT(verdict.consequences, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(EachState, DiagnosisOfOwnToken,
                         testing::Values(OwnTokenCase{OwnToken::expired, Cause::token_expired},
                                         OwnTokenCase{OwnToken::revoked, Cause::token_revoked},
                                         OwnTokenCase{OwnToken::absent, Cause::token_unknown}),
                         [](const auto& test) { return std::string(name_of(test.param.own)); });

TEST(DiagnosisOfFaults, ATokenThatTheBackendDoesNotSeeIsTokenMissing) {
    const Verdict verdict = Scene()
                                .everywhere(Reason::sio_rejected, Phase::ready)
                                .database(OwnToken::valid)
                                .log({.absent = 2, .missing = 2})
                                .verdict();
    EXPECT_EQ(verdict.cause, Cause::token_missing);
    EXPECT_EQ(verdict.severity, Severity::down);
    EXPECT_THAT(verdict.fix.en, HasSubstr("client.handshake.auth.token"));
}

TEST(DiagnosisOfFaults, APm2ClusterWithoutStickySessionsIsNotStickyOnWhicheverRouteItShows) {
    for (Role role : {Role::local, Role::public_}) {
        const Verdict verdict = Scene()
                                    .one(role, ProbeKind::polling, Reason::eio_sid_unknown, Phase::namespace_,
                                         engine_error(1, "Session ID unknown"))
                                    .verdict();
        EXPECT_EQ(verdict.cause, Cause::not_sticky) << name_of(role);
        EXPECT_EQ(verdict.severity, Severity::degraded);
    }
}

}  // namespace
}  // namespace gatewatch::agent::test
