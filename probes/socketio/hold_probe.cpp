#include "probes/socketio/connect_probes.hpp"
#include "probes/socketio/websocket_exchange.hpp"

namespace gatewatch::probes::socketio {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;

/// When to let go of a session that nothing has happened to: what is left of the run is for the goodbye.
SteadyTime end_of_hold(SteadyTime now, SteadyTime deadline) {
    return deadline - std::min<std::chrono::nanoseconds>(500ms, (deadline - now) / 10);
}

asio::awaitable<void> login_and_stay(ConnectRun& attempt, net::Transport& transport) {
    if (!co_await upgrade(attempt, transport, attempt.run.deadline)) co_return;
    co_await converse(attempt, transport);
    if (!attempt.session.passed() || attempt.outcome.reason) co_return;
    auto now = std::chrono::steady_clock::now();
    attempt.session.hold(now, end_of_hold(now, attempt.run.deadline));
    co_await converse(attempt, transport);
}

}  // namespace

asio::awaitable<Outcome> probe_hold(Target target, Run run_input) {
    ConnectRun attempt(ProbeKind::hold, std::move(target), std::move(run_input));
    auto transport = co_await attempt.open();
    if (!transport) co_return attempt.finish();
    co_await login_and_stay(attempt, *transport);
    auto outcome = attempt.finish();
    co_await hang_up(attempt, *transport);
    co_await attempt.identify_page();
    attempt.outcome.duration = outcome.duration;
    co_return attempt.outcome;
}

}  // namespace gatewatch::probes::socketio
