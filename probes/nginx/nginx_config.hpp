// The nginx_config collector: reads nginx's configuration with its includes, or what `nginx -T` printed,
// finds the server and location that serve the gateway's Socket.IO path under the public route's name and
// port, and says what is wrong there. Used by the agent's collectors and by `gatewatch lint-nginx`.
#pragma once

#include <optional>
#include <string>

#include "config/settings.hpp"
#include "probes/nginx/document.hpp"
#include "probes/samples.hpp"

namespace gatewatch::probes::nginx {

/// Reads files, so it blocks: for a worker thread. Bounded in files, bytes and depth. `handshake` is what the
/// backend last said of its pings, to judge timeouts by; nothing: engine.io's defaults (25 s and 20 s).
[[nodiscard]] NginxSample inspect(const config::GatewaySettings& gateway,
                                  const std::optional<Handshake>& handshake);

/// The same for text that was read elsewhere: nginx.conf of that name, or the output of `nginx -T`.
[[nodiscard]] NginxSample inspect_text(std::string text, const std::string& name,
                                       const config::GatewaySettings& gateway,
                                       const std::optional<Handshake>& handshake);

}  // namespace gatewatch::probes::nginx
