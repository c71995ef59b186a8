// The page for people at `/`: every gateway's state as `check` prints it, the last failures, and where the
// rest is. Everything that came from the network or a log is escaped. Used by endpoints.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "agent/report.hpp"

namespace gatewatch::agent::web {

/// The last failed runs of one gateway, the newest first.
struct Failures {
    std::string gateway;
    std::vector<probes::Outcome> runs;
};

[[nodiscard]] std::string render_page(const Report& report, const std::vector<Failures>& failures,
                                      Language language);

/// For text and attribute values.
[[nodiscard]] std::string escape_html(std::string_view text);

}  // namespace gatewatch::agent::web
