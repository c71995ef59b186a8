// Reads the lines of PM2's own log, pm2.log, in which it says which process it starts, stops and sees
// exiting. Pure. Used by process_state.cpp.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/outcome.hpp"

namespace gatewatch::probes::pm2 {

/// A line's time as it stands there, "2026-11-22T19:23:23: …": local time of the daemon, as if it were UTC.
struct Stamp {
    std::chrono::sys_seconds time;
    std::optional<std::chrono::minutes> zone;  ///< where the format has one: east of UTC
};
[[nodiscard]] std::optional<Stamp> stamp_of(std::string_view line);

/// An exit that nobody asked PM2 for.
struct Crash {
    std::string process;  ///< its pm_id
    Stamp stamp;
    std::string exit;  ///< "exited with code [1] via signal [SIGINT]"
};

/// Exits of the app's processes without a "Stopping app" of theirs before, in the order of the log.
[[nodiscard]] std::vector<Crash> crashes_of(std::string_view log, std::string_view app);

}  // namespace gatewatch::probes::pm2
