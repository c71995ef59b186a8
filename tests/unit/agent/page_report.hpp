// A made-up report in which every part of the page has something to show, and in which what came from peers
// and logs tries to break out of the text. For page_test.cpp and web_support.hpp.
#pragma once

#include <chrono>

#include "agent/report.hpp"

namespace gatewatch::agent::web::test {

using namespace std::chrono_literals;

inline constexpr const char* break_out = "<script>alert('\"&')</script>";

inline probes::WallTime page_time() {
    using namespace std::chrono;
    return sys_days(year(2026) / 11 / 22) + 19h + 24min + 3s;
}

inline probes::Outcome made_run(Role role, ProbeKind probe, bool ok) {
    probes::Outcome run;
    run.role = role;
    run.probe = probe;
    run.ok = ok;
    run.started_wall = page_time() - 8s;
    run.address = role == Role::local ? "127.0.0.1:7002" : "203.0.113.7:80";
    run.phases[static_cast<std::size_t>(probes::Phase::resolve)] = 1ms;
    run.phases[static_cast<std::size_t>(probes::Phase::connect)] = 2ms;
    run.phases[static_cast<std::size_t>(probes::Phase::upgrade)] = 14ms;
    run.duration = 17ms;
    run.phase = probes::Phase::upgrade;
    run.transcript = {{2ms, true, "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1"},
                      {17ms, false, "HTTP/1.1 400 Bad Request {\"code\":3,\"message\":\"Bad request\"}"}};
    if (!ok) {
        run.reason = probes::Reason::upgrade_refused;
        run.answer.by = probes::AnsweredBy::engine_io_request;
        run.answer.status = 400;
        run.evidence = std::string("HTTP 400, engine.io code 3 ") + break_out;
        return run;
    }
    run.phases[static_cast<std::size_t>(probes::Phase::open)] = 3ms;
    run.phases[static_cast<std::size_t>(probes::Phase::namespace_)] = 4ms;
    run.phases[static_cast<std::size_t>(probes::Phase::ready)] = 6ms;
    run.phase = probes::Phase::ready;
    run.connect_sent = true;
    run.engine_sid = "lv_VI97HAXpY6yYWAAAC";
    run.namespace_sid = "Cr8MSuzOrHHcTk2nAAAD";
    return run;
}

inline void add_runs(GatewayReport& gateway) {
    using enum ProbeKind;
    gateway.probes = {made_run(Role::public_, websocket, false), made_run(Role::public_, polling, true),
                      made_run(Role::local, websocket, true), made_run(Role::local, polling, true)};
    gateway.not_yet_run = {{Role::public_, hold, 5min, 70s, false},
                           {Role::public_, other_eio, 15s, 10s, true}};
    for (int i = 0; i < 3; ++i) {
        for (auto run : gateway.probes) {
            run.started_wall -= i * 15s;
            gateway.history.push_back(std::move(run));
        }
    }
}

inline void add_verdict(GatewayReport& gateway) {
    Verdict& verdict = gateway.verdict;
    verdict.cause = Cause::upgrade_stripped;
    verdict.severity = Severity::degraded;
    verdict.hop = Hop::nginx;
    verdict.evidence = {
        {"public websocket",
         {"engine.io answers code 3 to the upgrade: it saw a plain request",
          "engine.io 对升级请求返回 code 3：它看到的是普通请求"}},
        {"local websocket", {"passes at the same time, in 0.017 s", "同一时刻通过，用时 0.017 s"}}};
    verdict.consequences = {Cause::log_blind};
    verdict.fix = {
        "In the location of /socket.io/ in /etc/nginx/conf.d/im.conf write:\n\n"
        "    proxy_http_version 1.1;\n    proxy_set_header Upgrade $http_upgrade;\n"
        "    proxy_set_header Connection $connection_upgrade;\n\nthen: nginx -t && nginx -s reload",
        "在 /etc/nginx/conf.d/im.conf 的 /socket.io/ location 中写入：\n\n"
        "    proxy_http_version 1.1;\n    proxy_set_header Upgrade $http_upgrade;\n"
        "    proxy_set_header Connection $connection_upgrade;\n\n然后执行：nginx -t && nginx -s reload"};
    gateway.since = page_time() - 200s;
    gateway.changes = {{Cause::upgrade_stripped, Severity::degraded, page_time() - 200s, std::nullopt},
                       {Cause::none, Severity::ok, page_time() - 26h, page_time() - 200s}};
}

inline void add_samples(GatewayReport& gateway) {
    probes::MysqlSample sample;
    sample.up = true;
    sample.taken = page_time() - 4s;
    sample.tokens = {50'000, 1203, 12};
    sample.capped[0] = true;
    sample.own = probes::OwnToken::valid;
    sample.own_expiry = page_time() + 240h;
    gateway.mysql = sample;
    gateway.collectors = {
        {CollectorKind::mysql, true, {}},
        {CollectorKind::pm2_log, false, {std::string("cannot read ") + break_out, "无法读取日志"}},
        {CollectorKind::nginx_config, true, {}}};
    EventCounts events{};
    events[static_cast<std::size_t>(probes::EventKind::attempt)] = {412, 9033, 3};
    events[static_cast<std::size_t>(probes::EventKind::rejected_expired)] = {0, 17, 0};
    gateway.events = events;
    gateway.last_events = {
        {probes::EventKind::error, probes::Origin::user, "abc", page_time() - 30s, break_out}};
    probes::NginxFinding finding;
    finding.fault = probes::NginxFault::upgrade_not_passed;
    finding.problem = true;
    finding.file = "/etc/nginx/conf.d/im.conf";
    finding.line = 32;
    finding.location = "/socket.io/";
    finding.directive = std::string("proxy_pass http://127.0.0.1:7002; # ") + break_out;
    finding.mended = "location /socket.io/ {\n    proxy_pass http://127.0.0.1:7002;\n}";
    gateway.nginx_findings = {finding};
}

inline Report made_up_report() {
    GatewayReport gateway;
    gateway.name = std::string("im") + break_out;
    add_runs(gateway);
    add_verdict(gateway);
    add_samples(gateway);
    Report report;
    report.version = "0.1.0";
    report.time = page_time();
    report.gateways.push_back(std::move(gateway));
    return report;
}

}  // namespace gatewatch::agent::web::test
