// The path of a connection as the page draws it: each hop from the browser to the database with its state.
// Pure. Used by page_verdict.cpp.
#pragma once

#include <array>
#include <optional>

#include "agent/report.hpp"

namespace gatewatch::agent::web {

/// absent: nothing is configured that would show it.
GATEWATCH_ENUM(HopState, ok, failing, degraded, unknown, absent);

struct HopView {
    Hop hop = Hop::none;
    HopState state = HopState::unknown;
    std::optional<Cause> cause;  ///< what the verdict or one of its consequences says of this hop
};

/// In the order of the path; the last is the agent with the log, which is no part of it.
inline constexpr std::array path_hops{Hop::frontend, Hop::dns,      Hop::nginx, Hop::backend,
                                      Hop::token,    Hop::database, Hop::agent};

/// The verdict's hop and those of its consequences have their word first. A hop of which they say nothing is
/// ok only where a run or a sample shows it, and unknown otherwise: no news is not good news.
[[nodiscard]] std::array<HopView, path_hops.size()> path_of(const GatewayReport& gateway);

}  // namespace gatewatch::agent::web
