#include "agent/validate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <set>

#include "agent/load.hpp"
#include "agent/text_lines.hpp"
#include "config/duration.hpp"
#include "probes/frontend/frontend.hpp"
#include "probes/pm2/log_names.hpp"

namespace gatewatch::agent {
namespace {

using config::GatewaySettings;
using config::in_words;
using config::Settings;

constexpr Phrase conjunction{" and ", " 和 "};

std::string rate(double value) {
    return value >= 10 ? fmt::format("{:.0f}", value) : fmt::format("{:.2g}", value);
}

Text event_in_words(const GatewaySettings& gateway) {
    if (!gateway.ready_event.empty()) return say("the event \"{}\"", "事件 \"{}\"", gateway.ready_event);
    return say("{} without a rejection", "{}内未被拒绝", in_words(gateway.settle));
}

void write_route(TextLines& out, const GatewaySettings& gateway, const config::RouteSettings& route) {
    out.line("  route {}: {}", "  路由 {}：{}", name_of(route.role), route.url);
    unsigned written = 0;
    for (const auto& probe : plan_probes(gateway)) {
        if (probe.role != route.role) continue;
        out.line("    {:<13} {} {}, for {} at most", "    {:<13} {}每 {}一次，最长 {}", name_of(probe.probe),
                 probe.on_failure ? Phrase{"after a failed connect, at most every", "连接失败后运行，最多"}
                                  : Phrase{"every", ""},
                 in_words(probe.interval), in_words(probe.timeout));
        ++written;
    }
    if (written == 0) out.line("    no probe", "    没有探测");
}

/// The logs of nginx that are followed, with what stands in them.
std::vector<std::pair<Text, std::filesystem::path>> edge_logs(const GatewaySettings& gateway) {
    std::vector<std::pair<Text, std::filesystem::path>> logs;
    if (!gateway.nginx) return logs;
    const auto& nginx = *gateway.nginx;
    const std::string format =
        nginx.log_format.empty() ? std::string("combined") : fmt::format("'{}'", nginx.log_format);
    if (nginx.access_log) {
        logs.emplace_back(say("lines in the format {}", "各行格式为 {}", format), *nginx.access_log);
    }
    if (nginx.error_log) logs.emplace_back(Text{"nginx's error log", "nginx 错误日志"}, *nginx.error_log);
    return logs;
}

void write_backend(TextLines& out, const GatewaySettings& gateway) {
    if (gateway.mysql) {
        const auto& mysql = *gateway.mysql;
        out.line("  collector mysql: every {}, table {}.{} at {} as {}",
                 "  采集器 mysql：每 {}一次，表 {}.{}，位于 {}，用户 {}", in_words(mysql.interval),
                 mysql.database, mysql.table, server_of(mysql), mysql.user);
    }
    if (gateway.pm2) {
        out.line("  collector pm2_log: follows {}", "  采集器 pm2_log：跟踪 {}",
                 joined(probes::pm2::log_patterns(*gateway.pm2), conjunction));
        out.line("  collector pm2_process: every {}, {} and the pid files in {}",
                 "  采集器 pm2_process：每 {}一次，{} 以及 {} 中的 pid 文件", in_words(gateway.interval),
                 (gateway.pm2->home / "pm2.log").string(), (gateway.pm2->home / "pids").string());
    }
}

void write_collectors(TextLines& out, const GatewaySettings& gateway) {
    write_backend(out, gateway);
    if (gateway.nginx) {
        out.line("  collector nginx_config: every {}, {} and the files that it includes",
                 "  采集器 nginx_config：每 {}一次，{} 及其包含的文件", in_words(gateway.nginx->interval),
                 gateway.nginx->config.string());
    }
    for (const auto& [kind, file] : edge_logs(gateway)) {
        out.line("  collector nginx_log: follows {}, {}", "  采集器 nginx_log：跟踪 {}，{}", file.string(),
                 kind);
    }
    if (gateway.frontend) {
        out.line("  collector frontend: every {}, the page {} and its scripts, {} at most",
                 "  采集器 frontend：每 {}一次，页面 {} 及其脚本，最多 {} 个",
                 in_words(gateway.frontend->interval), gateway.frontend->url, probes::frontend::most_scripts);
    }
    if (gateway.env_files) {
        std::vector<std::string> files;
        for (const auto* file : {&gateway.env_files->backend, &gateway.env_files->frontend}) {
            if (*file) files.push_back((*file)->string());
        }
        out.line("  collector env_files: every {}, {}", "  采集器 env_files：每 {}一次，{}",
                 in_words(gateway.env_files->interval), joined(files, conjunction));
    }
    const bool any = gateway.mysql || gateway.pm2 || gateway.nginx || gateway.frontend || gateway.env_files;
    if (!any) out.line("  no collector", "  没有采集器");
}

void write_gateway(TextLines& out, const GatewaySettings& gateway) {
    out.line("gateway {}", "网关 {}", gateway.name);
    out.line("  namespace {}, path {}, origin {}", "  命名空间 {}，路径 {}，来源 {}", gateway.namespace_,
             gateway.path, origin_of(gateway));
    out.line("  passes on: {}", "  通过条件：{}", event_in_words(gateway));
    out.line("  token: {}", "  token：{}", describe_token(gateway.token));
    for (const auto& route : gateway.routes) write_route(out, gateway, route);
    write_collectors(out, gateway);
    for (const auto probe : all_of<ProbeKind>()) {
        const auto missing = missing_for(gateway, probe);
        if (missing.empty()) continue;
        out.line("  not run: {}, for want of {}", "  不运行：{}，缺少 {}", name_of(probe), missing);
    }
    out.verbatim("");
}

/// The first column to the left, the others to the right, each as wide as its widest cell.
void write_table(TextLines& out, const std::vector<std::array<std::string, 4>>& rows) {
    std::array<std::size_t, 4> widths{};
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], columns_of(row[i]));
    }
    for (const auto& row : rows) {
        std::string line = "  " + pad_right(row[0], widths[0]);
        for (std::size_t i = 1; i < row.size(); ++i) line += "  " + pad_left(row[i], widths[i]);
        out.verbatim(line);
    }
}

