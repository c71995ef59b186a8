// The table of keys.hpp.
#include <array>

#include "config/keys.hpp"

namespace gatewatch::config {
namespace {

constexpr std::string_view any_probe = "gateway.probe.NAME";
constexpr std::string_view any_pattern = "gateway.pm2.patterns";

constexpr Phrase duration{R"(a duration in quotes, such as "15s", "500ms" or "5m")",
                          R"(带引号的时长，例如 "15s"、"500ms" 或 "5m")"};
constexpr Phrase sid_pattern{
    R"(a regular expression in single quotes, such as 'client (?P<sid>[\w-]{20}) connects', or a list of )"
    "them",
    R"(单引号内的正则表达式，例如 'client (?P<sid>[\w-]{20}) connects'，或它们的列表)"};
constexpr Phrase pattern{
    "a regular expression in single quotes, such as 'token (is )?valid', or a list of them",
    "单引号内的正则表达式，例如 'token (is )?valid'，或它们的列表"};
constexpr Phrase secret_path{R"(the path of a file in quotes, such as "/etc/gatewatch/token")",
                             R"(带引号的文件路径，例如 "/etc/gatewatch/token")"};
constexpr Phrase yes_or_no{"true or false without quotes", "不带引号的 true 或 false"};

constexpr auto keys = std::to_array<Key>({
    {"", "agent", {"a section, headed [agent]", "小节，标题为 [agent]"}},
    {"", "gateway",
     {"a section for each gateway, headed [[gateway]] with double brackets",
      "每个网关一个小节，标题为双方括号的 [[gateway]]"}},

    {"agent", "listen",
     {R"(an IP address and port in quotes, such as "127.0.0.1:9464")",
      R"(带引号的 IP 地址和端口，例如 "127.0.0.1:9464")"}},
    {"agent", "state_directory",
     {R"(the path of a directory in quotes, such as "/var/lib/gatewatch")",
      R"(带引号的目录路径，例如 "/var/lib/gatewatch")"}},
    {"agent", "log_format", {R"("logfmt" or "json")", R"(以下之一："logfmt"、"json")"}},
    {"agent", "log_level",
     {R"("debug", "info", "warning" or "error")", R"(以下之一："debug"、"info"、"warning"、"error")"}},
    {"agent", "runbooks",
     {R"(a URL in quotes, such as "https://wiki.example.com/gatewatch/")",
      R"(带引号的 URL，例如 "https://wiki.example.com/gatewatch/")"}},

    {"gateway", "name", {R"(a name in quotes, such as "im")", R"(带引号的名称，例如 "im")"}},
    {"gateway", "namespace",
     {R"(a Socket.IO namespace in quotes, such as "/im")", R"(带引号的 Socket.IO 命名空间，例如 "/im")"}},
    {"gateway", "ready_event",
     {R"(an event's name in quotes, such as "connected")", R"(带引号的事件名，例如 "connected")"}},
    {"gateway", "reject_event",
     {R"(an event's name in quotes, such as "error")", R"(带引号的事件名，例如 "error")"}},
    {"gateway", "interval", duration},
    {"gateway", "timeout", duration},
    {"gateway", "path",
     {R"(a path in quotes, such as "/socket.io/")", R"(带引号的路径，例如 "/socket.io/")"}},
    {"gateway", "settle", duration},
    {"gateway", "origin",
     {R"(the frontend's URL in quotes, such as "http://im.example.com")",
      R"(带引号的前端 URL，例如 "http://im.example.com")"}},
    {"gateway", "route",
     {"a section for each route, headed [[gateway.route]] with double brackets",
      "每条路由一个小节，标题为双方括号的 [[gateway.route]]"}},
    {"gateway", "token", {"a section, headed [gateway.token]", "小节，标题为 [gateway.token]"}},
    {"gateway", "probe",
     {"a section for each probe, such as [gateway.probe.polling]",
      "每个探测一个小节，例如 [gateway.probe.polling]"}},
    {"gateway", "mysql", {"a section, headed [gateway.mysql]", "小节，标题为 [gateway.mysql]"}},
    {"gateway", "pm2", {"a section, headed [gateway.pm2]", "小节，标题为 [gateway.pm2]"}},
    {"gateway", "nginx", {"a section, headed [gateway.nginx]", "小节，标题为 [gateway.nginx]"}},
    {"gateway", "frontend", {"a section, headed [gateway.frontend]", "小节，标题为 [gateway.frontend]"}},
    {"gateway", "env_files", {"a section, headed [gateway.env_files]", "小节，标题为 [gateway.env_files]"}},

    {"gateway.route", "name", {R"("public" or "local")", R"(以下之一："public"、"local")"}},
    {"gateway.route", "url",
     {R"(a URL in quotes, such as "http://im.example.com")",
      R"(带引号的 URL，例如 "http://im.example.com")"}},
    {"gateway.route", "ca_file",
     {R"(the path of a PEM file in quotes, such as "/etc/gatewatch/ca.pem")",
      R"(带引号的 PEM 文件路径，例如 "/etc/gatewatch/ca.pem")"}},
    {"gateway.route", "http_path",
     {R"(a path in quotes, such as "/api/health")", R"(带引号的路径，例如 "/api/health")"}},

    {"gateway.token", "file", secret_path},
    {"gateway.token", "env",
     {R"(the name of an environment variable in quotes, such as "IM_TOKEN")",
      R"(带引号的环境变量名，例如 "IM_TOKEN")"}},
    {"gateway.token", "mysql_user_id",
     {"a user's number without quotes, such as 1", "不带引号的用户编号，例如 1"}},
    {"gateway.token", "login",
     {"{ url = \"…\", username = \"…\", password_file = \"…\" }",
      "内联表 { url = \"…\", username = \"…\", password_file = \"…\" }"}},
    {"gateway.token", "expired_file", secret_path},
    {"gateway.token", "revoked_file", secret_path},

    {"gateway.token.login", "url",
     {R"(a URL in quotes, such as "http://127.0.0.1:7002/auth/login")",
      R"(带引号的 URL，例如 "http://127.0.0.1:7002/auth/login")"}},
    {"gateway.token.login", "username",
     {R"(a user's name in quotes, such as "probe")", R"(带引号的用户名，例如 "probe")"}},
    {"gateway.token.login", "password_file", secret_path},

    {any_probe, "enabled", yes_or_no},
    {any_probe, "interval", duration},
    {any_probe, "timeout", duration},

    {"gateway.mysql", "address",
     {R"(host:port in quotes, such as "127.0.0.1:3306")", R"(带引号的“主机:端口”，例如 "127.0.0.1:3306")"}},
    {"gateway.mysql", "socket",
     {R"(the path of a socket in quotes, such as "/run/mysqld/mysqld.sock")",
      R"(带引号的套接字路径，例如 "/run/mysqld/mysqld.sock")"}},
    {"gateway.mysql", "user",
     {R"(a user's name in quotes, such as "gatewatch")", R"(带引号的用户名，例如 "gatewatch")"}},
    {"gateway.mysql", "password_file", secret_path},
    {"gateway.mysql", "ca_file",
     {R"(the path of a PEM file in quotes, such as "/etc/gatewatch/mysql-ca.pem")",
      R"(带引号的 PEM 文件路径，例如 "/etc/gatewatch/mysql-ca.pem")"}},
    {"gateway.mysql", "database",
     {R"(a database's name in quotes, such as "im_system")", R"(带引号的数据库名，例如 "im_system")"}},
    {"gateway.mysql", "table",
     {R"(a table's name in quotes, such as "user_tokens")", R"(带引号的表名，例如 "user_tokens")"}},
    {"gateway.mysql", "backend_time_zone",
     {R"(a time zone in quotes, such as "+08:00" or "Asia/Shanghai")",
      R"(带引号的时区，例如 "+08:00" 或 "Asia/Shanghai")"}},
    {"gateway.mysql", "count_users", yes_or_no},
    {"gateway.mysql", "interval", duration},

    {"gateway.pm2", "home",
     {R"(the path of a directory in quotes, such as "/root/.pm2")",
      R"(带引号的目录路径，例如 "/root/.pm2")"}},
    {"gateway.pm2", "app",
     {R"(an application's name in quotes, such as "nest-backend")",
      R"(带引号的应用名，例如 "nest-backend")"}},
    {"gateway.pm2", "files",
     {R"(the path of a file in quotes, such as "/var/log/nest/*.log", or a list of them)",
      R"(带引号的文件路径，例如 "/var/log/nest/*.log"，或它们的列表)"}},

    {"gateway.pm2", "patterns",
     {"a section, headed [gateway.pm2.patterns]", "小节，标题为 [gateway.pm2.patterns]"}},

    {any_pattern, "attempt", sid_pattern},
    {any_pattern, "disconnect", sid_pattern},
    {any_pattern, "token_auth_present", pattern},
    {any_pattern, "token_auth_absent", pattern},
    {any_pattern, "token_header_present", pattern},
    {any_pattern, "token_header_absent", pattern},
    {any_pattern, "verify", pattern},
    {any_pattern, "accepted", pattern},
    {any_pattern, "rejected_unknown", pattern},
    {any_pattern, "rejected_expired", pattern},
    {any_pattern, "rejected_missing", pattern},
    {any_pattern, "error",
     {R"(a regular expression in single quotes, such as 'connect failed: (?P<detail>.*)', or a list)",
      R"(单引号内的正则表达式，例如 'connect failed: (?P<detail>.*)'，或它们的列表)"}},

    {"gateway.nginx", "config",
     {R"(the path of a file in quotes, such as "/etc/nginx/nginx.conf")",
      R"(带引号的文件路径，例如 "/etc/nginx/nginx.conf")"}},
    {"gateway.nginx", "access_log",
     {R"(the path of a file in quotes, such as "/var/log/nginx/access.log")",
      R"(带引号的文件路径，例如 "/var/log/nginx/access.log")"}},
    {"gateway.nginx", "error_log",
     {R"(the path of a file in quotes, such as "/var/log/nginx/error.log")",
      R"(带引号的文件路径，例如 "/var/log/nginx/error.log")"}},
    {"gateway.nginx", "log_format",
     {R"(nginx's log_format in single quotes, such as '[$time_local] "$request" $status')",
      R"(单引号内的 nginx log_format，例如 '[$time_local] "$request" $status')"}},
    {"gateway.nginx", "interval", duration},
    {"gateway.frontend", "url",
     {R"(a URL in quotes, such as "http://im.example.com/")",
      R"(带引号的 URL，例如 "http://im.example.com/")"}},
    {"gateway.frontend", "interval", duration},
    {"gateway.env_files", "backend",
     {R"(the path of a file in quotes, such as "/srv/nest/.env")",
      R"(带引号的文件路径，例如 "/srv/nest/.env")"}},
    {"gateway.env_files", "frontend",
     {R"(the path of a file in quotes, such as "/srv/nest-react/.env.production")",
      R"(带引号的文件路径，例如 "/srv/nest-react/.env.production")"}},
    {"gateway.env_files", "interval", duration},
});

}  // namespace

std::span<const Key> all_keys() {
    return keys;
}

}  // namespace gatewatch::config
