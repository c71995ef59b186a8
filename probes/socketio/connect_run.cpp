#include "probes/socketio/connect_run.hpp"

#include <fmt/format.h>

#include "probes/evidence_text.hpp"
#include "probes/net/http_once.hpp"
#include "probes/net/http_parse.hpp"

namespace gatewatch::probes::socketio {
namespace {

net::Way way_to(const Target& target) {
    net::Way way;
    // The loader refuses what this cannot read; an empty host then fails to resolve.
    if (auto endpoint = net::parse_endpoint(target.url)) way.endpoint = std::move(*endpoint);
    way.ca_file = target.ca_file;
    return way;
}

SessionSettings session_settings(const Target& target, const Run& run) {
    return {target.namespace_, target.ready_event, target.reject_event, target.settle, run.token};
}

/// "503 nginx text/html after 0.002 s: <html>…"
std::string line_of(const Answer& answer) {
    return fmt::format("HTTP {} by {} {}after {:.3f} s{}{}: {}", answer.status.value_or(0),
                       name_of(answer.by), answer.content_type.empty() ? "" : answer.content_type + " ",
                       std::chrono::duration<double>(answer.after).count(),
                       answer.location.empty() ? "" : ", Location ", answer.location, answer.excerpt);
}

}  // namespace

std::string engine_query(std::string_view transport) {
    return fmt::format("EIO=4&transport={}", transport);
}

ConnectRun::ConnectRun(ProbeKind probe, Target target_, Run run_)
    : target(std::move(target_)),
      run(std::move(run_)),
      clock(outcome),
      session(session_settings(target, run)),
      way_(way_to(target)) {
    outcome.probe = probe;
    outcome.role = target.role;
    outcome.scheduled = run.scheduled;
    outcome.started = std::chrono::steady_clock::now();
    outcome.started_wall = std::chrono::system_clock::now();
}

net::asio::awaitable<std::unique_ptr<net::Transport>> ConnectRun::open() {
    auto transport = co_await net::open_connection(way_, outcome, clock, run.deadline);
    if (transport) co_return std::move(*transport);
    fail(transport.error(), Asked::polling);
    co_return nullptr;
}

net::HttpRequest ConnectRun::request(std::string method, std::string_view query) const {
    net::HttpRequest request;
    request.method = std::move(method);
    request.target = fmt::format("{}?{}", target.path, query);
    request.host = way_.endpoint.host_header;
    request.headers = {{"User-Agent", "gatewatch/" GATEWATCH_VERSION}, {"Accept", "*/*"}};
    if (!target.origin.empty()) request.headers.emplace_back("Origin", target.origin);
    return request;
}

void ConnectRun::fail(const net::NetError& error, Asked asked) {
    // What came although the connection failed may name its author: a response cut short, or engine.io's raw
    // refusal inside a stream that had already been upgraded.
    if (auto reply = net::parse_partial_reply(error.received)) {
        auto inner = net::parse_partial_reply(reply->body);
        if (reply->status == 101 && inner) {
            outcome.answer = describe(*inner, run.token);
            outcome.answer.by = AnsweredBy::engine_io_raw;
            return fail(reason_for(outcome.answer, asked), line_of(outcome.answer));
        }
        if (reply->status != 101) outcome.answer = describe(*reply, run.token);
    }
    clock.finish();
    auto last_phase = outcome.phases[static_cast<std::size_t>(outcome.phase)];
    outcome.answer.after = last_phase.value_or(std::chrono::nanoseconds{});
    bool silent = error.reason == Reason::deadline && outcome.phase >= Phase::namespace_;
    if (silent && !session.other_event().empty()) {
        // The commonest mistake with a gateway of one's own: it is ready, and says so by another name.
        return fail(session.silence(), fmt::format(R"(no event "{}" came; the gateway sent "{}")",
                                                   target.ready_event, session.other_event()));
    }
    fail(silent ? session.silence() : error.reason, error.detail);
}

void ConnectRun::fail(const net::HttpReply& reply, Asked asked) {
    outcome.answer = describe(reply, run.token);
    if (outcome.answer.by == AnsweredBy::page) page_ = reply.body;
    fail(reason_for(outcome.answer, asked), line_of(outcome.answer));
}

void ConnectRun::fail(Reason reason, std::string_view detail) {
    clock.finish();
    outcome.ok = false;
    outcome.reason = reason;
    outcome.evidence = evidence_text(detail, run.token);
}

net::asio::awaitable<void> ConnectRun::identify_page() {
    if (outcome.answer.by != AnsweredBy::page || outcome.answer.status != 200U) co_return;
    net::HttpRequest request;
    request.headers = {{"User-Agent", "gatewatch/" GATEWATCH_VERSION}, {"Accept", "text/html"}};
    auto reply = co_await net::http_once(target.url, std::move(request), target.ca_file, run.deadline);
    // An upgrade's reply may have been cut short, so the pages are compared as far as both go.
    if (!reply || reply->status != 200 || page_.empty()) co_return;
    if (!std::string_view(reply->body).starts_with(page_)) co_return;
    outcome.answer.by = AnsweredBy::spa_fallback;
    outcome.evidence = evidence_text("the page at / answered: " + line_of(outcome.answer), run.token);
}

void ConnectRun::follow_session() {
    if (session.phase() > outcome.phase) clock.enter(session.phase());
}

SteadyTime ConnectRun::wait_until() const {
    auto settle = session.settle_until();
    return settle ? std::min(*settle, run.deadline) : run.deadline;
}

Outcome ConnectRun::finish() {
    clock.finish();
    if (session.passed() && !outcome.reason) outcome.ok = true;
    if (session.failed() && !outcome.reason) fail(session.failure().reason, session.failure().detail);
    if (!outcome.ok && !outcome.reason) fail(Reason::internal, "the run ended without a verdict");
    outcome.namespace_sid = session.namespace_sid();
    outcome.connect_sent = outcome.connect_sent || !outcome.namespace_sid.empty();
    if (const auto& open = session.open_packet()) outcome.engine_sid = open->sid;
    outcome.duration = std::chrono::steady_clock::now() - outcome.scheduled;
    return outcome;
}

}  // namespace gatewatch::probes::socketio
