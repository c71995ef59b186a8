#include "agent/validate.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <set>

#include "agent/load.hpp"
#include "config/duration.hpp"
#include "probes/frontend/frontend.hpp"
#include "probes/pm2/log_names.hpp"

namespace gatewatch::agent {
namespace {

using config::GatewaySettings;
using config::in_words;
using config::Settings;

std::string rate(double value) {
    return value >= 10 ? fmt::format("{:.0f}", value) : fmt::format("{:.2g}", value);
}

using Out = std::back_insert_iterator<std::string>;

std::string event_in_words(const GatewaySettings& gateway) {
    if (!gateway.ready_event.empty()) return fmt::format("the event \"{}\"", gateway.ready_event);
    return fmt::format("{} without a rejection", in_words(gateway.settle));
}

void write_route(Out out, const GatewaySettings& gateway, const config::RouteSettings& route) {
    fmt::format_to(out, "  route {}: {}\n", name_of(route.role), route.url);
    unsigned written = 0;
    for (const auto& probe : plan_probes(gateway)) {
        if (probe.role != route.role) continue;
        fmt::format_to(out, "    {:<13} {} {}, for {} at most\n", name_of(probe.probe),
                       probe.on_failure ? "after a failed connect, at most every" : "every",
                       in_words(probe.interval), in_words(probe.timeout));
        ++written;
    }
    if (written == 0) fmt::format_to(out, "    no probe\n");
}

/// The logs of nginx that are followed, with what stands in them.
std::vector<std::pair<std::string, std::filesystem::path>> edge_logs(const GatewaySettings& gateway) {
    std::vector<std::pair<std::string, std::filesystem::path>> logs;
    if (!gateway.nginx) return logs;
    const auto& nginx = *gateway.nginx;
    const std::string format =
        nginx.log_format.empty() ? std::string("combined") : fmt::format("'{}'", nginx.log_format);
    if (nginx.access_log) logs.emplace_back("lines in the format " + format, *nginx.access_log);
    if (nginx.error_log) logs.emplace_back("nginx's error log", *nginx.error_log);
    return logs;
}

void write_collectors(Out out, const GatewaySettings& gateway) {
    if (gateway.mysql) {
        const auto& mysql = *gateway.mysql;
        fmt::format_to(out, "  collector mysql: every {}, table {}.{} at {} as {}\n",
                       in_words(mysql.interval), mysql.database, mysql.table, server_of(mysql), mysql.user);
    }
    if (gateway.pm2) {
        fmt::format_to(out, "  collector pm2_log: follows {}\n",
                       fmt::join(probes::pm2::log_patterns(*gateway.pm2), " and "));
        fmt::format_to(out, "  collector pm2_process: every {}, {} and the pid files in {}\n",
                       in_words(gateway.interval), (gateway.pm2->home / "pm2.log").string(),
                       (gateway.pm2->home / "pids").string());
    }
    if (gateway.nginx) {
        fmt::format_to(out, "  collector nginx_config: every {}, {} and the files that it includes\n",
                       in_words(gateway.nginx->interval), gateway.nginx->config.string());
    }
    for (const auto& [kind, file] : edge_logs(gateway)) {
        fmt::format_to(out, "  collector nginx_log: follows {}, {}\n", file.string(), kind);
    }
    if (gateway.frontend) {
        fmt::format_to(out, "  collector frontend: every {}, the page {} and its scripts, {} at most\n",
                       in_words(gateway.frontend->interval), gateway.frontend->url,
                       probes::frontend::most_scripts);
    }
    if (gateway.env_files) {
        std::vector<std::string> files;
        for (const auto* file : {&gateway.env_files->backend, &gateway.env_files->frontend}) {
            if (*file) files.push_back((*file)->string());
        }
        fmt::format_to(out, "  collector env_files: every {}, {}\n", in_words(gateway.env_files->interval),
                       fmt::join(files, " and "));
    }
    const bool any = gateway.mysql || gateway.pm2 || gateway.nginx || gateway.frontend || gateway.env_files;
    if (!any) fmt::format_to(out, "  no collector\n");
}

void write_gateway(Out out, const GatewaySettings& gateway) {
    fmt::format_to(out, "gateway {}\n", gateway.name);
    fmt::format_to(out, "  namespace {}, path {}, origin {}\n", gateway.namespace_, gateway.path,
                   origin_of(gateway));
    fmt::format_to(out, "  passes on: {}\n", event_in_words(gateway));
    fmt::format_to(out, "  token: {}\n", describe_token(gateway.token));
    for (const auto& route : gateway.routes) write_route(out, gateway, route);
    write_collectors(out, gateway);
    for (const auto probe : all_of<ProbeKind>()) {
        const auto missing = missing_for(gateway, probe);
        if (!missing.empty()) fmt::format_to(out, "  not run: {}, for want of {}\n", name_of(probe), missing);
    }
    fmt::format_to(out, "\n");
}

void write_targets(Out out, const std::vector<TargetLoad>& loads) {
    std::size_t width = std::string_view("target").size();
    TargetLoad total{.url = "total"};
    for (const auto& load : loads) {
        width = std::max(width, load.url.size());
        total.connections += load.connections;
        total.http_requests += load.http_requests;
        total.upgrades += load.upgrades;
    }
    fmt::format_to(out, "  {:<{}}  new connections  HTTP requests  WebSocket upgrades\n", "target", width);
    auto rows = loads;
    rows.push_back(total);
    for (const auto& row : rows) {
        fmt::format_to(out, "  {:<{}}  {:>15}  {:>13}  {:>18}\n", row.url, width, rate(row.connections),
                       rate(row.http_requests), rate(row.upgrades));
    }
}

void write_databases(Out out, const std::vector<DatabaseLoad>& loads) {
    double total = 0;
    for (const auto& load : loads) {
        fmt::format_to(out, "  MySQL at {}: {} queries\n", load.server, rate(load.queries));
        total += load.queries;
    }
    if (loads.size() > 1) fmt::format_to(out, "  MySQL in total: {} queries\n", rate(total));
}

void write_files(Out out, const Settings& settings) {
    std::set<std::string> patterns;
    for (const auto& gateway : settings.gateways) {
        if (gateway.pm2)
            std::ranges::copy(probes::pm2::log_patterns(*gateway.pm2),
                              std::inserter(patterns, patterns.end()));
    }
    const double looks = file_looks(settings);
    if (looks > 0) fmt::format_to(out, "  files of PM2, nginx and the environment: {} looks\n", rate(looks));
    if (!patterns.empty()) {
        fmt::format_to(
            out,
            "  log files: {} patterns, an output and an error file for each instance of an application\n",
            patterns.size());
    }
}

}  // namespace

std::string describe_token(const config::TokenSettings& token) {
    struct Words {
        std::string operator()(std::monostate) const { return "none is sent"; }
        std::string operator()(const config::TokenFile& file) const {
            return fmt::format("from the file {}, read at every run", file.path.string());
        }
        std::string operator()(const config::TokenEnv& env) const {
            return fmt::format("from the environment variable {}", env.variable);
        }
        std::string operator()(const config::TokenMysql& mysql) const {
            return fmt::format(
                "the newest valid one of user {} in the token table; asked for anew at most once a "
                "minute",
                mysql.user_id);
        }
        std::string operator()(const config::TokenLogin& login) const {
            return fmt::format("from a login as {} at {}; anew at most once a minute", login.username,
                               login.url);
        }
    };
    return std::visit(Words{}, token.source);
}

std::string describe_plan(const Settings& settings) {
    std::string text;
    const Out out(text);
    fmt::format_to(out, "web server: http://{}/\n\n", settings.agent.listen);
    for (const auto& gateway : settings.gateways) write_gateway(out, gateway);
    fmt::format_to(out, "load in a minute, while every run passes\n");
    write_targets(out, target_loads(settings, After::passes));
    fmt::format_to(out, "load in a minute at the worst, while every run fails\n");
    write_targets(out, target_loads(settings, After::failures));
    std::string read;
    write_databases(Out(read), database_loads(settings));
    write_files(Out(read), settings);
    if (!read.empty()) fmt::format_to(out, "what is read in a minute\n{}", read);
    return text;
}

}  // namespace gatewatch::agent
