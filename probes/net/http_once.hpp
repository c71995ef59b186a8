// One HTTP request on a connection of its own, for whatever fetches a page beside the probes: the login token
// source, and the comparison that tells a frontend's fallback page.
#pragma once

#include "probes/net/transport.hpp"

namespace gatewatch::probes::net {

/// Resolve, connect, TLS where the URL says so, exchange, close. `request.target` and `request.host` are
/// taken from the URL. Redirects are not followed.
[[nodiscard]] asio::awaitable<NetResult<HttpReply>> http_once(std::string url, HttpRequest request,
                                                              std::optional<std::filesystem::path> ca_file,
                                                              SteadyTime deadline);

}  // namespace gatewatch::probes::net
