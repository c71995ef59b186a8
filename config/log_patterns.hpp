// The regular expressions of [gateway.pm2.patterns], which stand for the backend's own words where it has
// others: their syntax (RE2's) and the groups that each event needs. Used by the loader; what they match in
// is the business of probes/pm2/patterns.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/names.hpp"
#include "config/text.hpp"

namespace gatewatch::config {

inline constexpr std::size_t most_log_patterns = 16;  ///< for one event
inline constexpr std::size_t longest_log_pattern = 1000;

/// The groups that mean something: the id of the connection, and what an error says.
inline constexpr std::string_view sid_group = "sid";
inline constexpr std::string_view detail_group = "detail";

/// What is wrong with the expression, and what to write instead; nothing if it can stand for the event.
[[nodiscard]] std::optional<Text> fault_of_pattern(EventKind event, const std::string& pattern);

}  // namespace gatewatch::config
