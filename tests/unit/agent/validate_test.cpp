#include "agent/validate.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>

#include "agent/load.hpp"
#include "tests/unit/both_languages.hpp"

namespace gatewatch::agent {
namespace {

using namespace std::chrono_literals;
using testing::ContainsRegex;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

config::GatewaySettings minimal(std::string url = "http://im.example.com") {
    config::GatewaySettings gateway;
    gateway.name = "im";
    gateway.routes = {
        {.role = Role::public_, .url = std::move(url), .ca_file = std::nullopt, .http_path = {}}};
    return gateway;
}

config::Settings settings_of(std::vector<config::GatewaySettings> gateways) {
    return {.agent = {}, .gateways = std::move(gateways)};
}

std::string english_plan(const config::Settings& settings) {
    return describe_plan(settings, Language::en);
}

/// Only these probes run.
config::GatewaySettings with_only(std::vector<ProbeKind> probes,
                                  config::GatewaySettings gateway = minimal()) {
    for (auto probe : all_of<ProbeKind>()) {
        if (std::ranges::find(probes, probe) == probes.end()) gateway.probes[probe].enabled = false;
    }
    return gateway;
}

TEST(ValidatePlan, of_the_smallest_configuration_reads_like_this) {
    EXPECT_EQ(english_plan(settings_of({minimal()})), R"(web server: http://127.0.0.1:9464/

gateway im
  namespace /im, path /socket.io/, origin http://im.example.com
  passes on: the event "connected"
  token: none is sent
  route public: http://im.example.com
    websocket     every 15 seconds, for 10 seconds at most
    polling       every 15 seconds, for 10 seconds at most
    http          every 15 seconds, for 10 seconds at most
    upgrade       every 1 minute, for 10 seconds at most
    sticky        every 1 minute, for 10 seconds at most
    other_eio     after a failed connect, at most every 15 seconds, for 10 seconds at most
    hold          every 5 minutes, for 70 seconds at most
  no collector
  not run: header_token, for want of a token in [gateway.token]
  not run: expired_token, for want of expired_file in [gateway.token]
  not run: revoked_token, for want of revoked_file in [gateway.token]
  not run: missing_token, for want of a token in [gateway.token]

load in a minute, while every run passes
  target                 new connections  HTTP requests  WebSocket upgrades
  http://im.example.com               47             42                 5.2
  total                               47             42                 5.2
load in a minute at the worst, while every run fails
  target                 new connections  HTTP requests  WebSocket upgrades
  http://im.example.com              131            118                  13
  total                              131            118                  13
)");
}

TEST(ValidatePlan, names_the_logs_of_nginx_and_how_they_are_read) {
    auto gateway = minimal();
    gateway.nginx.emplace().error_log = "/var/log/nginx/error.log";
    EXPECT_THAT(english_plan(settings_of({gateway})),
                HasSubstr("  collector nginx_log: follows /var/log/nginx/error.log, nginx's error log\n"));
    gateway.nginx->access_log = "/var/log/nginx/access.log";
    EXPECT_THAT(
        english_plan(settings_of({gateway})),
        HasSubstr(
            "  collector nginx_log: follows /var/log/nginx/access.log, lines in the format combined\n"));
    gateway.nginx->log_format = "$request $status";
    EXPECT_THAT(english_plan(settings_of({gateway})), HasSubstr("lines in the format '$request $status'\n"));
}

TEST(ValidatePlan, names_every_collector_and_what_it_reads) {
    auto gateway = minimal();
    gateway.ready_event = "";
    gateway.mysql.emplace().user = "gatewatch";
    gateway.pm2.emplace().app = "nest_backend";  // PM2 writes it with a hyphen
    gateway.nginx.emplace();
    gateway.frontend.emplace().url = "http://www.example.com/app/";
    gateway.env_files.emplace().backend = "/srv/nest/.env";
    const auto plan = english_plan(settings_of({gateway}));
    EXPECT_THAT(plan, HasSubstr("  passes on: 1 second without a rejection\n"));
    EXPECT_THAT(
        plan,
        HasSubstr("  collector mysql: every 15 seconds, table im_system.user_tokens at 127.0.0.1:3306 as "
                  "gatewatch\n"));
    EXPECT_THAT(plan, HasSubstr("  collector pm2_log: follows /root/.pm2/logs/nest-backend-out*.log and "
                                "/root/.pm2/logs/nest-backend-error*.log\n"));
    EXPECT_THAT(plan,
                HasSubstr("  collector pm2_process: every 15 seconds, /root/.pm2/pm2.log and the pid files "
                          "in /root/.pm2/pids\n"));
    EXPECT_THAT(plan,
                HasSubstr("  collector nginx_config: every 1 minute, /etc/nginx/nginx.conf and the files "
                          "that it includes\n"));
    EXPECT_THAT(plan,
                HasSubstr("  collector frontend: every 5 minutes, the page http://www.example.com/app/ and "
                          "its scripts, 20 at most\n"));
    EXPECT_THAT(plan, HasSubstr("  collector env_files: every 5 minutes, /srv/nest/.env\n"));
    EXPECT_THAT(plan, ContainsRegex("  http://www.example.com +4.2 +4.2 +0\n"));
    EXPECT_THAT(plan, HasSubstr("  MySQL at 127.0.0.1:3306: 9.2 queries\n"));
    EXPECT_THAT(plan, HasSubstr("  files of PM2, nginx and the environment: 5.2 looks\n"));
    EXPECT_THAT(plan, HasSubstr("  log files: 2 patterns"));
    EXPECT_THAT(plan, Not(HasSubstr("no collector")));
}

TEST(ValidatePlan, has_every_probe_where_its_tokens_are_there) {
    auto gateway = minimal();
    gateway.token = {.source = config::TokenFile{"/t"}, .expired_file = "/e", .revoked_file = "/r"};
    const auto plan = english_plan(settings_of({gateway}));
    for (auto probe : enum_names(ProbeKind{})) EXPECT_THAT(plan, HasSubstr(fmt::format("    {} ", probe)));
    EXPECT_THAT(plan, Not(HasSubstr("not run")));
}

TEST(ValidatePlan, says_where_every_probe_of_a_route_is_off) {
    EXPECT_THAT(english_plan(settings_of({with_only({})})),
                HasSubstr("http://im.example.com\n    no probe\n"));
}

TEST(ValidateLoad, follows_the_intervals_of_the_probes) {
    auto gateway = with_only({ProbeKind::websocket, ProbeKind::polling});
    gateway.interval = 30s;
    gateway.probes[ProbeKind::polling].interval = 2min;
    EXPECT_THAT(target_loads(settings_of({gateway})),
                ElementsAre(TargetLoad{"http://im.example.com", 2 + 2.5, 2.5, 2}));
}

TEST(ValidateLoad, counts_four_sessions_of_four_requests_for_sticky) {
    EXPECT_THAT(target_loads(settings_of({with_only({ProbeKind::sticky})})),
                ElementsAre(TargetLoad{"http://im.example.com", 16, 16, 0}));
}

TEST(ValidateLoad, at_the_worst_has_what_failures_call_for) {
    const auto seldom = settings_of({with_only({ProbeKind::sticky})});
    EXPECT_THAT(target_loads(seldom, After::failures),
                ElementsAre(TargetLoad{"http://im.example.com", 16 + 64, 16 + 64, 0}));
    const auto tie = settings_of({with_only({ProbeKind::other_eio})});
    EXPECT_THAT(target_loads(tie), ElementsAre(TargetLoad{"http://im.example.com", 0, 0, 0}));
    EXPECT_THAT(target_loads(tie, After::failures),
                ElementsAre(TargetLoad{"http://im.example.com", 4, 4, 0}));
    const auto often = settings_of({with_only({ProbeKind::websocket})});
    EXPECT_EQ(target_loads(often, After::failures), target_loads(often));
}

TEST(ValidateLoad, of_gateways_that_share_a_target_is_summed) {
    const std::vector<ProbeKind> connects{ProbeKind::websocket, ProbeKind::polling};
    auto other = with_only(connects);
    other.name = "other";
    other.mysql.emplace();
    auto first = with_only(connects);
    first.mysql.emplace();
    first.token.source = config::TokenEnv{"IM_TOKEN"};
    const auto settings =
        settings_of({first, other, with_only(connects, minimal("http://elsewhere.example.com"))});
    EXPECT_THAT(target_loads(settings), ElementsAre(TargetLoad{"http://im.example.com", 48, 40, 8},
                                                    TargetLoad{"http://elsewhere.example.com", 24, 20, 4}));
    // Four samples a minute each; the one with a token looks for its row too. Beside them the seldom looks.
    EXPECT_THAT(database_loads(settings),
                ElementsAre(DatabaseLoad{"127.0.0.1:3306", (4 * 3 + 1.2) + (4 * 2 + 1.2)}));
    EXPECT_THAT(english_plan(settings), ContainsRegex("total +72 +60 +12\n"));
}

TEST(ValidateLoad, of_two_database_servers_has_a_total) {
    auto first = minimal();
    first.mysql.emplace();
    auto second = minimal();
    second.mysql.emplace().socket = "/run/mysqld/mysqld.sock";
    const auto plan = english_plan(settings_of({first, second}));
    EXPECT_THAT(plan,
                HasSubstr("  MySQL at /run/mysqld/mysqld.sock: 9.2 queries\n  MySQL in total: 18 queries\n"));
    EXPECT_THAT(database_loads(settings_of({minimal()})), IsEmpty());
}

TEST(ValidateToken, is_named_by_its_source) {
    auto source = [](decltype(config::TokenSettings::source) from) {
        config::TokenSettings token;
        token.source = std::move(from);
        const Text text = describe_token(token);
        gatewatch::test::expect_both(text, text.en);
        gatewatch::test::expect_same_values(text, text.en);
        return text.en;
    };
    EXPECT_EQ(source(std::monostate{}), "none is sent");
    EXPECT_EQ(source(config::TokenFile{"/etc/token"}), "from the file /etc/token, read at every run");
    EXPECT_EQ(source(config::TokenEnv{"IM_TOKEN"}), "from the environment variable IM_TOKEN");
    EXPECT_THAT(source(config::TokenMysql{7}), HasSubstr("user 7 in the token table"));
    EXPECT_THAT(source(config::TokenLogin{"http://localhost:7002/auth/login", "probe", "/etc/password"}),
                HasSubstr("a login as probe at http://localhost:7002/auth/login"));
}

TEST(ValidateToken, fault_100_in_a_file_or_variable_is_not_shown) {
    ASSERT_EQ(::setenv("GATEWATCH_VALIDATE_TOKEN", "hunter2", 1), 0);
    auto gateway = minimal();
    gateway.token.source = config::TokenEnv{"GATEWATCH_VALIDATE_TOKEN"};
    EXPECT_THAT(english_plan(settings_of({gateway})), Not(HasSubstr("hunter2")));
    ASSERT_EQ(::unsetenv("GATEWATCH_VALIDATE_TOKEN"), 0);
}

}  // namespace
}  // namespace gatewatch::agent
