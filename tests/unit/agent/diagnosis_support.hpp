// Snapshots as the wire, the database and the log make them, for the tests of the diagnosis and of the
// report: a healthy deployment, and one function for each thing that can come back instead (reference: who
// answered what).
#pragma once

#include <gmock/gmock.h>

#include <optional>
#include <ostream>
#include <string>
#include <utility>

#include "agent/diagnosis/rules.hpp"
#include "agent/diagnosis/verdict.hpp"
#include "diagnosis_answers.hpp"

namespace gatewatch::agent {

inline void PrintTo(Cause cause, std::ostream* out) {
    *out << name_of(cause);
}
inline void PrintTo(Severity severity, std::ostream* out) {
    *out << name_of(severity);
}
inline void PrintTo(Hop hop, std::ostream* out) {
    *out << name_of(hop);
}

}  // namespace gatewatch::agent

namespace gatewatch::agent::test {

enum class Routes { both, public_only, local_only };

inline void add_route(config::GatewaySettings& settings, Role role, std::string url) {
    auto& route = settings.routes.emplace_back();
    route.role = role;
    route.url = std::move(url);
}

inline config::GatewaySettings gateway(Routes routes = Routes::both) {
    config::GatewaySettings settings;
    settings.name = "im";
    if (routes != Routes::local_only) add_route(settings, Role::public_, "http://im.example.com");
    if (routes != Routes::public_only) add_route(settings, Role::local, "http://localhost:7002");
    settings.token.source = config::TokenFile{"/etc/gatewatch/token"};
    return settings;
}

/// What the log says of the agent's own probes.
struct OwnLog {
    unsigned absent = 0;
    unsigned missing = 0;
    unsigned expired = 0;
    unsigned unknown = 0;
    unsigned accepted = 0;
    unsigned errors = 0;
};

/// Builds a snapshot: everything passes but what the test replaces.
class Scene {
  public:
    explicit Scene(Routes routes = Routes::both) {
        snapshot.gateway = gateway(routes);
        snapshot.now = now;
        snapshot.now_wall = now_wall;
        for (const auto& route : snapshot.gateway.routes) {
            for (ProbeKind probe : {ProbeKind::websocket, ProbeKind::polling}) {
                ProbeEvidence evidence;
                evidence.plan = {.role = route.role, .probe = probe, .interval = 15s, .timeout = 10s};
                evidence.last = passed(route.role, probe);
                evidence.consecutive_successes = 5;
                snapshot.probes.push_back(std::move(evidence));
            }
        }
    }

    ProbeEvidence& at(Role role, ProbeKind probe) {
        return const_cast<ProbeEvidence&>(*snapshot.find(role, probe));
    }

    /// One of the probes that run seldom, or only after a failure, is planned as well; it has not run yet.
    Scene& plan(Role role, ProbeKind probe) {
        if (snapshot.find(role, probe)) return *this;
        const bool on_failure = probe == ProbeKind::header_token || probe == ProbeKind::other_eio;
        ProbeEvidence evidence;
        evidence.plan = {.role = role,
                         .probe = probe,
                         .interval = on_failure ? 15s : 60s,
                         .timeout = 10s,
                         .on_failure = on_failure};
        snapshot.probes.push_back(std::move(evidence));
        return *this;
    }
    /// Every probe that there is, none of the seldom ones run yet.
    Scene& plan_all() {
        for (const auto& route : snapshot.gateway.routes) {
            for (ProbeKind probe : all_of<ProbeKind>()) plan(route.role, probe);
        }
        return *this;
    }

    /// That probe's last run came to this.
    Scene& with(const probes::Outcome& outcome) {
        plan(outcome.role, outcome.probe);
        ProbeEvidence& evidence = at(outcome.role, outcome.probe);
        evidence.last = outcome;
        evidence.consecutive_failures = outcome.ok ? 0 : 1;
        evidence.consecutive_successes = outcome.ok ? 1 : 0;
        return *this;
    }
    /// Both probes over that route came to this.
    Scene& both(Role role, Reason reason, Phase phase, const probes::Answer& answer = {}) {
        one(role, ProbeKind::websocket, reason, phase, answer);
        return one(role, ProbeKind::polling, reason, phase, answer);
    }
    Scene& one(Role role, ProbeKind probe, Reason reason, Phase phase, const probes::Answer& answer = {}) {
        probes::Outcome outcome = failed(role, probe, reason, phase);
        outcome.answer = answer;
        return with(outcome);
    }
    /// The same over every route that there is.
    Scene& everywhere(Reason reason, Phase phase, const probes::Answer& answer = {}) {
        for (const auto& route : snapshot.gateway.routes) both(route.role, reason, phase, answer);
        return *this;
    }
    Scene& not_run(Role role, ProbeKind probe) {
        at(role, probe).last.reset();
        return *this;
    }

