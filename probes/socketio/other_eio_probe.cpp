#include <fmt/format.h>

#include <algorithm>

#include "probes/evidence_text.hpp"
#include "probes/net/http_once.hpp"
#include "probes/socketio/side_probes.hpp"
#include "probes/socketio/websocket_exchange.hpp"

namespace gatewatch::probes::socketio {
namespace {

namespace asio = boost::asio;

/// The version that current clients do not speak.
constexpr int other_eio = 3;

/// `b64` asks for text: Engine.IO 3 servers may else frame the packets in bytes.
net::HttpRequest handshake_request(const ConnectRun& attempt) {
    auto request = attempt.request("GET", "polling");
    request.target += "&b64=1";
    return request;
}

void read_answer(ConnectRun& attempt, const net::HttpReply& reply) {
    auto& outcome = attempt.outcome;
    if (reply.status != 200 || reply.header("Content-Type").starts_with("text/html")) {
        return attempt.fail(reply, Asked::polling);
    }
    outcome.answer = describe(reply, attempt.run.token);
    auto open = decode_open_v3(reply.body);
    if (!open) {
        return attempt.fail(open.error().reason,
                            fmt::format("{}: {}", open.error().detail, outcome.answer.excerpt));
    }
    outcome.answer.by = AnsweredBy::engine_io;
    outcome.engine_sid = open->sid;
    outcome.handshake = Handshake{open->ping_interval, open->ping_timeout,
                                  std::ranges::find(open->upgrades, "websocket") != open->upgrades.end()};
    outcome.evidence =
        evidence_text(fmt::format("the server opened a session of Engine.IO 3: {}", outcome.answer.excerpt),
                      attempt.run.token);
}

/// Closes the session, which the server would otherwise keep until its ping timeout.
asio::awaitable<void> say_goodbye_v3(ConnectRun& attempt) {
    if (attempt.outcome.engine_sid.empty()) co_return;
    auto request = handshake_request(attempt);
    request.method = "POST";
    request.target += "&sid=" + attempt.outcome.engine_sid;
    request.headers.emplace_back("Content-Type", "text/plain;charset=UTF-8");
    request.body = "1:1";
    auto url = attempt.target.url + request.target;
    auto until = std::min(attempt.run.deadline, std::chrono::steady_clock::now() + goodbye_time);
    static_cast<void>(co_await net::http_once(url, std::move(request), attempt.target.ca_file, until));
}

}  // namespace

asio::awaitable<Outcome> probe_other_eio(Target target, Run run) {
    ConnectRun attempt(ProbeKind::other_eio, std::move(target), std::move(run), {.eio = other_eio});
    auto transport = co_await attempt.open();
    if (!transport) co_return attempt.finish_if_unharmed();
    attempt.clock.enter(Phase::open);
    auto request = handshake_request(attempt);
    attempt.transcript.sent(request);
    auto reply = co_await transport->exchange(std::move(request), attempt.run.deadline);
    if (reply) {
        attempt.transcript.received(*reply);
        read_answer(attempt, *reply);
    } else {
        attempt.fail(reply.error(), Asked::polling);
    }
    auto outcome = attempt.finish_if_unharmed();
    co_await transport->close(attempt.run.deadline);
    co_await attempt.identify_page();
    co_await say_goodbye_v3(attempt);
    attempt.outcome.duration = outcome.duration;
    co_return attempt.outcome;
}

}  // namespace gatewatch::probes::socketio
