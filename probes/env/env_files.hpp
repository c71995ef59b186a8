// The env_files collector: NODE_ENV and FRONTEND_URL in the backend's .env, VITE_WS_URL in the frontend's
// .env.production, against what the routes say. Used by the agent's collectors.
#pragma once

#include "config/settings.hpp"
#include "probes/samples.hpp"

namespace gatewatch::probes::env {

/// Reads files, so it blocks: for a worker thread. No other value of the files leaves this function.
[[nodiscard]] EnvSample inspect(const config::GatewaySettings& gateway);

}  // namespace gatewatch::probes::env
