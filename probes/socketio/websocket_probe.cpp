#include "probes/socketio/connect_probes.hpp"
#include "probes/socketio/websocket_exchange.hpp"

namespace gatewatch::probes::socketio {

namespace asio = boost::asio;

asio::awaitable<Outcome> probe_websocket(Target target, Run run_input) {
    ConnectRun attempt(ProbeKind::websocket, std::move(target), std::move(run_input));
    co_return co_await log_in(attempt);
}

}  // namespace gatewatch::probes::socketio
