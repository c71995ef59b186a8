// One Socket.IO session over HTTP long polling, request by request, each on a connection of its own: what the
// probes that poll share.
#pragma once

#include "probes/socketio/connect_run.hpp"

namespace gatewatch::probes::socketio {

/// GET: what the server has to say, handed to the session. Gives the reply if it held packets, whatever the
/// session makes of them; else the outcome says why not.
[[nodiscard]] net::asio::awaitable<std::optional<net::HttpReply>> poll(ConnectRun& attempt, Phase phase,
                                                                       SteadyTime until);
/// In the session's phase, until it wants to be told the time.
[[nodiscard]] net::asio::awaitable<std::optional<net::HttpReply>> poll(ConnectRun& attempt);

/// POST: what the session wants sent. False if that failed; the outcome then says why.
[[nodiscard]] net::asio::awaitable<bool> post(ConnectRun& attempt);

/// POST and GET in turn until the session has ended or a request has failed.
net::asio::awaitable<void> converse_by_polling(ConnectRun& attempt);

/// Closes the Engine.IO session, which the server would otherwise keep until its ping timeout.
net::asio::awaitable<void> say_goodbye(ConnectRun& attempt);

}  // namespace gatewatch::probes::socketio
