// The report as people and programs read it.
#include "agent/report.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "diagnosis_support.hpp"

namespace gatewatch::agent::test {
namespace {

namespace json = boost::json;
using testing::HasSubstr;
using testing::Not;

/// One gateway without upgrade headers, one probe that has not run, a database, a log that cannot be read.
Report example() {
    Scene scene;
    scene.one(Role::public_, ProbeKind::websocket, Reason::upgrade_refused, Phase::upgrade,
              engine_error(3, "Bad request"));
    auto& failure = *scene.at(Role::public_, ProbeKind::websocket).last;
    failure.evidence = "HTTP 400 by engine_io_request";
    failure.phases = {};
    failure.phases[static_cast<std::size_t>(Phase::upgrade)] = 2ms;

    GatewayReport gateway;
    gateway.name = "im";
    gateway.verdict = scene.verdict();
    gateway.since = now_wall;
    for (const auto& probe : scene.snapshot.probes) gateway.probes.push_back(*probe.last);
    gateway.probes.pop_back();
    gateway.not_yet_run.push_back(scene.snapshot.probes.back().plan);
    probes::MysqlSample sample;
    sample.up = true;
    sample.tokens = {12, 100001, std::nullopt};
    sample.capped = {false, true, false};
    gateway.mysql = sample;
    gateway.collectors.push_back({CollectorKind::mysql, true, {}});
    gateway.collectors.push_back(
        {CollectorKind::pm2_log,
         false,
         {"cannot open /root/.pm2/logs\n: Permission denied", "无法打开 /root/.pm2/logs"}});
    return {"0.1.0", now_wall + 5s, {gateway}};
}

TEST(ReportAsText, IsAChecklistThatEndsInTheVerdictAndItsFix) {
    EXPECT_EQ(render_text(example(), Language::en), R"(gatewatch 0.1.0  2026-11-22T16:20:31Z

im: DEGRADED
  Probes
    FAIL  public websocket      0.012 s  upgrade_refused in phase upgrade: HTTP 400 by engine_io_request
    ok    public polling        0.012 s
    ok    local  websocket      0.012 s
    --    local  polling        has no fresh result
  Tokens
    valid 12, expired >=100001, revoked ?
  Collectors
    ok    mysql
    FAIL  pm2_log       cannot open /root/.pm2/logs : Permission denied
  Verdict
    cause     upgrade_stripped - nginx does not pass the Upgrade header on
    severity  DEGRADED
    hop       nginx
    since     2026-11-22T16:20:26Z
    evidence
      public websocket: upgrade_refused in phase upgrade at 192.0.2.1:80; HTTP 400 from engine.io (it saw no upgrade) after 0.002 s: {"code":3,"message":"Bad request"}
      local websocket: passes, in 0.012 s
    fix
      Polling works and WebSocket does not: the Upgrade and Connection headers do not reach the backend. They must stand in location /socket.io/ itself; one proxy_set_header there hides all inherited ones.
      In http { }, once:
          map $http_upgrade $connection_upgrade { default upgrade; '' close; }
      In the server block of im.example.com, before `location /`:
          location /socket.io/ {
              proxy_pass http://127.0.0.1:7002;
              proxy_http_version 1.1;
              proxy_set_header Upgrade $http_upgrade;
              proxy_set_header Connection $connection_upgrade;
              proxy_set_header Host $host;
              proxy_read_timeout 90s;
          }
      nginx -t && nginx -s reload
    runbook   http://127.0.0.1:9464/runbooks/GatewatchFaultDiagnosed#upgrade_stripped
)");
}

TEST(ReportAsText, SpeaksChineseAndKeepsTheNamesOfTheLists) {
    const std::string text = render_text(example(), Language::zh);
    for (const char* part : {"im: 降级", "失败  public websocket", "通过  public polling", "没有新的结果",
                             "有效 12", "采集器", "原因  upgrade_stripped - nginx 未转发 Upgrade 头",
                             "环节  nginx", "证据", "处理", "polling 正常而 WebSocket 失败"}) {
        EXPECT_THAT(text, HasSubstr(part));
    }
    EXPECT_THAT(text, Not(HasSubstr("FAIL")));
}

TEST(ReportAsText, NamesWhatElseWasFound) {
    Report report = example();
    report.gateways[0].verdict.consequences = {Cause::not_sticky, Cause::log_blind};
    EXPECT_THAT(render_text(report, Language::en), HasSubstr("with it   not_sticky, log_blind\n"));
}

TEST(Reports, LeadToTheRunbookInTheLanguageOfTheReaderAndToNoneWhereAllIsWell) {
    Report report = example();
    const std::string zh =
        "http://127.0.0.1:9464/runbooks/GatewatchFaultDiagnosed?lang=zh#upgrade_stripped\n";
    EXPECT_THAT(render_text(report, Language::zh), HasSubstr("    手册  " + zh));
    EXPECT_THAT(render_nagios(report, Language::zh), HasSubstr("\n" + zh));
    report.runbooks = {"https://wiki.example.com/", false};
    EXPECT_THAT(render_nagios(report, Language::en),
                HasSubstr("\nhttps://wiki.example.com/GatewatchFaultDiagnosed#upgrade_stripped\n"));
    report.gateways[0].verdict.cause = Cause::none;
    EXPECT_THAT(render_text(report, Language::en), Not(HasSubstr("runbook")));
    const json::value root = json::parse(render_json(report, Language::en));
    EXPECT_TRUE(root.at("gateways").at(0).at("verdict").at("runbook").is_null());
}

TEST(ReportAsText, CallsAProbeThatOnlyExplainsAFailureANote) {
    Report report = example();
    report.gateways[0].probes[0].probe = ProbeKind::other_eio;
    EXPECT_THAT(render_text(report, Language::en), HasSubstr("    note  public other_eio"));
    EXPECT_THAT(render_text(report, Language::zh), HasSubstr("    旁证  public other_eio"));
}

TEST(ReportOfOneLook, TellsWhatWasNotAskedForFromWhatDidNotEnd) {
    Report report = example();
    const auto text = [&report](Look look) {
        look.once = true;
        return render_text(report, Language::en, look);
    };
    EXPECT_THAT(text({}), HasSubstr("--    local  polling        did not end in time\n"));
    report.gateways[0].not_yet_run[0].probe = ProbeKind::hold;
    EXPECT_THAT(text({}), HasSubstr("--    local  hold           not run; --thorough runs it\n"));
    EXPECT_THAT(text({.running = true, .thorough = true}), HasSubstr("....  local  hold"));
    EXPECT_THAT(text({.thorough = true}), HasSubstr("--    local  hold           did not end in time\n"));
}

TEST(ReportAsJson, HasTheShapeOfTheContract) {
    Report report = example();
    report.gateways[0].mysql->expiring = {1, 2, std::nullopt};
    report.gateways[0].mysql->issued = {3, 4, 5, 0};
    report.gateways[0].mysql->users_without_token = 7;
    report.gateways[0].mysql->zone_skew = -8h;
    const json::value root = json::parse(render_json(report, Language::en));
    EXPECT_EQ(root.at("version"), "0.1.0");
    EXPECT_EQ(root.at("time"), "2026-11-22T16:20:31Z");
    const json::value& gateway = root.at("gateways").at(0);
    EXPECT_EQ(gateway.at("name"), "im");
    const json::value& verdict = gateway.at("verdict");
    EXPECT_EQ(verdict.at("cause"), "upgrade_stripped");
    EXPECT_EQ(verdict.at("severity"), "degraded");
    EXPECT_EQ(verdict.at("hop"), "nginx");
    EXPECT_EQ(verdict.at("since"), "2026-11-22T16:20:26Z");
    EXPECT_EQ(verdict.at("evidence").at(0).at("source"), "public websocket");
    EXPECT_THAT(std::string(verdict.at("evidence").at(0).at("text").as_string()),
                HasSubstr("upgrade_refused"));
    EXPECT_TRUE(verdict.at("consequences").as_array().empty());
    EXPECT_THAT(std::string(verdict.at("fix").as_string()), HasSubstr("location /socket.io/"));
    EXPECT_EQ(verdict.at("runbook"),
              "http://127.0.0.1:9464/runbooks/GatewatchFaultDiagnosed#upgrade_stripped");
    EXPECT_EQ(gateway.at("tokens"), json::parse(R"({"valid":12,"expired":100001,"revoked":null,
                  "expiring":{"hour":1,"six_hours":2,"day":null},
                  "by_age":{"hour":3,"day":4,"week":5,"older":0},"users_without_valid":7,"zone_skew":-28800})"));
    EXPECT_EQ(gateway.at("collectors"), json::parse(R"([{"name":"mysql","up":true,"detail":null},
                  {"name":"pm2_log","up":false,"detail":"cannot open /root/.pm2/logs : Permission denied"}])"));
}

TEST(ReportAsJson, GivesAProbesPhasesInSecondsAndOnlyThoseThatRan) {
    const json::value root = json::parse(render_json(example(), Language::en));
    const json::value& probes = root.at("gateways").at(0).at("probes");
    ASSERT_EQ(probes.as_array().size(), 4u);
    EXPECT_EQ(probes.at(0), json::parse(R"({"route":"public","probe":"websocket","ok":false,
        "reason":"upgrade_refused","phase":"upgrade","phases":{"upgrade":0.002},"status":400,
        "detail":"HTTP 400 by engine_io_request"})"));
    EXPECT_TRUE(probes.at(1).at("reason").is_null());
    EXPECT_EQ(probes.at(3), json::parse(R"({"route":"local","probe":"polling","ok":null,"reason":null,
        "phase":null,"phases":{},"status":null,"detail":null})"));
}

TEST(ReportOfOneLook, SaysNotSinceWhen) {
    Report report = example();
    report.gateways[0].since.reset();
    const json::value root = json::parse(render_json(report, Language::en));
    EXPECT_TRUE(root.at("gateways").at(0).at("verdict").at("since").is_null());
    EXPECT_THAT(render_text(report, Language::en), Not(HasSubstr("since")));
    EXPECT_THAT(render_text(report, Language::zh), Not(HasSubstr("    自  ")));
}

TEST(ReportAsJson, NeverShowsCountsOfADatabaseThatCannotBeRead) {
    Report report = example();
    const auto tokens = [&report] {
        return json::parse(render_json(report, Language::en)).at("gateways").at(0).at("tokens");
    };
    const json::value unknown = json::parse(R"({"valid":null,"expired":null,"revoked":null,
        "expiring":{"hour":null,"six_hours":null,"day":null},
        "by_age":{"hour":null,"day":null,"week":null,"older":null},"users_without_valid":null,
        "zone_skew":null})");
    report.gateways[0].mysql->expiring = {1, 2, 3};
    report.gateways[0].mysql->users_without_token = 7;
    report.gateways[0].mysql->up = false;
    EXPECT_EQ(tokens(), unknown);
    report.gateways[0].mysql.reset();
    report.gateways[0].since.reset();
    EXPECT_EQ(tokens(), unknown);
}

TEST(ReportAsText, TellsWhenTokensRunOutAndWhereTheyComeFromAsFarAsThatIsKnown) {
    Report report = example();
    report.gateways[0].mysql->expiring = {1, 2, 4};
    report.gateways[0].mysql->issued = {3, 4, 5, 0};
    report.gateways[0].mysql->users_without_token = 7;
    EXPECT_THAT(render_text(report, Language::en),
                HasSubstr("    running out within 1 h 1, 6 h 2, 24 h 4\n"
                          "    valid ones issued within 1 h 3, 24 h 4, 7 d 5, before 0\n"
                          "    users without a valid token 7\n"));
    EXPECT_THAT(render_text(report, Language::zh), HasSubstr("    没有有效 token 的用户 7\n"));
    report.gateways[0].mysql->up = false;
    EXPECT_THAT(render_text(report, Language::en), Not(HasSubstr("running out")));
}

TEST(Reports, SayWhatIsOddAboutACollectorThatIsUp) {
    Report report = example();
    report.gateways[0].collectors[0].detail = {"3 rows have no expires_at", "3 行没有 expires_at"};
    EXPECT_THAT(render_text(report, Language::en),
                HasSubstr("    ok    mysql         3 rows have no expires_at\n"));
    const json::value root = json::parse(render_json(report, Language::en));
    EXPECT_EQ(root.at("gateways").at(0).at("collectors").at(0),
              json::parse(R"({"name":"mysql","up":true,"detail":"3 rows have no expires_at"})"));
}

TEST(ReportAsJson, SpeaksTheLanguageThatWasAskedFor) {
    const json::value root = json::parse(render_json(example(), Language::zh));
    EXPECT_THAT(std::string(root.at("gateways").at(0).at("verdict").at("fix").as_string()),
                HasSubstr("没有到达后端"));
}

TEST(ExitCode, IsThatOfTheWorstGatewayAndDownOutweighsCannotTell) {
    const auto code_of = [](std::initializer_list<Severity> severities) {
        Report report;
        for (Severity severity : severities) report.gateways.emplace_back().verdict.severity = severity;
        return exit_code(report);
    };
    EXPECT_EQ(code_of({Severity::ok}), 0);
    EXPECT_EQ(code_of({Severity::ok, Severity::degraded}), 1);
    EXPECT_EQ(code_of({Severity::degraded, Severity::unknown, Severity::ok}), 3);
    EXPECT_EQ(code_of({Severity::unknown, Severity::down, Severity::degraded}), 2);
    EXPECT_EQ(code_of({}), 3) << "nothing is watched";
}

}  // namespace
}  // namespace gatewatch::agent::test
