// What comes back to a probe, for the tests of the diagnosis: outcomes of runs, and one function for each
// kind of answer (reference: who answered what).
#pragma once

#include <string>
#include <utility>

#include "probes/outcome.hpp"
#include "probes/samples.hpp"

namespace gatewatch::agent::test {

using namespace std::chrono_literals;
using probes::AnsweredBy;
using probes::OwnToken;
using probes::Phase;
using probes::Reason;

/// A moment to count from; probes run at it unless a test says otherwise.
inline const probes::SteadyTime now{1h};
inline const probes::WallTime now_wall{std::chrono::seconds(1'795'364'426)};

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
