#include "probes/socketio/side_probes.hpp"
#include "probes/socketio/websocket_exchange.hpp"

namespace gatewatch::probes::socketio {

boost::asio::awaitable<Outcome> probe_header_token(Target target, Run run) {
    ConnectRun attempt(ProbeKind::header_token, std::move(target), std::move(run), {.token_in_header = true});
    co_return co_await log_in(attempt);
}

}  // namespace gatewatch::probes::socketio