    Scene& database(OwnToken own, std::optional<probes::WallTime> expiry = {}) {
        snapshot.gateway.mysql = config::MysqlSettings{};
        probes::MysqlSample sample;
        sample.up = true;
        sample.taken = now_wall;
        sample.own = own;
        sample.own_expiry = expiry;
        snapshot.mysql = sample;
        return *this;
    }
    Scene& database_fails(std::string detail, bool unreachable = true) {
        snapshot.gateway.mysql = config::MysqlSettings{};
        probes::MysqlSample sample;
        sample.detail = {detail, "数据库：" + detail};
        sample.unreachable = unreachable;
        sample.taken = now_wall;
        snapshot.mysql = sample;
        return *this;
    }
    /// The log is followed and told this of the agent's own probes; every attempt has come up in it.
    Scene& log(const OwnLog& said) {
        snapshot.gateway.pm2 = config::Pm2Settings{};
        LogEvidence evidence;
        evidence.status.up = true;
        evidence.own_attempts = static_cast<unsigned>(snapshot.probes.size());
        evidence.own_token_absent = said.absent;
        evidence.own_rejected_missing = said.missing;
        evidence.own_rejected_expired = said.expired;
        evidence.own_rejected_unknown = said.unknown;
        evidence.own_accepted = said.accepted;
        evidence.errors = said.errors;
        if (said.errors > 0) evidence.last_error = "连接处理错误: connect ECONNREFUSED 127.0.0.1:3306";
        snapshot.log = std::move(evidence);
        for (auto& probe : snapshot.probes) probe.backend_seen = true;
        return *this;
    }

    /// nginx's configuration has this problem; `mended` is the block as it should stand.
    Scene& nginx_has(probes::NginxFault fault, std::string mended = "    location /socket.io/ { }\n") {
        if (!snapshot.nginx) snapshot.nginx.emplace();
        snapshot.nginx->up = true;
        probes::NginxFinding finding;
        finding.fault = fault;
        finding.problem = true;
        finding.file = "/etc/nginx/conf.d/im.conf";
        finding.line = 32;
        finding.server = "im.example.com";
        finding.location = "/socket.io/";
        finding.mended = std::move(mended);
        snapshot.nginx->findings.push_back(std::move(finding));
        return *this;
    }
    Scene& env_has(probes::EnvFault fault, std::string key, std::string value, std::string wanted) {
        if (!snapshot.env) snapshot.env.emplace();
        snapshot.env->up = true;
        const bool frontend = fault == probes::EnvFault::ws_url;
        snapshot.env->findings.push_back({.fault = fault,
                                          .file = frontend ? "/srv/web/.env.production" : "/srv/nest/.env",
                                          .line = value.empty() ? 0u : 4u,
                                          .key = std::move(key),
                                          .value = std::move(value),
                                          .wanted = std::move(wanted)});
        return *this;
    }
    Scene& frontend_has(probes::FrontendFault fault, std::string value, bool problem = true) {
        if (!snapshot.frontend) snapshot.frontend.emplace();
        snapshot.frontend->up = true;
        snapshot.frontend->findings.push_back(
            {fault, problem, "http://im.example.com/assets/app.js", std::move(value)});
        return *this;
    }
    /// PM2 started a process anew that often within two minutes.
    Scene& crashes(unsigned times) {
        snapshot.processes.emplace();
        snapshot.processes->up = true;
        snapshot.processes->alive = 1;
        snapshot.processes->crashes = times;
        snapshot.processes->crash_gap = 10s;
        snapshot.processes->last_crash = now_wall - 5s;
        snapshot.processes->last_exit = "exited with code [1] via signal [SIGINT]";
        return *this;
    }
    /// A browser refuses polling over both routes.
    Scene& cors(probes::CorsFault fault, std::string seen) {
        for (const auto& route : snapshot.gateway.routes) {
            probes::Outcome outcome = failed(route.role, ProbeKind::polling, Reason::cors, Phase::open);
            outcome.cors = fault;
            outcome.cors_seen = seen;
            with(outcome);
        }
        return *this;
    }

    [[nodiscard]] Verdict verdict() const { return diagnose(snapshot); }
    [[nodiscard]] Cause cause() const { return verdict().cause; }

    Snapshot snapshot;
};

}  // namespace gatewatch::agent::test
