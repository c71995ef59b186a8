// Reads lines of nginx's error log: what it had to say of the upstream of a request for the Socket.IO path.
// Requests stand in them as clients sent them, quotes and all, so nothing is looked for behind them that a
// client could have written. Used by edge_log.cpp. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "probes/nginx/edge_target.hpp"
#include "probes/samples.hpp"

namespace gatewatch::probes::nginx {

/// Without its line feed. Nothing: about another path, another virtual host, or no trouble with the upstream.
/// `seen` is left to the caller.
[[nodiscard]] std::optional<EdgeTrouble> read_error_line(std::string_view line, const EdgeTarget& target);

}  // namespace gatewatch::probes::nginx
