// The pm2_process collector: which processes of the app live and how often they crashed, from PM2's pid files
// and its own pm2.log; never from its command line tool, which starts a daemon and shows secrets. Used by the
// agent's collectors.
#pragma once

#include "config/settings.hpp"
#include "probes/samples.hpp"

namespace gatewatch::probes::pm2 {

/// Reads files, so it blocks: for a worker thread. Reads the end of pm2.log only.
[[nodiscard]] Pm2ProcessSample inspect_processes(const config::Pm2Settings& settings, WallTime now);

}  // namespace gatewatch::probes::pm2
