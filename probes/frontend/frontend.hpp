// The frontend collector: fetches the public page and its scripts as a browser would, and finds the WebSocket
// URL that was baked into them. Used by the agent's collectors.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "config/settings.hpp"
#include "probes/samples.hpp"

namespace gatewatch::probes::frontend {

/// Of one page that are fetched.
inline constexpr std::size_t most_scripts = 20;

/// Bounded in scripts and bytes; ends by the deadline. A page that cannot be had is a sample that is not up.
[[nodiscard]] boost::asio::awaitable<FrontendSample> inspect(config::GatewaySettings gateway,
                                                             SteadyTime deadline);

}  // namespace gatewatch::probes::frontend
