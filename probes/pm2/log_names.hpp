// Which files are the app's logs: what PM2 calls them by default, or what `files` says, and never a copy that
// rotation has left behind. Used by the log's followers, process_state.cpp, and what shows or collects the
// files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "probes/follow/follower.hpp"

namespace gatewatch::probes::pm2 {

/// The app's name as PM2 writes it in file names: with_time → with-time.
[[nodiscard]] std::string sanitised(std::string_view app);

/// Whether PM2 writes to a file of that name for the app: APP-out.log, APP-error.log, with or without
/// -<pm_id>. Rotated copies never match.
[[nodiscard]] bool is_log_name(std::string_view name, std::string_view sanitised_app);

/// Whether rotation gave the file its name: nest-backend-out__2026-11-22_00-00-00.log, out.log.1,
/// out.log-20261122, out.log.gz.
[[nodiscard]] bool is_rotated_name(std::string_view name);

/// Whether it is the file to which PM2's log_file writes all lines once more.
[[nodiscard]] bool is_combined_name(std::string_view name);

/// Where the log of an app is to be found.
[[nodiscard]] std::vector<follow::Source> log_sources(const config::Pm2Settings& settings);

/// The same as patterns to be shown.
[[nodiscard]] std::vector<std::string> log_patterns(const config::Pm2Settings& settings);

}  // namespace gatewatch::probes::pm2
