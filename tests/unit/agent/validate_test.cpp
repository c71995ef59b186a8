#include "agent/validate.hpp"

#include <gmock/gmock.h>

#include <cstdlib>

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
    gateway.routes = {{.role = Role::public_, .url = std::move(url), .ca_file = std::nullopt}};
    return gateway;
}

config::Settings settings_of(std::vector<config::GatewaySettings> gateways) {
    return {.agent = {}, .gateways = std::move(gateways)};
}

TEST(ValidatePlan, of_the_smallest_configuration_reads_like_this) {
    EXPECT_EQ(describe_plan(settings_of({minimal()})), R"(web server: http://127.0.0.1:9464/

gateway im
  namespace /im, path /socket.io/, origin http://im.example.com
  passes on: the event "connected"
  token: none is sent
  route public: http://im.example.com
    websocket   every 15 seconds, for 10 seconds at most
    polling     every 15 seconds, for 10 seconds at most
  no collector

load in a minute, while every run passes
  target                 new connections  HTTP requests  WebSocket upgrades
  http://im.example.com               24             20                   4
  total                               24             20                   4
)");
}

TEST(ValidatePlan, names_collectors_and_what_is_not_run) {
    auto gateway = minimal();
    gateway.ready_event = "";
    gateway.mysql.emplace().user = "gatewatch";
    gateway.pm2.emplace().app = "nest_backend";  // PM2 writes it with a hyphen
    gateway.nginx.emplace();
    gateway.token.expired_file = "/etc/gatewatch/expired-token";
    gateway.probes[ProbeKind::hold] = {.enabled = true, .interval = 5min, .timeout = 70s};
    const auto plan = describe_plan(settings_of({gateway}));
    EXPECT_THAT(plan, HasSubstr("  passes on: 1 second without a rejection\n"));
    EXPECT_THAT(
        plan,
        HasSubstr("  collector mysql: every 15 seconds, table im_system.user_tokens at 127.0.0.1:3306 as "
                  "gatewatch\n"));
    EXPECT_THAT(plan, HasSubstr("  collector pm2_log: follows /root/.pm2/logs/nest-backend-out*.log and "
                                "/root/.pm2/logs/nest-backend-error*.log\n"));
    EXPECT_THAT(plan, HasSubstr("  not run by this version: [gateway.probe.hold]\n"));
    EXPECT_THAT(plan, HasSubstr("  not run by this version: expired_file in [gateway.token]\n"));
    EXPECT_THAT(plan, HasSubstr("  not run by this version: [gateway.nginx]\n"));
    EXPECT_THAT(plan, HasSubstr("  MySQL at 127.0.0.1:3306: 8 queries\n"));
    EXPECT_THAT(plan, HasSubstr("  log files: 2 patterns"));
    EXPECT_THAT(plan, Not(HasSubstr("no collector")));
}

TEST(ValidatePlan, says_where_every_probe_of_a_route_is_off) {
    auto gateway = minimal();
    gateway.probes[ProbeKind::websocket].enabled = false;
    gateway.probes[ProbeKind::polling].enabled = false;
    EXPECT_THAT(describe_plan(settings_of({gateway})), HasSubstr("http://im.example.com\n    no probe\n"));
}

TEST(ValidateLoad, follows_the_intervals_of_the_probes) {
    auto gateway = minimal();
    gateway.interval = 30s;
    gateway.probes[ProbeKind::polling].interval = 2min;
    EXPECT_THAT(target_loads(settings_of({gateway})),
                ElementsAre(TargetLoad{"http://im.example.com", 2 + 2.5, 2.5, 2}));
}

TEST(ValidateLoad, of_gateways_that_share_a_target_is_summed) {
    auto other = minimal();
    other.name = "other";
    other.mysql.emplace();
    auto first = minimal();
    first.mysql.emplace();
    first.token.source = config::TokenEnv{"IM_TOKEN"};
    const auto settings = settings_of({first, other, minimal("http://elsewhere.example.com")});
    EXPECT_THAT(target_loads(settings), ElementsAre(TargetLoad{"http://im.example.com", 48, 40, 8},
                                                    TargetLoad{"http://elsewhere.example.com", 24, 20, 4}));
    // Four samples a minute each; the one with a token looks for its row too.
    EXPECT_THAT(database_loads(settings), ElementsAre(DatabaseLoad{"127.0.0.1:3306", 4 * 3 + 4 * 2}));
    EXPECT_THAT(describe_plan(settings), ContainsRegex("total +72 +60 +12\n"));
}

TEST(ValidateLoad, of_two_database_servers_has_a_total) {
    auto first = minimal();
    first.mysql.emplace();
    auto second = minimal();
    second.mysql.emplace().socket = "/run/mysqld/mysqld.sock";
    const auto plan = describe_plan(settings_of({first, second}));
    EXPECT_THAT(plan,
                HasSubstr("  MySQL at /run/mysqld/mysqld.sock: 8 queries\n  MySQL in total: 16 queries\n"));
    EXPECT_THAT(database_loads(settings_of({minimal()})), IsEmpty());
}

TEST(ValidateToken, is_named_by_its_source) {
    auto source = [](decltype(config::TokenSettings::source) from) {
        config::TokenSettings token;
        token.source = std::move(from);
        return describe_token(token);
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
    EXPECT_THAT(describe_plan(settings_of({gateway})), Not(HasSubstr("hunter2")));
    ASSERT_EQ(::unsetenv("GATEWATCH_VALIDATE_TOKEN"), 0);
}

}  // namespace
}  // namespace gatewatch::agent
