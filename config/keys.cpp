#include "config/keys.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>
#include <vector>

#include "config/names.hpp"
#include "config/text_limits.hpp"

namespace gatewatch::config {
namespace {

constexpr std::string_view any_probe = "gateway.probe.NAME";

constexpr std::string_view duration = R"(a duration in quotes, such as "15s", "500ms" or "5m")";
constexpr std::string_view any_pattern = "gateway.pm2.patterns";
constexpr std::string_view sid_pattern =
    R"(a regular expression in single quotes, such as 'client (?P<sid>[\w-]{20}) connects', or a list of them)";
constexpr std::string_view pattern =
    "a regular expression in single quotes, such as 'token (is )?valid', or a list of them";
constexpr std::string_view secret_path = R"(the path of a file in quotes, such as "/etc/gatewatch/token")";

constexpr auto keys = std::to_array<Key>({
    {"", "agent", "a section, headed [agent]"},
    {"", "gateway", "a section for each gateway, headed [[gateway]] with double brackets"},

    {"agent", "listen", R"(an IP address and port in quotes, such as "127.0.0.1:9464")"},
    {"agent", "state_directory", R"(the path of a directory in quotes, such as "/var/lib/gatewatch")"},
    {"agent", "log_format", R"("logfmt" or "json")"},
    {"agent", "log_level", R"("debug", "info", "warning" or "error")"},
    {"agent", "runbooks", R"(a URL in quotes, such as "https://wiki.example.com/gatewatch/")"},

    {"gateway", "name", R"(a name in quotes, such as "im")"},
    {"gateway", "namespace", R"(a Socket.IO namespace in quotes, such as "/im")"},
    {"gateway", "ready_event", R"(an event's name in quotes, such as "connected")"},
    {"gateway", "reject_event", R"(an event's name in quotes, such as "error")"},
    {"gateway", "interval", duration},
    {"gateway", "timeout", duration},
    {"gateway", "path", R"(a path in quotes, such as "/socket.io/")"},
    {"gateway", "settle", duration},
    {"gateway", "origin", R"(the frontend's URL in quotes, such as "http://im.example.com")"},
    {"gateway", "route", "a section for each route, headed [[gateway.route]] with double brackets"},
    {"gateway", "token", "a section, headed [gateway.token]"},
    {"gateway", "probe", "a section for each probe, such as [gateway.probe.polling]"},
    {"gateway", "mysql", "a section, headed [gateway.mysql]"},
    {"gateway", "pm2", "a section, headed [gateway.pm2]"},
    {"gateway", "nginx", "a section, headed [gateway.nginx]"},
    {"gateway", "frontend", "a section, headed [gateway.frontend]"},
    {"gateway", "env_files", "a section, headed [gateway.env_files]"},

    {"gateway.route", "name", R"("public" or "local")"},
    {"gateway.route", "url", R"(a URL in quotes, such as "http://im.example.com")"},
    {"gateway.route", "ca_file", R"(the path of a PEM file in quotes, such as "/etc/gatewatch/ca.pem")"},
    {"gateway.route", "http_path", R"(a path in quotes, such as "/api/health")"},

    {"gateway.token", "file", secret_path},
    {"gateway.token", "env", R"(the name of an environment variable in quotes, such as "IM_TOKEN")"},
    {"gateway.token", "mysql_user_id", "a user's number without quotes, such as 1"},
    {"gateway.token", "login", "{ url = \"…\", username = \"…\", password_file = \"…\" }"},
    {"gateway.token", "expired_file", secret_path},
    {"gateway.token", "revoked_file", secret_path},

    {"gateway.token.login", "url", R"(a URL in quotes, such as "http://127.0.0.1:7002/auth/login")"},
    {"gateway.token.login", "username", R"(a user's name in quotes, such as "probe")"},
    {"gateway.token.login", "password_file", secret_path},

    {any_probe, "enabled", "true or false without quotes"},
    {any_probe, "interval", duration},
    {any_probe, "timeout", duration},

    {"gateway.mysql", "address", R"(host:port in quotes, such as "127.0.0.1:3306")"},
    {"gateway.mysql", "socket", R"(the path of a socket in quotes, such as "/run/mysqld/mysqld.sock")"},
    {"gateway.mysql", "user", R"(a user's name in quotes, such as "gatewatch")"},
    {"gateway.mysql", "password_file", secret_path},
    {"gateway.mysql", "ca_file",
     R"(the path of a PEM file in quotes, such as "/etc/gatewatch/mysql-ca.pem")"},
    {"gateway.mysql", "database", R"(a database's name in quotes, such as "im_system")"},
    {"gateway.mysql", "table", R"(a table's name in quotes, such as "user_tokens")"},
    {"gateway.mysql", "backend_time_zone", R"(a time zone in quotes, such as "+08:00" or "Asia/Shanghai")"},
    {"gateway.mysql", "count_users", "true or false without quotes"},
    {"gateway.mysql", "interval", duration},

    {"gateway.pm2", "home", R"(the path of a directory in quotes, such as "/root/.pm2")"},
    {"gateway.pm2", "app", R"(an application's name in quotes, such as "nest-backend")"},
    {"gateway.pm2", "files",
     R"(the path of a file in quotes, such as "/var/log/nest/*.log", or a list of them)"},

    {"gateway.pm2", "patterns", "a section, headed [gateway.pm2.patterns]"},

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
     R"(a regular expression in single quotes, such as 'connect failed: (?P<detail>.*)', or a list)"},

    {"gateway.nginx", "config", R"(the path of a file in quotes, such as "/etc/nginx/nginx.conf")"},
    {"gateway.nginx", "access_log", R"(the path of a file in quotes, such as "/var/log/nginx/access.log")"},
    {"gateway.nginx", "error_log", R"(the path of a file in quotes, such as "/var/log/nginx/error.log")"},
    {"gateway.nginx", "log_format",
     R"(nginx's log_format in single quotes, such as '[$time_local] "$request" $status')"},
    {"gateway.nginx", "interval", duration},
    {"gateway.frontend", "url", R"(a URL in quotes, such as "http://im.example.com/")"},
    {"gateway.frontend", "interval", duration},
    {"gateway.env_files", "backend", R"(the path of a file in quotes, such as "/srv/nest/.env")"},
    {"gateway.env_files", "frontend",
     R"(the path of a file in quotes, such as "/srv/nest-react/.env.production")"},
    {"gateway.env_files", "interval", duration},
});

std::string_view without_probe_name(std::string_view section) {
    return section.starts_with("gateway.probe.") ? any_probe : section;
}

std::vector<std::string_view> names_in(std::string_view section) {
    std::vector<std::string_view> names;
    if (section == "gateway.probe") {
        std::ranges::copy(enum_names(ProbeKind{}), std::back_inserter(names));
        return names;
    }
    for (const auto& key : keys) {
        if (key.section == without_probe_name(section)) names.push_back(key.name);
    }
    return names;
}

/// How many characters must be added, removed, changed or swapped with their neighbour.
std::size_t edit_distance(std::string_view from, std::string_view to) {
    std::vector<std::size_t> before_last;
    std::vector<std::size_t> last;
    std::vector<std::size_t> row(to.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= from.size(); ++i) {
        before_last = std::exchange(last, row);
        row[0] = i;
        for (std::size_t j = 1; j <= to.size(); ++j) {
            const auto changed = last[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
            row[j] = std::min({changed, row[j - 1] + 1, last[j] + 1});
            const bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
    }
    return row.back();
}

}  // namespace

std::span<const Key> all_keys() {
    return keys;
}

const Key* find_key(std::string_view section, std::string_view name) {
    const auto found = std::ranges::find_if(
        keys, [&](const Key& key) { return key.section == without_probe_name(section) && key.name == name; });
    return found == keys.end() ? nullptr : &*found;
}

std::string heading(std::string_view section) {
    if (section.empty()) return "the top level";
    const bool repeated = section == "gateway" || section == "gateway.route";
    return repeated ? fmt::format("[[{}]]", section) : fmt::format("[{}]", section);
}

std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates) {
    constexpr std::size_t longest = 64;  // no name comes near to this; bounds the work on a hostile file
    if (name.size() > longest) return {};
    std::string_view best;
    std::size_t least = std::max<std::size_t>(name.size() / 3, 1) + 1;
    for (auto candidate : candidates) {
        const auto distance = edit_distance(name, candidate);
        if (distance < least) {
            least = distance;
            best = candidate;
        }
    }
    if (!best.empty() || name.size() < 3) return best;
    for (auto candidate : candidates) {
        if (candidate.starts_with(name) || name.starts_with(candidate)) return candidate;
    }
    return {};
}

std::string advice_for_unknown(std::string_view section, std::string_view name) {
    const auto here = names_in(section);
    const auto near = nearest(name, here);
    const bool exact_elsewhere = std::ranges::any_of(keys, [&](const Key& key) { return key.name == name; });
    if (!near.empty() && !exact_elsewhere) return fmt::format("did you mean {}?", in_quotes(near));
    std::vector<std::string> elsewhere;
    for (const auto& key : keys) {
        if (key.name == name) elsewhere.push_back(heading(key.section));
    }
    if (!elsewhere.empty()) return fmt::format("it belongs in {}", fmt::join(elsewhere, " or "));
    return fmt::format("remove it; the keys of {} are: {}", heading(section), fmt::join(here, ", "));
}

}  // namespace gatewatch::config
