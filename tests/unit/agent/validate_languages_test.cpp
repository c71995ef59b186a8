// What `gatewatch validate` prints in Chinese, and that nothing of it is in one language only.
#include <gmock/gmock.h>

#include <sstream>

#include "agent/validate.hpp"
#include "tests/unit/both_languages.hpp"

namespace gatewatch::agent {
namespace {

config::GatewaySettings minimal() {
    config::GatewaySettings gateway;
    gateway.name = "im";
    gateway.routes = {
        {.role = Role::public_, .url = "http://im.example.com", .ca_file = std::nullopt, .http_path = {}}};
    return gateway;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
}

TEST(ValidatePlan, reads_like_this_in_chinese_with_its_columns_in_line) {
    const config::Settings settings{.agent = {}, .gateways = {minimal()}};
    EXPECT_EQ(describe_plan(settings, Language::zh), R"(Web 服务：http://127.0.0.1:9464/

网关 im
  命名空间 /im，路径 /socket.io/，来源 http://im.example.com
  通过条件：事件 "connected"
  token：不发送
  路由 public：http://im.example.com
    websocket     每 15 秒一次，最长 10 秒
    polling       每 15 秒一次，最长 10 秒
    http          每 15 秒一次，最长 10 秒
    upgrade       每 1 分钟一次，最长 10 秒
    sticky        每 1 分钟一次，最长 10 秒
    other_eio     连接失败后运行，最多每 15 秒一次，最长 10 秒
    hold          每 5 分钟一次，最长 70 秒
  没有采集器
  不运行：header_token，缺少 [gateway.token] 中的 token
  不运行：expired_token，缺少 [gateway.token] 中的 expired_file
  不运行：revoked_token，缺少 [gateway.token] 中的 revoked_file
  不运行：missing_token，缺少 [gateway.token] 中的 token

每分钟的负载（所有运行都通过时）
  目标                   新建连接  HTTP 请求  WebSocket 升级
  http://im.example.com        47         42             5.2
  合计                         47         42             5.2
每分钟的最大负载（所有运行都失败时）
  目标                   新建连接  HTTP 请求  WebSocket 升级
  http://im.example.com       131        118              13
  合计                        131        118              13
)");
}

/// Everything that a plan can speak of.
config::GatewaySettings with_everything() {
    auto gateway = minimal();
    gateway.ready_event = "";
    gateway.mysql.emplace().user = "gatewatch";
    gateway.pm2.emplace();
    gateway.nginx.emplace().access_log = "/var/log/nginx/access.log";
    gateway.nginx->error_log = "/var/log/nginx/error.log";
    gateway.frontend.emplace().url = "http://www.example.com/app/";
    gateway.env_files.emplace().backend = "/srv/nest/.env";
    gateway.env_files->frontend = "/srv/nest-react/.env.production";
    return gateway;
}

TEST(ValidatePlan, has_every_line_in_both_languages_with_the_same_values) {
    auto second = with_everything();
    second.mysql->socket = "/run/mysqld/mysqld.sock";
    auto off = minimal();
    for (const auto probe : all_of<ProbeKind>()) off.probes[probe].enabled = false;
    const config::Settings settings{.agent = {}, .gateways = {with_everything(), off, second}};
    const auto english = lines_of(describe_plan(settings, Language::en));
    const auto chinese = lines_of(describe_plan(settings, Language::zh));
    ASSERT_EQ(english.size(), chinese.size());
    for (std::size_t i = 0; i < english.size(); ++i) {
        const bool numbers_alone = english[i].empty() || english[i].starts_with("  http://");
        if (!numbers_alone) gatewatch::test::expect_both({english[i], chinese[i]}, english[i]);
        gatewatch::test::expect_same_values({english[i], chinese[i]}, english[i]);
    }
}

}  // namespace
}  // namespace gatewatch::agent
