#include "config/loader.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "config/keys.hpp"
#include "problems.hpp"

namespace gatewatch::config {
namespace {

using test::errors;
using test::texts;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

const std::string gateway = "[[gateway]]\nname = \"im\"\n";
const std::string route = "[[gateway.route]]\nname = \"public\"\nurl = \"http://im.example.com\"\n";

Loaded good(const std::string& text) {
    auto loaded = load_text(text, "file");
    if (loaded) return std::move(*loaded);
    for (const auto& line : texts(loaded.error())) ADD_FAILURE() << line;
    return {};
}

/// The url of the only route of a gateway with that url.
std::string loaded_url(const std::string& url) {
    const auto loaded = good(gateway + "[[gateway.route]]\nname = \"public\"\nurl = \"" + url + "\"\n");
    return loaded.settings.gateways.empty() ? "" : loaded.settings.gateways.front().routes.front().url;
}

TEST(Loader, reads_every_key) {
    const auto loaded = good(R"(
[agent]
listen = "[::1]:0"
state_directory = "/tmp/state"
log_format = "json"
log_level = "debug"
runbooks = "https://wiki.example.com/gatewatch"
[[gateway]]
name = "im-1.a_b"
namespace = "/"
ready_event = "已连接"
reject_event = ""
interval = "500ms"
timeout = "250ms"
path = "/api/socket.io/"
settle = "100ms"
origin = "https://WWW.example.com:443/"
[[gateway.route]]
name = "local"
url = "http://[::1]:7002/"
[gateway.token]
login = { url = "http://127.0.0.1:7002/auth/login", username = "probe", password_file = "/nowhere/password" }
[gateway.probe.polling]
enabled = true
interval = "1m"
timeout = "2s"
[gateway.mysql]
socket = "/run/mysqld/mysqld.sock"
user = "gatewatch"
password_file = "/nowhere/mysql"
database = "d$1"
table = "t_2"
backend_time_zone = "Asia/Shanghai"
count_users = true
interval = "30s"
[gateway.pm2]
home = "/home/node/.pm2"
app = "聊天"
files = ["/srv/logs/out-*.log", "/srv/logs/error.log"]
)");
    EXPECT_EQ(loaded.settings.agent, (AgentSettings{"[::1]:0", "/tmp/state", LogFormat::json, LogLevel::debug,
                                                    "https://wiki.example.com/gatewatch"}));
    ASSERT_THAT(loaded.settings.gateways, SizeIs(1));
    GatewaySettings expected;
    expected.name = "im-1.a_b";
    expected.namespace_ = "/";
    expected.ready_event = "已连接";
    expected.reject_event = "";
    expected.interval = 500ms;
    expected.timeout = 250ms;
    expected.path = "/api/socket.io/";
    expected.settle = 100ms;
    expected.origin = "https://www.example.com";
    expected.token.source = TokenLogin{"http://127.0.0.1:7002/auth/login", "probe", "/nowhere/password"};
    expected.probes[ProbeKind::polling] = {.enabled = true, .interval = 1min, .timeout = 2s};
    expected.routes = {
        {.role = Role::local, .url = "http://[::1]:7002", .ca_file = std::nullopt, .http_path = {}}};
    expected.mysql = MysqlSettings{.address = "127.0.0.1:3306",
                                   .socket = "/run/mysqld/mysqld.sock",
                                   .user = "gatewatch",
                                   .password_file = "/nowhere/mysql",
                                   .database = "d$1",
                                   .table = "t_2",
                                   .backend_time_zone = "Asia/Shanghai",
                                   .ca_file = {},
                                   .count_users = true,
                                   .interval = 30s};
    expected.pm2 = Pm2Settings{.home = "/home/node/.pm2",
                               .app = "聊天",
                               .files = {"/srv/logs/out-*.log", "/srv/logs/error.log"},
                               .patterns = {}};
    EXPECT_TRUE(loaded.settings.gateways.front() == expected);
}

TEST(Loader, reads_each_token_source) {
    auto source = [](const std::string& line) {
        const auto loaded = good(gateway + route + "[gateway.mysql]\nuser = \"u\"\n[gateway.token]\n" + line);
        return loaded.settings.gateways.empty() ? TokenSettings{}.source
                                                : loaded.settings.gateways.front().token.source;
    };
    EXPECT_TRUE(source("file = \"/t\"") == decltype(TokenSettings::source){TokenFile{"/t"}});
    EXPECT_TRUE(source("env = \"IM_TOKEN\"") == decltype(TokenSettings::source){TokenEnv{"IM_TOKEN"}});
    EXPECT_TRUE(source("mysql_user_id = 7") == decltype(TokenSettings::source){TokenMysql{7}});
}

TEST(Loader, reads_the_patterns_of_the_log_one_or_several_for_an_event) {
    const auto loaded = good(gateway + route + R"toml([gateway.pm2.patterns]
attempt = ['client (?P<sid>[\w-]{20}) connects', "user \\((?P<sid>\\S{20})\\) connects"]
error = '(?i)failed: (?P<detail>.*)'
)toml");
    ASSERT_TRUE(loaded.settings.gateways.front().pm2);
    const std::map<std::string, std::vector<std::string>> expected = {
        {"attempt", {R"(client (?P<sid>[\w-]{20}) connects)", R"(user \((?P<sid>\S{20})\) connects)"}},
        {"error", {"(?i)failed: (?P<detail>.*)"}}};
    EXPECT_EQ(loaded.settings.gateways.front().pm2->patterns, expected);
}

TEST(Loader, reads_the_collectors_and_the_negative_probes_files) {
    const auto loaded = good(gateway + route + R"(http_path = "/api/health"
[gateway.token]
env = "PATH"
expired_file = "/nowhere/expired"
revoked_file = "/nowhere/revoked"
[gateway.nginx]
config = "/nowhere/nginx.conf"
interval = "2m"
[gateway.frontend]
url = "http://im.example.com/app/"
interval = "1h"
[gateway.env_files]
backend = "/nowhere/.env"
interval = "10s"
)");
    EXPECT_THAT(texts(loaded.warnings), ElementsAre(HasSubstr("file:9:16: expired_file: there is no file"),
                                                    HasSubstr("file:10:16: revoked_file: there is no file"),
                                                    HasSubstr("file:12:10: config: there is no file"),
                                                    HasSubstr("file:18:11: backend: there is no file")));
    const auto& settings = loaded.settings.gateways.front();
    EXPECT_EQ(settings.routes.front().http_path, "/api/health");
    EXPECT_EQ(settings.token.expired_file, "/nowhere/expired");
    EXPECT_EQ(settings.token.revoked_file, "/nowhere/revoked");
    const NginxSettings nginx{.config = "/nowhere/nginx.conf",
                              .access_log = {},
                              .error_log = {},
                              .log_format = {},
                              .interval = 2min};
    EXPECT_EQ(settings.nginx, nginx);
    EXPECT_EQ(settings.frontend, (FrontendSettings{"http://im.example.com/app/", 1h}));
    EXPECT_EQ(settings.env_files, (EnvFilesSettings{"/nowhere/.env", std::nullopt, 10s}));
}

TEST(Loader, warns_where_a_probe_lacks_what_it_needs) {
    EXPECT_THAT(texts(good(gateway + route +
                           "[gateway.probe.revoked_token]\n[gateway.probe.expired_token]\n"
                           "enabled = false\n[gateway.probe.missing_token]\n")
                          .warnings),
                ElementsAre("file:6:1: [gateway.probe.revoked_token] does nothing: it needs revoked_file in "
                            "[gateway.token]",
                            "file:9:1: [gateway.probe.missing_token] does nothing: it needs a token in "
                            "[gateway.token]"));
}

TEST(Loader, has_no_warning_for_a_timeout_that_nobody_set) {
    EXPECT_THAT(texts(good(gateway + route).warnings), testing::IsEmpty());
    EXPECT_THAT(texts(good(gateway + "interval = \"30s\"\ntimeout = \"29s\"\n" + route).warnings),
                testing::IsEmpty());
}

TEST(Loader, warns_where_a_timeout_is_longer_than_its_interval) {
    EXPECT_THAT(texts(good(gateway + "interval = \"5s\"\n" + route).warnings),
                ElementsAre(HasSubstr("file:1:1: timeout: is longer than the interval")));
    EXPECT_THAT(texts(good(gateway + route + "[gateway.probe.polling]\ntimeout = \"1m\"\n").warnings),
                ElementsAre(HasSubstr("timeout: is longer than the interval")));
}

TEST(Loader, warns_where_probes_run_too_seldom_for_the_alert_rules) {
    const auto wanted =
        ElementsAre(HasSubstr("interval: websocket or polling runs less often than every 30 s"));
    EXPECT_THAT(texts(good(gateway + "interval = \"31s\"\n" + route).warnings), wanted);
    EXPECT_THAT(texts(good(gateway + route + "[gateway.probe.polling]\ninterval = \"1m\"\n").warnings),
                wanted);
    EXPECT_THAT(texts(good(gateway + route + "[gateway.probe.hold]\ninterval = \"10m\"\n").warnings),
                testing::IsEmpty());
}

TEST(Loader, warns_where_every_probe_is_off) {
    std::string off = gateway;
    for (auto probe : enum_names(ProbeKind{})) off += fmt::format("probe.{}.enabled = false\n", probe);
    off += route;
    EXPECT_THAT(texts(good(off).warnings), ElementsAre(HasSubstr("probe: every probe is switched off")));
}

TEST(Loader, keeps_gateways_and_routes_in_their_order) {
    const auto loaded =
        good(gateway + route + "[[gateway.route]]\nname = \"local\"\nurl = \"http://localhost:7002\"\n" +
             "[[gateway]]\nname = \"a\"\n" + route);
    ASSERT_THAT(loaded.settings.gateways, SizeIs(2));
    EXPECT_EQ(loaded.settings.gateways[0].name, "im");
    EXPECT_EQ(loaded.settings.gateways[0].routes[1].role, Role::local);
    EXPECT_EQ(loaded.settings.gateways[1].name, "a");
}

TEST(Loader, gives_urls_as_a_browser_would_put_them_into_origin) {
    EXPECT_EQ(loaded_url("HTTP://IM.Example.com/"), "http://im.example.com");
    EXPECT_EQ(loaded_url("http://im.example.com:80"), "http://im.example.com");
    EXPECT_EQ(loaded_url("https://im.example.com:443/"), "https://im.example.com");
    EXPECT_EQ(loaded_url("https://im.example.com:80"), "https://im.example.com:80");
    EXPECT_EQ(loaded_url("http://127.0.0.1:7002"), "http://127.0.0.1:7002");
}

TEST(Loader, takes_time_zones_as_offset_or_name) {
    for (auto zone :
         {"", "+08:00", "-13:59", "+14:00", "UTC", "Asia/Shanghai", "America/Port-au-Prince", "Etc/GMT+8"}) {
        const auto loaded =
            good(gateway + route + "[gateway.mysql]\nuser = \"u\"\nbackend_time_zone = \"" + zone + "\"\n");
        ASSERT_THAT(loaded.settings.gateways, SizeIs(1));
        EXPECT_EQ(loaded.settings.gateways.front().mysql->backend_time_zone, zone);
    }
}

TEST(Loader, reads_each_key_that_it_knows_and_refuses_a_date_there) {
    // A date is the right type for no key at all.
    for (const auto& key : all_keys()) {
        std::string text = gateway + route;
        if (key.section.empty()) {
            text = fmt::format("{} = 2026-11-22\n", key.name);
        } else if (key.section == "gateway") {
            text = fmt::format("[[gateway]]\n{} = 2026-11-22\n", key.name);
        } else if (key.section == "gateway.probe.NAME") {
            text += fmt::format("[gateway.probe.hold]\n{} = 2026-11-22\n", key.name);
        } else {
            text += fmt::format("{}\n{} = 2026-11-22\n", heading(key.section).en, key.name);
        }
        EXPECT_THAT(errors(text), Contains(HasSubstr(fmt::format("{}: must be {}", key.name, key.form.en))))
            << key.section << " " << key.name;
    }
}

}  // namespace
}  // namespace gatewatch::config
