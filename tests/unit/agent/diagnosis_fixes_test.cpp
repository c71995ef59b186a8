// What the fixes tell people to do: in the user's own values, and nothing that is not configured.
#include "agent/diagnosis/fixes.hpp"

#include "diagnosis_support.hpp"

namespace gatewatch::agent::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Acknowledged, and then this event in place of "connected"; empty: none.
Scene never_ready(const std::string& other_event) {
    Scene scene;
    scene.everywhere(Reason::sio_ready_missing, Phase::ready);
    for (auto& probe : scene.snapshot.probes) {
        if (other_event.empty()) continue;
        probe.last->evidence = "no event \"connected\" came; the gateway sent \"" + other_event + "\"";
    }
    return scene;
}

TEST(FixOfReadyMissing, BeginsWithTheEventThatCameInsteadAndInventsNoDatabase) {
    const Verdict verdict = never_ready("welcome").verdict();
    EXPECT_EQ(verdict.cause, Cause::ready_missing);
    for (const std::string& fix : {verdict.fix.en, verdict.fix.zh}) {
        EXPECT_THAT(fix.substr(0, fix.find('#')), HasSubstr("\nready_event = \"welcome\" "));
        EXPECT_THAT(fix, Not(HasSubstr("user_tokens")));
        EXPECT_THAT(fix, Not(HasSubstr("3306")));
    }
}

TEST(FixOfReadyMissing, TellsOfTheReadyEventWhereNoDatabaseIsKnownToFail) {
    EXPECT_THAT(never_ready("").verdict().fix.en, HasSubstr("ready_event = \"\""));
    EXPECT_THAT(never_ready("").verdict().fix.en, Not(HasSubstr("user_tokens")));
    const std::string with_database = never_ready("").database(OwnToken::valid).verdict().fix.en;
    EXPECT_LT(with_database.find("ready_event"),
              with_database.find("im_system.user_tokens at 127.0.0.1:3306"));
}

TEST(FixOfReadyMissing, BeginsWithTheDatabaseWhereItsSampleFailsAndNoOtherEventCame) {
    const std::string fix = never_ready("").database_fails(locked_table).verdict().fix.en;
    EXPECT_THAT(fix, HasSubstr("SHOW FULL PROCESSLIST"));
    EXPECT_THAT(fix, Not(HasSubstr("ready_event")));
    EXPECT_THAT(never_ready("hi").database_fails(locked_table).verdict().fix.en,
                HasSubstr("ready_event = \"hi\""));
}

TEST(FixOfARejection, NamesNoTableAndNoAddressWhereNoDatabaseIsConfigured) {
    Scene scene;
    scene.everywhere(Reason::sio_rejected, Phase::ready);
    const Verdict dead = scene.log({.errors = 3}).verdict();
    EXPECT_EQ(dead.cause, Cause::database_down);
    const Verdict expired = scene.log({.expired = 2}).verdict();
    EXPECT_EQ(expired.cause, Cause::token_expired);
    for (const auto& fix : {dead.fix.en, dead.fix.zh, expired.fix.en, expired.fix.zh}) {
        EXPECT_THAT(fix, Not(HasSubstr("user_tokens")));
        EXPECT_THAT(fix, Not(HasSubstr("3306")));
    }
    EXPECT_THAT(scene.database_fails(refused_by_database).log({}).verdict().fix.en,
                HasSubstr("127.0.0.1:3306"));
}

TEST(FixOfTheProber, NamesTheCaFileThatCannotBeRead) {
    Scene scene;
    scene.both(Role::public_, Reason::local_resource, Phase::tls);
    EXPECT_THAT(scene.verdict().fix.en, HasSubstr("LimitNOFILE"));
    scene.at(Role::public_, ProbeKind::polling).last->evidence =
        "cannot read CA certificates from /etc/ssl/our.pem: No such file";
    scene.snapshot.gateway.routes[0].ca_file = "/etc/ssl/our.pem";
    const Verdict verdict = scene.verdict();
    EXPECT_EQ(verdict.cause, Cause::prober_unhealthy);
    EXPECT_THAT(verdict.fix.en, HasSubstr("name = \"public\"\nca_file = \"/etc/ssl/our.pem\""));
    EXPECT_THAT(verdict.fix.zh, Not(HasSubstr("LimitNOFILE")));
}

TEST(FixOfNginx, PutsTheMapIntoHttpAndTheLocationIntoTheServerBlock) {
    const Verdict verdict =
        Scene().both(Role::public_, Reason::http_html, Phase::open, frontend_page()).verdict();
    EXPECT_THAT(verdict.fix.en,
                HasSubstr("\nIn http { }, once:\n    map $http_upgrade $connection_upgrade {"));
    EXPECT_THAT(verdict.fix.en,
                HasSubstr("close; }\nIn the server block of im.example.com, before `location /`:\n"
                          "    location /socket.io/ {\n"));
    EXPECT_THAT(verdict.fix.zh, HasSubstr("im.example.com 的 server 块"));
    EXPECT_THAT(verdict.fix.en, Not(HasSubstr("Replace")));
}

TEST(FixOfNginx, SaysWhatToReplaceWhereNoLocalRouteTellsTheBackendsAddress) {
    Scene scene(Routes::public_only);
    const Verdict verdict =
        scene.both(Role::public_, Reason::http_html, Phase::open, frontend_page()).verdict();
    EXPECT_THAT(verdict.fix.en, HasSubstr("proxy_pass http://BACKEND:PORT;"));
    EXPECT_THAT(verdict.fix.en, HasSubstr("Replace BACKEND:PORT by the backend's address.\nnginx -t"));
    EXPECT_THAT(verdict.fix.zh, HasSubstr("把 BACKEND:PORT 换成"));
    EXPECT_THAT(
        Scene(Routes::public_only).both(Role::public_, Reason::eio_version, Phase::open).verdict().fix.en,
        Not(HasSubstr("BACKEND")));
}

TEST(FixOfTheCertificate, AsksAtThePortOfTheRoute) {
    const auto fix_for = [](const char* url) {
        Scene scene;
        scene.snapshot.gateway.routes[0].url = url;
        return scene.both(Role::public_, Reason::tls_expired, Phase::tls).verdict().fix;
    };
    EXPECT_THAT(fix_for("https://im.example.com").en,
                HasSubstr("-connect im.example.com:443 -servername im.example.com "));
    EXPECT_THAT(fix_for("https://im.example.com:8443").zh, HasSubstr("-connect im.example.com:8443 "));
    const Text by_address = fix_for("https://127.0.0.1:8081");
    EXPECT_THAT(by_address.en, HasSubstr("the server block that listens on 127.0.0.1:8081"));
    EXPECT_THAT(by_address.en, HasSubstr("-connect 127.0.0.1:8081 <"));
    EXPECT_THAT(fix_for("https://[::1]:8081").zh, HasSubstr("[::1]:8081 上监听的 server 块"));
}

TEST(FixOfWrongVhost, AsksForNoServerNameWhereTheRouteIsAnAddress) {
    Scene scene;
    const auto welcome = by(AnsweredBy::page, 200, "<title>Welcome to nginx!</title>");
    scene.both(Role::public_, Reason::http_html, Phase::open, welcome);
    EXPECT_THAT(scene.verdict().fix.en, HasSubstr("server_name im.example.com;"));
    scene.snapshot.gateway.routes[0].url = "http://127.0.0.1:8081";
    EXPECT_THAT(scene.verdict().fix.en, HasSubstr("listen 8081 default_server;"));
}

}  // namespace
}  // namespace gatewatch::agent::test
