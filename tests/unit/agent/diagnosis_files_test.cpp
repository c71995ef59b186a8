// What files say beside the wire: nginx's configuration, the frontend's scripts, environment files, zones.
#include "diagnosis_support.hpp"

namespace gatewatch::agent::test {
namespace {

using testing::HasSubstr;
using testing::Not;

Scene stripped() {
    return Scene().one(Role::public_, ProbeKind::websocket, Reason::upgrade_refused, Phase::upgrade,
                       engine_error(3, "Bad request"));
}

TEST(NginxsConfiguration, MakesNoCauseByItselfWhateverItHolds) {
    Scene scene;
    for (auto fault : all_of<probes::NginxFault>()) scene.nginx_has(fault);
    EXPECT_EQ(scene.cause(), Cause::none);
    EXPECT_EQ(scene.verdict().evidence.size(), 1u);
}

TEST(NginxsConfiguration, GivesTheFixItsFileAndLineAndTheBlockAsItShouldStand) {
    const std::string block =
        "    location /socket.io/ {\n        proxy_set_header Upgrade $http_upgrade;\n    }\n";
    const Verdict verdict = stripped().nginx_has(probes::NginxFault::upgrade_not_passed, block).verdict();
    EXPECT_EQ(verdict.cause, Cause::upgrade_stripped);
    for (const std::string& fix : {verdict.fix.en, verdict.fix.zh}) {
        EXPECT_THAT(fix, HasSubstr("/etc/nginx/conf.d/im.conf:32"));
        EXPECT_THAT(fix, HasSubstr(block + "nginx -t && nginx -s reload"));
    }
    EXPECT_EQ(verdict.evidence.back().source, "nginx_config");
    EXPECT_THAT(verdict.evidence.back().text.zh, HasSubstr("/etc/nginx/conf.d/im.conf:32"));
}

TEST(NginxsConfiguration, GivesTheFixWhatTheBlockNeedsInTheHttpBlockToo) {
    Scene scene = stripped().nginx_has(probes::NginxFault::connection_not_passed, "location /a { }\n");
    EXPECT_THAT(scene.verdict().fix.en, Not(HasSubstr("http block")));
    scene.snapshot.nginx->findings[0].for_http = "map $http_upgrade $connection_upgrade {\n}";
    const Verdict verdict = scene.verdict();
    EXPECT_THAT(
        verdict.fix.en,
        HasSubstr("location /a { }\nand in the http block:\nmap $http_upgrade $connection_upgrade {\n}\n"
                  "nginx -t && nginx -s reload"));
    EXPECT_THAT(verdict.fix.zh, HasSubstr("location /a { }\n并在 http 块中加上：\nmap $http_upgrade"));
}

TEST(NginxsConfiguration, IsLeftOutWhereItsFindingsDoNotFitTheCause) {
    const Verdict verdict = stripped().nginx_has(probes::NginxFault::rate_limited).verdict();
    EXPECT_THAT(verdict.fix.en, Not(HasSubstr("im.conf")));
    EXPECT_EQ(verdict.evidence.size(), 2u);
    Scene note = stripped().nginx_has(probes::NginxFault::upgrade_not_passed);
    note.snapshot.nginx->findings[0].problem = false;
    EXPECT_EQ(note.verdict().evidence.size(), 2u) << "a note is no problem";
}

TEST(NginxsConfiguration, IsThePlaceOfWhatMayBeMeantSoButDoesHarmOnTheWire) {
    Scene scene = Scene()
                      .cors(probes::CorsFault::duplicate, "http://a, http://a")
                      .nginx_has(probes::NginxFault::cors_added);
    scene.snapshot.nginx->findings[0].problem = false;
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::cors_duplicate);
    EXPECT_THAT(verdict.fix.en, HasSubstr("/etc/nginx/conf.d/im.conf:32"));
}

TEST(NginxsConfiguration, IsNotBlamedForWorkersThatDoNotShareSessions) {
    Scene scene;
    for (Role role : {Role::public_, Role::local}) {
        scene.one(role, ProbeKind::polling, Reason::eio_sid_unknown, Phase::namespace_);
    }
    const Verdict verdict = scene.nginx_has(probes::NginxFault::not_sticky).verdict();
    EXPECT_EQ(verdict.cause, Cause::not_sticky);
    EXPECT_THAT(verdict.fix.en, Not(HasSubstr("im.conf")));
}

TEST(NginxsConfiguration, NamesTheFamilyOfLocalhostThatIsDead) {
    Scene scene;
    scene.both(Role::public_, Reason::http_bad_gateway, Phase::upgrade, nginx_page(502, "502"));
    scene.at(Role::local, ProbeKind::websocket).last->dead_addresses = {"[::1]:7002 tcp_refused"};
    scene.snapshot.nginx.emplace().up = true;
    scene.snapshot.nginx->proxy_pass = "http://[::1]:7002";
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::wrong_upstream);
    EXPECT_THAT(verdict.evidence.back().text.en,
                HasSubstr("[::1]:7002 tcp_refused is dead, while 127.0.0.1:7002 works"));
}

