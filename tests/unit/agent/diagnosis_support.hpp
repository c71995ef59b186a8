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

using namespace std::chrono_literals;
using probes::AnsweredBy;
using probes::OwnToken;
using probes::Phase;
using probes::Reason;

/// A moment to count from; probes run at it unless a test says otherwise.
inline const probes::SteadyTime now{1h};
inline const probes::WallTime now_wall{std::chrono::seconds(1'795'364'426)};

enum class Routes { both, public_only, local_only };

inline config::GatewaySettings gateway(Routes routes = Routes::both) {
    config::GatewaySettings settings;
    settings.name = "im";
    if (routes != Routes::local_only) settings.routes.push_back({Role::public_, "http://im.example.com", {}});
    if (routes != Routes::public_only) settings.routes.push_back({Role::local, "http://localhost:7002", {}});
    settings.token.source = config::TokenFile{"/etc/gatewatch/token"};
    return settings;
}

inline probes::Outcome passed(Role role, ProbeKind probe) {
    probes::Outcome outcome;
    outcome.probe = probe;
    outcome.role = role;
    outcome.ok = true;
    outcome.phase = Phase::ready;
    outcome.phases[static_cast<std::size_t>(Phase::connect)] = 300us;
    outcome.phases[static_cast<std::size_t>(Phase::ready)] = 8ms;
    outcome.answer.by = AnsweredBy::engine_io;
    outcome.answer.status = probe == ProbeKind::polling ? 200 : 101;
    outcome.address = role == Role::local ? "127.0.0.1:7002" : "192.0.2.1:80";
    outcome.connect_sent = true;
    outcome.namespace_sid = "3q2mK0ZJq7Yb1v0nAAAB";
    outcome.scheduled = outcome.started = now;
    outcome.started_wall = now_wall;
    outcome.duration = 12ms;
    return outcome;
}

inline probes::Outcome failed(Role role, ProbeKind probe, Reason reason, Phase phase) {
    probes::Outcome outcome = passed(role, probe);
    outcome.ok = false;
    outcome.reason = reason;
    outcome.phase = phase;
    outcome.answer = {};
    outcome.evidence = "what the probe says";
    outcome.connect_sent = phase >= Phase::namespace_;
    return outcome;
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
                evidence.plan = {route.role, probe, 15s, 10s};
                evidence.last = passed(route.role, probe);
                evidence.consecutive_successes = 5;
                snapshot.probes.push_back(std::move(evidence));
            }
        }
    }

    ProbeEvidence& at(Role role, ProbeKind probe) {
        return const_cast<ProbeEvidence&>(*snapshot.find(role, probe));
    }

    /// That probe's last run came to this.
    Scene& with(const probes::Outcome& outcome) {
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
    Scene& database_fails(std::string detail) {
        snapshot.gateway.mysql = config::MysqlSettings{};
        probes::MysqlSample sample;
        sample.detail = std::move(detail);
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

    [[nodiscard]] Verdict verdict() const { return diagnose(snapshot); }
    [[nodiscard]] Cause cause() const { return verdict().cause; }

    Snapshot snapshot;
};

inline constexpr auto refused_by_database = "mysql 127.0.0.1:3306: connection refused; start the database";
inline constexpr auto locked_table =
    "mysql 127.0.0.1:3306: table 'im_system.user_tokens' is locked for more "
    "than 1 s";

// What answers.
inline probes::Answer nginx_page(unsigned status, std::string title, std::chrono::nanoseconds after = 2ms) {
    probes::Answer answer;
    answer.by = AnsweredBy::nginx;
    answer.status = status;
    answer.content_type = "text/html";
    answer.after = after;
    answer.excerpt = "<html><title>" + title + "</title><body><center>nginx</center></body></html>";
    return answer;
}

inline probes::Answer frontend_page() {
    probes::Answer answer;
    answer.by = AnsweredBy::spa_fallback;
    answer.status = 200;
    answer.content_type = "text/html";
    answer.after = 2ms;
    answer.excerpt = "<!doctype html><title>IM</title><div id=root></div>";
    return answer;
}

inline probes::Answer engine_error(int code, std::string message) {
    probes::Answer answer;
    answer.by = AnsweredBy::engine_io_request;
    answer.status = 400;
    answer.content_type = "application/json";
    answer.engine_code = code;
    answer.after = 2ms;
    answer.excerpt = R"({"code":)" + std::to_string(code) + R"(,"message":")" + message + R"("})";
    return answer;
}

inline probes::Answer nest_404(std::string path) {
    probes::Answer answer;
    answer.by = AnsweredBy::nest_router;
    answer.status = 404;
    answer.content_type = "application/json";
    answer.after = 3ms;
    answer.excerpt = R"({"message":"Cannot GET )" + path + R"(","error":"Not Found","statusCode":404})";
    answer.echoed_path = std::move(path);
    return answer;
}

inline probes::Answer by(AnsweredBy who, unsigned status, std::string excerpt = "something") {
    probes::Answer answer;
    answer.by = who;
    answer.status = status;
    answer.after = 2ms;
    answer.excerpt = std::move(excerpt);
    return answer;
}

inline probes::Answer silence(std::chrono::nanoseconds after) {
    probes::Answer answer;
    answer.after = after;
    return answer;
}

}  // namespace gatewatch::agent::test
