// The probes that connect and log in. Listed in table.cpp.
#pragma once

#include "probes/probe.hpp"

namespace gatewatch::probes::socketio {

/// WebSocket from the first byte, as a client with `transports: ["websocket"]` connects.
/// Phases resolve, connect, tls, upgrade, open, namespace, ready.
[[nodiscard]] boost::asio::awaitable<Outcome> probe_websocket(Target target, Run run);

/// HTTP long polling to the end, each request on a connection of its own, so that missing stickiness shows.
/// Phases resolve, connect, tls, open, namespace, ready.
[[nodiscard]] boost::asio::awaitable<Outcome> probe_polling(Target target, Run run);

}  // namespace gatewatch::probes::socketio
