// One Socket.IO session over a WebSocket, step by step: what the probes that speak over one share.
#pragma once

#include "probes/socketio/connect_run.hpp"

namespace gatewatch::probes::socketio {

/// How long a goodbye may take. The verdict stands by then; a mute peer must not hold up the next run.
inline constexpr std::chrono::milliseconds goodbye_time{500};

/// Opening handshake, of the session that is open or of a new one, in the phase `upgrade`. False if it
/// failed; the outcome then says why.
[[nodiscard]] net::asio::awaitable<bool> upgrade(ConnectRun& attempt, net::Transport& transport,
                                                 SteadyTime until);

/// One text packet out; false if that failed.
[[nodiscard]] net::asio::awaitable<bool> send_packet(ConnectRun& attempt, net::Transport& transport,
                                                     std::string packet);

/// Sends what the session wants sent; false if that failed.
[[nodiscard]] net::asio::awaitable<bool> send_outgoing(ConnectRun& attempt, net::Transport& transport);

/// Until the session has ended or the connection has failed.
net::asio::awaitable<void> converse(ConnectRun& attempt, net::Transport& transport);

/// A whole run that logs in: opens a connection, upgrades, converses and hangs up. Gives the finished
/// outcome.
[[nodiscard]] net::asio::awaitable<Outcome> log_in(ConnectRun& attempt);

/// Closes the WebSocket within goodbye_time and the run's deadline.
net::asio::awaitable<void> hang_up(ConnectRun& attempt, net::Transport& transport);

}  // namespace gatewatch::probes::socketio
