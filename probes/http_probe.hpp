// The probe `http`: the HTTP API as a control beside Socket.IO. Listed in table.cpp.
#pragma once

#include "probes/probe.hpp"

namespace gatewatch::probes {

/// GET of the route's http_path, without a token. Passes with 2xx; where no path is configured, with any
/// answer of "/" below 500, since who answers there is not known. Phases resolve, connect, tls, open.
[[nodiscard]] boost::asio::awaitable<Outcome> probe_http(Target target, Run run);

}  // namespace gatewatch::probes
