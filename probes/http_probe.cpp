#include "probes/http_probe.hpp"

#include "probes/socketio/connect_run.hpp"

namespace gatewatch::probes {
namespace {

namespace asio = boost::asio;
using socketio::Asked;
using socketio::ConnectRun;

/// As a browser opens a page: without the Origin that the gateway's own requests carry.
net::HttpRequest page_request(const ConnectRun& attempt) {
    auto request = attempt.request("GET", "polling");
    request.target = attempt.target.http_path.empty() ? "/" : attempt.target.http_path;
    std::erase_if(request.headers, [](const auto& header) { return header.first == "Origin"; });
    return request;
}

bool passes(const net::HttpReply& reply, const Answer& answer, const Target& target) {
    if (!target.http_path.empty()) return reply.status >= 200 && reply.status < 300;
    // A port that wants TLS answers too, and is no working HTTP.
    return reply.status < 500 && socketio::reason_for(answer, Asked::polling) != Reason::plain_http_on_tls;
}

}  // namespace

asio::awaitable<Outcome> probe_http(Target target, Run run) {
    ConnectRun attempt(ProbeKind::http, std::move(target), std::move(run));
    auto transport = co_await attempt.open();
    if (!transport) co_return attempt.finish_if_unharmed();
    attempt.clock.enter(Phase::open);
    auto request = page_request(attempt);
    attempt.transcript.sent(request);
    auto reply = co_await transport->exchange(std::move(request), attempt.run.deadline);
    if (!reply) {
        attempt.fail(reply.error(), Asked::polling);
    } else {
        attempt.transcript.received(*reply);
        attempt.outcome.answer = socketio::describe(*reply, attempt.run.token);
        if (!passes(*reply, attempt.outcome.answer, attempt.target)) attempt.fail(*reply, Asked::polling);
    }
    auto outcome = attempt.finish_if_unharmed();
    co_await transport->close(attempt.run.deadline);
    co_return outcome;
}

}  // namespace gatewatch::probes