void write_targets(TextLines& out, const std::vector<TargetLoad>& loads) {
    const auto word = [&](const Phrase& phrase) { return std::string(phrase.in(out.language())); };
    std::vector<std::array<std::string, 4>> rows{
        {word({"target", "目标"}), word({"new connections", "新建连接"}),
         word({"HTTP requests", "HTTP 请求"}), word({"WebSocket upgrades", "WebSocket 升级"})}};
    const auto add = [&rows](const TargetLoad& load) {
        rows.push_back({load.url, rate(load.connections), rate(load.http_requests), rate(load.upgrades)});
    };
    TargetLoad total{.url = word({"total", "合计"})};
    for (const auto& load : loads) {
        total.connections += load.connections;
        total.http_requests += load.http_requests;
        total.upgrades += load.upgrades;
        add(load);
    }
    add(total);
    write_table(out, rows);
}

void write_databases(TextLines& out, const std::vector<DatabaseLoad>& loads) {
    double total = 0;
    for (const auto& load : loads) {
        out.line("  MySQL at {}: {} queries", "  MySQL {}：查询 {} 次", load.server, rate(load.queries));
        total += load.queries;
    }
    if (loads.size() > 1) out.line("  MySQL in total: {} queries", "  MySQL 合计：查询 {} 次", rate(total));
}

void write_files(TextLines& out, const Settings& settings) {
    std::set<std::string> patterns;
    for (const auto& gateway : settings.gateways) {
        if (gateway.pm2)
            std::ranges::copy(probes::pm2::log_patterns(*gateway.pm2),
                              std::inserter(patterns, patterns.end()));
    }
    const double looks = file_looks(settings);
    if (looks > 0) {
        out.line("  files of PM2, nginx and the environment: {} looks",
                 "  PM2、nginx 和环境变量文件：查看 {} 次", rate(looks));
    }
    if (!patterns.empty()) {
        out.line("  log files: {} patterns, an output and an error file for each instance of an application",
                 "  日志文件：{} 个匹配模式，应用的每个实例各有一个输出文件和一个错误文件", patterns.size());
    }
}

}  // namespace

Text describe_token(const config::TokenSettings& token) {
    struct Words {
        Text operator()(std::monostate) const { return {"none is sent", "不发送"}; }
        Text operator()(const config::TokenFile& file) const {
            return say("from the file {}, read at every run", "来自文件 {}，每次运行时读取",
                       file.path.string());
        }
        Text operator()(const config::TokenEnv& env) const {
            return say("from the environment variable {}", "来自环境变量 {}", env.variable);
        }
        Text operator()(const config::TokenMysql& mysql) const {
            return say(
                "the newest valid one of user {} in the token table; asked for anew at most once a minute",
                "Token 表中用户 {} 最新的有效 token；最多每分钟重新查询一次", mysql.user_id);
        }
        Text operator()(const config::TokenLogin& login) const {
            return say("from a login as {} at {}; anew at most once a minute",
                       "以 {} 的身份在 {} 登录获取；最多每分钟重新登录一次", login.username, login.url);
        }
    };
    return std::visit(Words{}, token.source);
}

std::string describe_plan(const Settings& settings, Language language) {
    TextLines out(language);
    out.line("web server: http://{}/", "Web 服务：http://{}/", settings.agent.listen);
    out.verbatim("");
    for (const auto& gateway : settings.gateways) write_gateway(out, gateway);
    out.line("load in a minute, while every run passes", "每分钟的负载（所有运行都通过时）");
    write_targets(out, target_loads(settings, After::passes));
    out.line("load in a minute at the worst, while every run fails", "每分钟的最大负载（所有运行都失败时）");
    write_targets(out, target_loads(settings, After::failures));
    TextLines read(language);
    write_databases(read, database_loads(settings));
    write_files(read, settings);
    const auto lines = read.take();
    if (lines.empty()) return out.take();
    out.line("what is read in a minute", "每分钟的读取量");
    return out.take() + lines;
}

}  // namespace gatewatch::agent
