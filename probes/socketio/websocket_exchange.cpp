#include "probes/socketio/websocket_exchange.hpp"

namespace gatewatch::probes::socketio {

namespace asio = boost::asio;

asio::awaitable<bool> upgrade(ConnectRun& attempt, net::Transport& transport, SteadyTime until) {
    attempt.clock.enter(Phase::upgrade);
    auto request = attempt.request("GET", "websocket");
    attempt.transcript.sent(request);
    auto reply = co_await transport.upgrade(std::move(request), until);
    if (!reply) {
        attempt.fail(reply.error(), Asked::upgrade);
        co_return false;
    }
    if (reply->status != 101) {
        attempt.transcript.received(*reply);
        attempt.fail(*reply, Asked::upgrade);
        co_return false;
    }
    attempt.transcript.received("101 Switching Protocols");
    attempt.outcome.answer.status = 101;
    attempt.outcome.answer.by = AnsweredBy::engine_io;
    attempt.outcome.answer.after = reply->after;
    co_return true;
}

asio::awaitable<bool> send_packet(ConnectRun& attempt, net::Transport& transport, std::string packet) {
    attempt.transcript.sent(packet);
    auto sent = co_await transport.send_text(std::move(packet), attempt.run.deadline);
    if (sent) co_return true;
    attempt.fail(sent.error(), Asked::upgrade);
    co_return false;
}

asio::awaitable<bool> send_outgoing(ConnectRun& attempt, net::Transport& transport) {
    for (auto& packet : attempt.session.take_outgoing()) {
        bool connect = packet.starts_with("40");
        if (!co_await send_packet(attempt, transport, std::move(packet))) co_return false;
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
            if (session.ended()) co_return;
        }
        if (!message) {
            attempt.fail(message.error(), Asked::upgrade);
            co_return;
        }
        if (message->binary) {
            attempt.transcript.received("a binary message");
            session.receive_binary();
        } else {
            attempt.transcript.received(message->data);
            session.receive(message->data, std::chrono::steady_clock::now());
        }
        if (!session.failed() && !co_await send_outgoing(attempt, transport)) co_return;
    }
}

asio::awaitable<Outcome> log_in(ConnectRun& attempt) {
    auto transport = co_await attempt.open();
    if (!transport) co_return attempt.finish();
    if (co_await upgrade(attempt, *transport, attempt.run.deadline)) co_await converse(attempt, *transport);
    auto outcome = attempt.finish();
    co_await hang_up(attempt, *transport);
    co_await attempt.identify_page();
    attempt.outcome.duration = outcome.duration;
    co_return attempt.outcome;
}

asio::awaitable<void> hang_up(ConnectRun& attempt, net::Transport& transport) {
    co_await transport.close(std::min(attempt.run.deadline, std::chrono::steady_clock::now() + goodbye_time));
}

}  // namespace gatewatch::probes::socketio
