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

/// Long polling first, then the upgrade of that session to WebSocket, as a client connects by default. When
/// the upgrade fails the session goes on over polling, so that the evidence can say whether that works; the
/// reason stays the upgrade's. Phases resolve, connect, tls, open, upgrade, namespace, ready.
[[nodiscard]] boost::asio::awaitable<Outcome> probe_upgrade(Target target, Run run);

/// Connects over WebSocket and stays, saying nothing but what answers the server's pings. Passes after two of
/// them, or when the run has no room for more. Phases as probe_websocket's, and hold.
[[nodiscard]] boost::asio::awaitable<Outcome> probe_hold(Target target, Run run);

/// How many sessions `sticky` opens. Over two workers at random each gets through once in 4 times, and all of
/// them once in 256.
inline constexpr unsigned sticky_sessions = 4;

/// Polling sessions one after the other, each as far as the answer to its CONNECT, each request on a
/// connection of its own: whether every one reaches the process that has the session. Whether the gateway
/// takes the token is not asked. Phases as probe_polling's, of all sessions together.
[[nodiscard]] boost::asio::awaitable<Outcome> probe_sticky(Target target, Run run);

}  // namespace gatewatch::probes::socketio
