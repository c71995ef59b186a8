#include "probes/socketio/connect_probes.hpp"
#include "probes/socketio/connect_run.hpp"

namespace gatewatch::probes::socketio {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

/// How long the goodbye may take. The verdict stands by then; a mute peer must not hold up the next run.
constexpr auto goodbye = 500ms;

asio::awaitable<bool> upgraded(ConnectRun& attempt, net::Transport& transport) {
    attempt.clock.enter(Phase::upgrade);
    auto request = attempt.request("GET", engine_query("websocket"));
    auto reply = co_await transport.upgrade(std::move(request), attempt.run.deadline);
    if (!reply) {
        attempt.fail(reply.error(), Asked::upgrade);
        co_return false;
    }
    if (reply->status != 101) {
        attempt.fail(*reply, Asked::upgrade);
        co_return false;
    }
    attempt.outcome.answer.status = 101;
    attempt.outcome.answer.by = AnsweredBy::engine_io;
    attempt.outcome.answer.after = reply->after;
    co_return true;
}

/// Sends what the session wants sent; false if that failed.
asio::awaitable<bool> send_outgoing(ConnectRun& attempt, net::Transport& transport) {
    for (auto& packet : attempt.session.take_outgoing()) {
        bool connect = packet.starts_with("40");
        auto sent = co_await transport.send_text(std::move(packet), attempt.run.deadline);
        if (!sent) {
            attempt.fail(sent.error(), Asked::upgrade);
            co_return false;
        }
        attempt.outcome.connect_sent = attempt.outcome.connect_sent || connect;
    }
    co_return true;
}

asio::awaitable<void> converse(ConnectRun& attempt, net::Transport& transport) {
    auto& session = attempt.session;
    while (!session.ended()) {
        attempt.follow_session();
        auto message = co_await transport.receive(attempt.wait_until());
        if (!message && message.error().reason == Reason::deadline) {
            session.time_passed(std::chrono::steady_clock::now());
            if (session.passed()) co_return;
        }
        if (!message) {
            attempt.fail(message.error(), Asked::upgrade);
            co_return;
        }
        if (message->binary) {
            session.receive_binary();
        } else {
            session.receive(message->data, std::chrono::steady_clock::now());
        }
        if (!session.ended() && !co_await send_outgoing(attempt, transport)) co_return;
    }
}

}  // namespace

asio::awaitable<Outcome> probe_websocket(Target target, Run run_input) {
    ConnectRun attempt(ProbeKind::websocket, std::move(target), std::move(run_input));
    auto transport = co_await attempt.open();
    if (!transport) co_return attempt.finish();
    if (co_await upgraded(attempt, *transport)) co_await converse(attempt, *transport);
    auto outcome = attempt.finish();
    co_await transport->close(std::min(attempt.run.deadline, std::chrono::steady_clock::now() + goodbye));
    co_await attempt.identify_page();
    attempt.outcome.duration = outcome.duration;
    co_return attempt.outcome;
}

}  // namespace gatewatch::probes::socketio
