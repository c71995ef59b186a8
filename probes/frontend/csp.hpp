// Whether a page's Content Security Policy lets its scripts connect to a URL, as browsers judge it (CSP
// Level 3, section 6.7.2). Where browsers differ, what any of them allows counts as allowed. Pure. Used by
// judge.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/frontend/page_url.hpp"

namespace gatewatch::probes::frontend {

/// Splits headers that hold several policies at their commas.
[[nodiscard]] std::vector<std::string> split_policies(std::string_view header);

/// The directive that forbids the connection, "connect-src 'self'", or nothing.
[[nodiscard]] std::optional<std::string> blocked_by(std::string_view policy, const PageUrl& page,
                                                    const PageUrl& target);

/// Whether the policy makes the browser turn http:// and ws:// into https:// and wss://.
[[nodiscard]] bool upgrades_insecure(std::string_view policy);

}  // namespace gatewatch::probes::frontend
