// Reads an HTTP response from bytes that have already come, however many. Pure; used where a connection
// failed half way through a response, and by the unit tests.
#pragma once

#include <optional>
#include <string_view>

#include "probes/net/transport.hpp"

namespace gatewatch::probes::net {

/// What can be made out of the start of a response (RFC 9112): nothing where not even the status line is
/// whole.
[[nodiscard]] std::optional<HttpReply> parse_partial_reply(std::string_view bytes);

/// The bytes that follow the header of a response in `bytes`, or nothing.
[[nodiscard]] std::string_view after_header(std::string_view bytes);

}  // namespace gatewatch::probes::net
