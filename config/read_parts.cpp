// [agent] and the sections below [[gateway]].
#include <cstdlib>

#include "config/keys.hpp"
#include "config/log_patterns.hpp"
#include "config/nginx_log_format.hpp"
#include "config/readers.hpp"
#include "config/text_limits.hpp"
#include "config/values.hpp"

namespace gatewatch::config {
namespace {

/// How often a collector looks at files or at a page.
constexpr Duration least_look = 1s;
constexpr Duration most_look = 24h;

template <NamedEnum Enum>
Parsed<Enum> parse_enum(std::string_view text) {
    if (const auto value = from_name<Enum>(text)) return *value;
    constexpr auto names = enum_names(Enum{});
    const auto near = nearest(text, names);
    const auto hint = near.empty() ? Text{} : Text{"; ", "；"} + did_you_mean(near);
    return wrong(say("{} is none of: {}{}", "{} 不在可选值之中：{}{}", in_quotes(text),
                     joined(names, {", ", "、"}), hint));
}

/// A required path of a file that holds a secret.
void read_secret_file(Section& section, std::string_view key, std::filesystem::path& into) {
    if (section.read(key, into, parse_path)) check_secret_file(section, key, into);
}

TokenLogin read_login(Section section) {
    TokenLogin login;
    for (auto key : {"url", "username", "password_file"}) section.require(key);
    section.read("url", login.url, parse_page_url);
    section.read("username", login.username, parse_text);
    read_secret_file(section, "password_file", login.password_file);
    return login;
}

void read_token_source(Section& section, TokenSettings& token) {
    if (section.has("file")) {
        read_secret_file(section, "file", token.source.emplace<TokenFile>().path);
    } else if (section.has("env")) {
        auto& variable = token.source.emplace<TokenEnv>().variable;
        if (!section.read("env", variable, parse_variable)) return;
        const char* value = std::getenv(variable.c_str());
        if (value == nullptr || *value == '\0') {
            section.warning("env", say("the variable {} is not set here; set it for the service",
                                       "此处没有设置变量 {}；请为该服务设置", variable));
        }
    } else if (section.has("mysql_user_id")) {
        auto& id = token.source.emplace<TokenMysql>().user_id;
        id = 1;
        section.read_integer("mysql_user_id", id);
        if (id < 1) {
            section.error("mysql_user_id", {"must be 1 or more; write the id of the probe's own user",
                                            "必须大于等于 1；请写探测专用用户的 id"});
        }
    } else if (const auto* login = section.table("login")) {
        token.source = read_login(Section(*login, "gateway.token.login", section.report()));
    }
}

void read_log_format(Section& section, NginxSettings& nginx) {
    const bool read = section.read("log_format", nginx.log_format, check_log_format);
    if (section.has("log_format") && !section.has("access_log")) {
        section.error("log_format",
                      {"says how the lines of access_log are read, and there is no access_log; add it",
                       "说明如何读取 access_log 的各行，但没有 access_log；请加上"});
    } else if (read && !parse_log_format(nginx.log_format)->has("http_user_agent")) {
        section.warning("log_format",
                        {"does not log who asked, so that the agent's own requests count as users'; add "
                         "\"$http_user_agent\" in nginx and here",
                         "没有记录请求方，因此 Gatewatch 自己的请求会算作用户的；请在 nginx 和此处都加上 "
                         "\"$http_user_agent\""});
    }
}

/// Whole paths, with wildcards in the file's name at most.
std::vector<std::filesystem::path> read_globs(Section& section, std::string_view key) {
    constexpr std::size_t most = 16;
    std::vector<std::filesystem::path> globs;
    for (const auto& item : section.read_texts(key, most)) {
        const auto path = parse_path(item.text);
        if (!path) {
            section.error(key, item, path.error());
        } else if (!path->has_filename()) {
            section.error(key, item,
                          {R"(names a directory; write which files, such as "/var/log/nest/*.log")",
                           R"(指定的是目录；请写明哪些文件，例如 "/var/log/nest/*.log")"});
        } else if (path->parent_path().native().find_first_of("*?[") != std::string::npos) {
            section.error(key, item,
                          {R"(only the name of the file may hold "*", "?" and "[", not its directory)",
                           R"(只有文件名可以含有“*”、“?”和“[”，目录不可以)"});
        } else {
            globs.push_back(*path);
        }
    }
    return globs;
}

/// By the events' names; one that is wrong is left out, and the file is not used anyway.
std::map<std::string, std::vector<std::string>> read_patterns(Section section) {
    std::map<std::string, std::vector<std::string>> patterns;
    for (const auto event : all_of<EventKind>()) {
        const std::string name(name_of(event));
        for (auto& item : section.read_texts(name, most_log_patterns)) {
            if (const auto fault = fault_of_pattern(event, item.text)) {
                section.error(name, item, *fault);
            } else {
                patterns[name].push_back(std::move(item.text));
            }
        }
    }
    return patterns;
}

}  // namespace

AgentSettings read_agent(Section section) {
    AgentSettings agent;
    section.read("listen", agent.listen, parse_listen);
    section.read("state_directory", agent.state_directory, parse_path);
    section.read("log_format", agent.log_format, parse_enum<LogFormat>);
    section.read("log_level", agent.log_level, parse_enum<LogLevel>);
    section.read("runbooks", agent.runbooks, parse_page_url);
    return agent;
}

TokenSettings read_token(Section section) {
    std::vector<std::string_view> sources;
    for (std::string_view key : {"file", "env", "mysql_user_id", "login"}) {
        if (section.has(key)) sources.push_back(key);
    }
    TokenSettings token;
    if (sources.size() > 1) {
        section.error(sources[1], say("a token has one source, but here are {}; keep one of them",
                                      "token 只能有一个来源，但这里有 {}；请只保留一个",
                                      joined(sources, {" and ", " 和 "})));
    } else if (sources.empty()) {
        section.error_here({"[gateway.token] has no source; add one of: file, env, mysql_user_id, login",
                            "[gateway.token] 没有来源；请加上其中之一：file、env、mysql_user_id、login"});
    } else {
        read_token_source(section, token);
    }
    if (section.read("expired_file", token.expired_file, parse_path))
        check_secret_file(section, "expired_file", *token.expired_file);
    if (section.read("revoked_file", token.revoked_file, parse_path))
        check_secret_file(section, "revoked_file", *token.revoked_file);
    return token;
}

MysqlSettings read_mysql(Section section) {
    MysqlSettings mysql;
    section.require("user");
    section.read("address", mysql.address, parse_address);
    section.read("socket", mysql.socket, parse_path);
    if (section.has("address") && section.has("socket")) {
        section.error("socket",
                      {"stands beside address; keep one of them", "不能与 address 并存；请只保留一个"});
    }
    section.read("user", mysql.user, parse_text);
    if (section.read("password_file", mysql.password_file, parse_path)) {
        check_secret_file(section, "password_file", *mysql.password_file);
    }
    if (section.read("ca_file", mysql.ca_file, parse_path))
        check_readable(section, "ca_file", *mysql.ca_file);
    if (section.has("ca_file") && section.has("socket")) {
        section.error("ca_file", {"stands beside socket, which never leaves this host; keep one of them",
                                  "不能与 socket 并存，socket 不会离开本机；请只保留一个"});
    }
    section.read("database", mysql.database, parse_identifier);
    section.read("table", mysql.table, parse_identifier);
    section.read("backend_time_zone", mysql.backend_time_zone, parse_time_zone);
    std::optional<bool> count_users;
    section.read_bool("count_users", count_users);
    mysql.count_users = count_users.value_or(false);
    section.read_duration("interval", mysql.interval, 1s, 24h);
    return mysql;
}

Pm2Settings read_pm2(Section section) {
    Pm2Settings pm2;
    section.read("home", pm2.home, parse_path);
    section.read("app", pm2.app, parse_app);
    pm2.files = read_globs(section, "files");
    if (const auto* patterns = section.table("patterns")) {
        pm2.patterns = read_patterns(Section(*patterns, "gateway.pm2.patterns", section.report()));
    }
    return pm2;
}

NginxSettings read_nginx(Section section) {
    NginxSettings nginx;
    if (section.read("config", nginx.config, parse_path)) check_readable(section, "config", nginx.config);
    if (section.read("access_log", nginx.access_log, parse_path))
        check_readable(section, "access_log", *nginx.access_log);
    if (section.read("error_log", nginx.error_log, parse_path))
        check_readable(section, "error_log", *nginx.error_log);
    read_log_format(section, nginx);
    section.read_duration("interval", nginx.interval, least_look, most_look);
    return nginx;
}

FrontendSettings read_frontend(Section section) {
    FrontendSettings frontend;
    section.require("url");
    section.read("url", frontend.url, parse_page_url);
    section.read_duration("interval", frontend.interval, least_look, most_look);
    return frontend;
}

EnvFilesSettings read_env_files(Section section) {
    EnvFilesSettings files;
    if (section.read("backend", files.backend, parse_path))
        check_readable(section, "backend", *files.backend);
    if (section.read("frontend", files.frontend, parse_path))
        check_readable(section, "frontend", *files.frontend);
    section.read_duration("interval", files.interval, least_look, most_look);
    if (!section.has("backend") && !section.has("frontend")) {
        section.error_here({"[gateway.env_files] names no file; add backend, frontend or both",
                            "[gateway.env_files] 没有指定文件；请加上 backend、frontend 或两者"});
    }
    return files;
}

}  // namespace gatewatch::config
