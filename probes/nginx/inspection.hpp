// The way of the Socket.IO requests through one configuration, from the server to the location that proxies
// them, and what is found on it. Used by inspect(). Pure.
#pragma once

#include <optional>

#include "config/settings.hpp"
#include "probes/nginx/values.hpp"
#include "probes/samples.hpp"

namespace gatewatch::probes::nginx {

/// `http`: the level on which the server blocks stand.
[[nodiscard]] NginxSample inspect_http(const Document& document, const std::vector<Directive>& http,
                                       const config::GatewaySettings& gateway,
                                       const std::optional<Handshake>& handshake, Request request);

}  // namespace gatewatch::probes::nginx
