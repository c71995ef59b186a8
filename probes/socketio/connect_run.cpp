#include "probes/socketio/connect_run.hpp"

#include <fmt/format.h>

#include <algorithm>

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

SessionSettings session_settings(const Target& target, const Run& run, const Style& style) {
    return {target.namespace_, target.ready_event, target.reject_event, target.settle,
            style.token_in_header ? std::nullopt : run.token};
}

/// "503 nginx text/html after 0.002 s: <html>…"
std::string line_of(const Answer& answer) {
    return fmt::format("HTTP {} by {} {}after {:.3f} s{}{}: {}", answer.status.value_or(0),
                       name_of(answer.by), answer.content_type.empty() ? "" : answer.content_type + " ",
                       std::chrono::duration<double>(answer.after).count(),
                       answer.location.empty() ? "" : ", Location ", answer.location, answer.excerpt);
}

}  // namespace

ConnectRun::ConnectRun(ProbeKind probe, Target target_, Run run_, Style style_)
    : target(std::move(target_)),
      run(std::move(run_)),
      style(style_),
      clock(outcome),
      session(session_settings(target, run, style)),
      transcript(outcome, run.token),
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

net::HttpRequest ConnectRun::request(std::string method, std::string_view transport) const {
    net::HttpRequest request;
    request.method = std::move(method);
    request.target = fmt::format("{}?EIO={}&transport={}", target.path, style.eio, transport);
    if (const auto& open = session.open_packet()) request.target += "&sid=" + open->sid;
    request.host = way_.endpoint.host_header;
    request.headers = {{"User-Agent", "gatewatch/" GATEWATCH_VERSION}, {"Accept", "*/*"}};
    if (!target.origin.empty()) request.headers.emplace_back("Origin", target.origin);
    if (style.token_in_header && run.token)
        request.headers.emplace_back("Authorization", "Bearer " + run.token->reveal());
    return request;
}

void ConnectRun::fail(const net::NetError& error, Asked asked) {
    transcript.received(error.detail);
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
    bool cut = error.reason == Reason::closed_early || error.reason == Reason::tcp_reset;
    if (session.phase() == Phase::hold && cut && !error.close_frame) {
        auto seconds = [](std::chrono::nanoseconds time) {
            return std::chrono::duration<double>(time).count();
        };
        outcome.silence = std::chrono::steady_clock::now() - session.last_heard();
        return fail(Reason::idle_cut,
                    fmt::format("cut without a close frame {:.1f} s after the server's last packet; it pings "
                                "every {:.1f} s",
                                seconds(*outcome.silence), seconds(session.open_packet()->ping_interval)));
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
    if (session.namespace_sid() == announced_sid_) return;
    announced_sid_ = session.namespace_sid();
    if (run.on_connected && !announced_sid_.empty()) run.on_connected(announced_sid_);
}

void ConnectRun::begin_session() {
    if (!session.namespace_sid().empty()) outcome.more_namespace_sids.push_back(session.namespace_sid());
    session = Session(session_settings(target, run, style));
    clock.finish();
    outcome.phase = Phase::resolve;
}

SteadyTime ConnectRun::wait_until() const {
    auto due = session.due();
    return due ? std::min(*due, run.deadline) : run.deadline;
}

Outcome ConnectRun::finish() {
    if (session.passed() && !outcome.reason) outcome.ok = true;
    if (session.failed() && !outcome.reason) fail(session.failure().reason, session.failure().detail);
    if (!outcome.ok && !outcome.reason) fail(Reason::internal, "the run ended without a verdict");
    return conclude();
}

Outcome ConnectRun::finish_if_unharmed() {
    outcome.ok = !outcome.reason;
    return conclude();
}

Outcome ConnectRun::conclude() {
    clock.finish();
    outcome.namespace_sid = session.namespace_sid();
    if (outcome.lost > 0 && !outcome.namespace_sid.empty()) {
        // Some CONNECT of this run may have been taken and its ack lost: then no single sid stands for it.
        outcome.more_namespace_sids.push_back(std::exchange(outcome.namespace_sid, {}));
    }
    outcome.connect_sent = outcome.connect_sent || !outcome.namespace_sid.empty();
    if (const auto& open = session.open_packet()) {
        outcome.engine_sid = open->sid;
        outcome.handshake = Handshake{open->ping_interval, open->ping_timeout,
                                      std::ranges::find(open->upgrades, "websocket") != open->upgrades.end()};
    }
    outcome.duration = std::chrono::steady_clock::now() - outcome.scheduled;
    return outcome;
}

}  // namespace gatewatch::probes::socketio
