// How the network failed: the one place where an error_code becomes a reason. Used by everything in net/ and
// by the probes on top of it.
#pragma once

#include <boost/system/error_code.hpp>
#include <expected>
#include <string>
#include <string_view>

#include "probes/outcome.hpp"

namespace gatewatch::probes::net {

/// An expected failure: the reason for the metrics, and a line for a person, without secrets.
struct NetError {
    Reason reason = Reason::internal;
    std::string detail;
    std::string received = {};  ///< the first bytes that came nevertheless, at most max_received
    bool close_frame = false;   ///< the peer ended a WebSocket as RFC 6455 has it, with a close frame
};

template <class T>
using NetResult = std::expected<T, NetError>;

/// How many bytes of what a peer sent are kept to tell who it was.
inline constexpr std::size_t max_received = 4096;

/// What was being done when an error_code came up. The same code means different things at different steps: a
/// timeout while connecting is a dropped SYN, later it is the deadline.
enum class Step { connect, tls, request, websocket };

/// The reason for an error of Asio, Beast's HTTP and WebSocket, OpenSSL or the kernel.
[[nodiscard]] Reason reason_of(boost::system::error_code error, Step step);

/// An error with its reason, "what: message of the error".
[[nodiscard]] NetError make_error(boost::system::error_code error, Step step, std::string_view what);

}  // namespace gatewatch::probes::net
