#include <fmt/format.h>

#include "probes/socketio/connect_probes.hpp"
#include "probes/socketio/polling_exchange.hpp"
#include "probes/socketio/websocket_exchange.hpp"

namespace gatewatch::probes::socketio {
namespace {

namespace asio = boost::asio;

/// The upgrade's share of the time that is left, so that polling can go on when it stays silent.
SteadyTime upgrade_until(SteadyTime deadline) {
    auto now = std::chrono::steady_clock::now();
    return now + (deadline - now) / 2;
}

/// The server's word that it hears us on the new transport (Engine.IO protocol 4, "Upgrade").
asio::awaitable<bool> probed(ConnectRun& attempt, net::Transport& transport, SteadyTime until) {
    if (!co_await send_packet(attempt, transport, "2probe")) co_return false;
    auto message = co_await transport.receive(until);
    if (!message) {
        attempt.transcript.received(message.error().detail);
        attempt.fail(Reason::upgrade_probe_failed,
                     fmt::format("2probe got no 3probe: {}", message.error().detail));
        co_return false;
    }
    attempt.transcript.received(message->data);
    if (!message->binary && message->data == "3probe") co_return true;
    attempt.fail(Reason::upgrade_probe_failed, fmt::format("2probe got no 3probe: {}", message->data));
    co_return false;
}

/// Moves the session to the WebSocket. False if it did not come so far; the outcome then says why.
asio::awaitable<bool> move_session(ConnectRun& attempt, net::Transport& transport, SteadyTime until) {
    if (!co_await upgrade(attempt, transport, until)) co_return false;
    if (!co_await probed(attempt, transport, until)) co_return false;
    // The server ends the pending poll with a noop, so that nothing is on its way there when the client
    // leaves. It looks for one again and again: whether the poll began before the 2probe or after it is all
    // the same.
    auto drained = co_await poll(attempt, Phase::upgrade, until);
    if (!drained) co_return false;
    if (attempt.session.failed()) {
        attempt.fail(Reason::upgrade_probe_failed, attempt.session.failure().detail);
        co_return false;
    }
    co_return co_await send_packet(attempt, transport, "5");
}

/// What the upgrade's failure says, to be kept while the session goes on over polling.
struct Failure {
    Reason reason;
    Answer answer;
    std::string evidence;
};

/// The session itself is not to blame: a client of the default configuration would stay on polling.
asio::awaitable<void> go_on_by_polling(ConnectRun& attempt) {
    auto& outcome = attempt.outcome;
    Failure failure{*outcome.reason, outcome.answer, outcome.evidence};
    outcome.reason.reset();
    co_await converse_by_polling(attempt);
    if (attempt.session.failed() && !outcome.reason)
        attempt.fail(attempt.session.failure().reason, attempt.session.failure().detail);
    auto polling = !outcome.reason ? std::string("the session goes on over polling")
                                   : fmt::format("polling fails too ({})", name_of(*outcome.reason));
    attempt.fail(failure.reason, fmt::format("{}; the upgrade: {}", polling, failure.evidence));
    outcome.answer = failure.answer;
    outcome.phase = Phase::upgrade;
}

asio::awaitable<void> upgrade_session(ConnectRun& attempt) {
    auto until = upgrade_until(attempt.run.deadline);
    auto transport = co_await attempt.open();
    // The phase `upgrade` comes after `open` here, and is the last one entered from now on.
    attempt.outcome.phase = Phase::upgrade;
    bool moved = transport && co_await move_session(attempt, *transport, until);
    if (moved && co_await send_outgoing(attempt, *transport)) co_await converse(attempt, *transport);
    if (!moved && transport) co_await hang_up(attempt, *transport);
    if (!moved) co_await go_on_by_polling(attempt);
    static_cast<void>(attempt.finish());  // the goodbye is no part of what the run took
    if (moved) co_await hang_up(attempt, *transport);
    if (!moved) co_await say_goodbye(attempt);
}

}  // namespace

asio::awaitable<Outcome> probe_upgrade(Target target, Run run_input) {
    ConnectRun attempt(ProbeKind::upgrade, std::move(target), std::move(run_input));
    auto handshake = co_await poll(attempt);
    bool open = handshake && !attempt.session.failed();
    if (open) co_await upgrade_session(attempt);
    if (!open) static_cast<void>(attempt.finish());
    co_await attempt.identify_page();
    co_return attempt.outcome;
}

}  // namespace gatewatch::probes::socketio
