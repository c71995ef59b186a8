// The probes that ask another question than whether a user can connect: what the gateway does with a token
// that it must turn down, and two that split ties after a failure. Listed in table.cpp.
#pragma once

#include "probes/probe.hpp"

namespace gatewatch::probes::socketio {

/// As probe_websocket, with the token in `Authorization: Bearer` and none in the CONNECT: whether the header
/// reaches the backend.
[[nodiscard]] boost::asio::awaitable<Outcome> probe_header_token(Target target, Run run);

/// A polling handshake of Engine.IO 3, as a Socket.IO 2 client asks for one. Passes when the server opens a
/// session, and the evidence says with what. Phases resolve, connect, tls, open.
[[nodiscard]] boost::asio::awaitable<Outcome> probe_other_eio(Target target, Run run);

/// As probe_websocket, with a token that has expired (`run.token`), that is revoked, or with none whatever
/// `run` holds. Passes when the gateway turns the connection down, by whatever it says no to a bad token;
/// fails as accepted_bad_token when it takes it, and for its own reason where it came to neither.
[[nodiscard]] boost::asio::awaitable<Outcome> probe_expired_token(Target target, Run run);
[[nodiscard]] boost::asio::awaitable<Outcome> probe_revoked_token(Target target, Run run);
[[nodiscard]] boost::asio::awaitable<Outcome> probe_missing_token(Target target, Run run);

}  // namespace gatewatch::probes::socketio
