#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "config/duration.hpp"
#include "config/keys.hpp"
#include "config/readers.hpp"
#include "config/text_limits.hpp"
#include "config/values.hpp"

namespace gatewatch::config {
namespace {

constexpr Duration least_interval = 500ms;
constexpr Duration most_interval = 24h;
constexpr Duration most_interval_of_rules = 30s;  ///< dashboards/rules: two runs within their shortest range
constexpr Duration least_timeout = 100ms;
constexpr Duration most_timeout = 10min;

Parsed<Role> parse_role(std::string_view text) {
    if (text == "public") return Role::public_;
    if (text == "local") return Role::local;
    return wrong(
        say(R"({} is no route; write "public" (the URL that users take) or "local" (straight to the )"
            "backend)",
            R"({} 不是路由；请写 "public"（用户使用的 URL）或 "local"（直连后端）)", in_quotes(text)));
}

RouteSettings read_route(Section section) {
    RouteSettings route;
    section.require("name");
    section.require("url");
    section.read("name", route.role, parse_role);
    section.read("url", route.url, parse_base_url);
    if (section.read("ca_file", route.ca_file, parse_path))
        check_readable(section, "ca_file", *route.ca_file);
    section.read("http_path", route.http_path, parse_request_path);
    return route;
}

void read_routes(Section& gateway, std::vector<RouteSettings>& routes) {
    std::array<unsigned, enum_count<Role>> first_lines{};
    for (const auto* table : gateway.tables("route")) {
        Section section(*table, "gateway.route", gateway.report());
        routes.push_back(read_route(section));
        auto& first = first_lines[static_cast<std::size_t>(routes.back().role)];
        if (!section.has("name")) continue;
        if (first == 0) {
            first = section.where("name").line;
        } else {
            section.error(
                "name", say("this gateway has such a route already, in line {}; a gateway has one public and "
                            "one local route at most: write another [[gateway]] for more",
                            "该网关在第 {} 行已有这样的路由；一个网关最多各有一条 public 和 local 路由："
                            "更多路由请另写一个 [[gateway]]",
                            first));
        }
    }
    if (!gateway.has("route")) {
        gateway.error("route",
                      {"this gateway has none; add [[gateway.route]] with name = \"public\" and its url",
                       "该网关没有路由；请加上 [[gateway.route]]，写 name = \"public\" 及其 url"});
    }
}

void read_probes(Section& gateway, const toml::table& table, std::map<ProbeKind, ProbeSettings>& probes) {
    for (const auto& [key, node] : table) {
        const auto kind = from_name<ProbeKind>(key.str());
        const auto name = "gateway.probe." + std::string(key.str());
        if (!kind) {
            gateway.report().error(key.source().begin,
                                   say("unknown probe {}; {}", "没有探测 {}；{}", in_quotes(key.str()),
                                       advice_for_unknown("gateway.probe", key.str())));
            continue;
        }
        if (!node.is_table()) {
            gateway.report().error(
                node.source().begin,
                say("{} must be a section, headed [{}]", "{} 必须是一个小节，标题为 [{}]", key.str(), name));
            continue;
        }
        Section section(*node.as_table(), name, gateway.report());
        auto& probe = probes[*kind];
        section.read_bool("enabled", probe.enabled);
        section.read_duration("interval", probe.interval, least_interval, most_interval);
        section.read_duration("timeout", probe.timeout, least_timeout, most_timeout);
    }
}

/// The keys that stand in [[gateway]] itself.
void read_own_keys(Section& section, GatewaySettings& gateway) {
    section.require("name");
    section.read("name", gateway.name, parse_name);
    section.read("namespace", gateway.namespace_, parse_namespace);
    section.read("ready_event", gateway.ready_event, parse_optional_text);
    section.read("reject_event", gateway.reject_event, parse_optional_text);
    section.read_duration("interval", gateway.interval, least_interval, most_interval);
    section.read_duration("timeout", gateway.timeout, least_timeout, most_timeout);
    section.read("path", gateway.path, parse_endpoint_path);
    section.read_duration("settle", gateway.settle, 10ms, most_timeout);
    section.read("origin", gateway.origin, parse_base_url);
    if (!gateway.ready_event.empty() && gateway.ready_event == gateway.reject_event) {
        section.error(
            section.has("reject_event") ? "reject_event" : "ready_event",
            {"is the same as the other event; ready_event says that a connection works, reject_event that it "
             "does not",
             "与另一个事件相同；ready_event 表示连接可用，reject_event 表示连接被拒绝"});
    }
}

template <class Settings>
void read_below(Section& gateway, std::string_view key, std::optional<Settings>& into,
                Settings (*reader)(Section)) {
    const auto* table = gateway.table(key);
    if (table != nullptr) into = reader(Section(*table, fmt::format("gateway.{}", key), gateway.report()));
}

/// What only shows when all keys are known.
void check_whole(Section& section, const toml::table& table, const GatewaySettings& gateway) {
    if (std::holds_alternative<TokenMysql>(gateway.token.source) && !section.has("mysql")) {
        section.error("token", {"mysql_user_id takes the token from the token table; add [gateway.mysql]",
                                "mysql_user_id 要从 Token 表中取 token；请加上 [gateway.mysql]"});
    }
    const auto plan = plan_probes(gateway);
    if (plan.empty() && !gateway.routes.empty()) {
        section.warning("probe", {"every probe is switched off, so nothing is measured; enable one",
                                  "所有探测都已关闭，因此什么也测不到；请启用一个"});
    }
    const auto late = [](const PlannedProbe& probe) { return probe.timeout > probe.interval; };
    if (std::ranges::any_of(plan, late)) {
        section.warning("timeout",
                        {"is longer than the interval of a probe: while a run lasts, the next ones are "
                         "skipped and counted; make the interval longer or the timeout shorter",
                         "比某个探测的间隔还长：一次运行结束之前，后续的运行会被跳过并计数；"
                         "请加长间隔或缩短超时"});
    }
    const auto seldom = [](const PlannedProbe& probe) {
        return is_connect_probe(probe.probe) && probe.interval > most_interval_of_rules;
    };
    if (std::ranges::any_of(plan, seldom)) {
        section.warning(
            "interval",
            {"websocket or polling runs less often than every 30 s: the alert rules judge by the last "
             "minute, so that a single failed run may page; make the interval shorter, or the rules' "
             "ranges longer",
             "websocket 或 polling 的间隔超过 30 秒：告警规则按最近一分钟判断，单次失败就可能触发"
             "严重告警；请缩短间隔，或加长规则中的时间范围"});
    }
    const auto too_short = [&](const PlannedProbe& probe) { return probe.timeout <= gateway.settle; };
    if (gateway.ready_event.empty() && std::ranges::any_of(plan, too_short)) {
        section.error(
            "settle",
            say("without a ready_event every run waits this long ({}), so each timeout must be longer",
                "没有 ready_event 时每次运行都要等这么久（{}），因此每个超时都必须更长",
                in_words(gateway.settle)));
    }
    for (const auto& [probe, settings] : gateway.probes) {
        const auto missing = missing_for(gateway, probe);
        if (missing.empty() || !settings.enabled.value_or(true)) continue;
        const auto node = table.at_path(fmt::format("probe.{}", name_of(probe)));
        section.report().warning(node.node()->source().begin,
                                 say("[gateway.probe.{}] does nothing: it needs {}",
                                     "[gateway.probe.{}] 不起作用：它需要 {}", name_of(probe), missing));
    }
}

}  // namespace

GatewaySettings read_gateway(const toml::table& table, Report& report) {
    GatewaySettings gateway;
    Section section(table, "gateway", report);
    read_own_keys(section, gateway);
    read_routes(section, gateway.routes);
    if (const auto* token = section.table("token"))
        gateway.token = read_token(Section(*token, "gateway.token", report));
    if (const auto* probes = section.table("probe")) read_probes(section, *probes, gateway.probes);
    read_below(section, "mysql", gateway.mysql, read_mysql);
    read_below(section, "pm2", gateway.pm2, read_pm2);
    read_below(section, "nginx", gateway.nginx, read_nginx);
    read_below(section, "frontend", gateway.frontend, read_frontend);
    read_below(section, "env_files", gateway.env_files, read_env_files);
    check_whole(section, table, gateway);
    return gateway;
}

}  // namespace gatewatch::config
