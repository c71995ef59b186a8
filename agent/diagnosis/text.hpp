// Sentences for people: made in both languages at once, and what came off the wire or out of a log made fit
// to stand in them. Used by the rules and by the report.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <utility>

#include "agent/diagnosis/verdict.hpp"

namespace gatewatch::agent {

/// One line of valid UTF-8 of at most `limit` bytes: control characters become spaces, broken bytes `?`, and
/// what is too long ends in an ellipsis at the border of a character.
[[nodiscard]] std::string one_line(std::string_view text, std::size_t limit = probes::max_evidence);

/// Seconds with as many digits as a person needs: "0.012 s", "10.0 s".
[[nodiscard]] std::string seconds(std::chrono::nanoseconds duration);

/// RFC 3339 in UTC: "2026-11-22T16:20:26Z".
[[nodiscard]] std::string rfc3339(probes::WallTime time);

}  // namespace gatewatch::agent