TEST(TheFrontend, IsMisconfiguredByProblemsAndNotByNotes) {
    EXPECT_EQ(Scene().frontend_has(probes::FrontendFault::other_host, "http://b", false).cause(),
              Cause::none);
    const Verdict verdict =
        Scene().frontend_has(probes::FrontendFault::local_url, "http://localhost:7002").verdict();
    EXPECT_EQ(verdict.cause, Cause::frontend_misconfigured);
    EXPECT_EQ(verdict.severity, Severity::down);
    EXPECT_THAT(verdict.fix.en, HasSubstr("VITE_WS_URL=http://im.example.com"));
    EXPECT_THAT(
        Scene().frontend_has(probes::FrontendFault::csp_blocks, "connect-src 'self'").verdict().fix.zh,
        HasSubstr("connect-src 'self' http://im.example.com ws://im.example.com"));
}

TEST(TheEnvironmentFiles, AreQuotedWithFileLineAndTheLinesToSet) {
    Scene scene;
    scene.env_has(probes::EnvFault::node_env, "NODE_ENV", "", "production")
        .env_has(probes::EnvFault::frontend_url, "FRONTEND_URL", "http://b/", "http://im.example.com");
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::env_misconfigured);
    EXPECT_EQ(verdict.severity, Severity::degraded);
    EXPECT_THAT(verdict.evidence[0].text.en, HasSubstr("/srv/nest/.env has no NODE_ENV"));
    EXPECT_THAT(verdict.evidence[1].text.en, HasSubstr("/srv/nest/.env:4: FRONTEND_URL is http://b/"));
    EXPECT_THAT(verdict.fix.en, HasSubstr("FRONTEND_URL=http://im.example.com"));
    EXPECT_THAT(verdict.fix.en, HasSubstr("pm2 restart"));
}

TEST(ZonesThatDiffer, AreToldInWholeQuarterHours) {
    Scene scene;
    scene.everywhere(Reason::sio_rejected, Phase::ready)
        .database(OwnToken::valid, now_wall + 3h + 50min)
        .log({.expired = 2});
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::tz_skew);
    EXPECT_THAT(verdict.evidence.back().text.en, HasSubstr("it has 3 h 50 min left"));
    EXPECT_THAT(verdict.evidence.back().text.en, HasSubstr("at least 4 h apart"));
}

TEST(ZonesThatDiffer, AreALineWhereTheRowReadsAsExpiredAndTheGatewayAcceptsIt) {
    const Verdict verdict = Scene().database(OwnToken::expired).verdict();
    EXPECT_EQ(verdict.cause, Cause::none);
    EXPECT_THAT(verdict.evidence.back().text.en, HasSubstr("backend_time_zone"));
}

}  // namespace
}  // namespace gatewatch::agent::test
