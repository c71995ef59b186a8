// Durations as the configuration writes them ("15s") and as people read them ("15 seconds"). Used by the
// loader and by everything that prints a duration.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "config/settings.hpp"

namespace gatewatch::config {

struct DurationBounds {
    Duration least;
    Duration most;
};

/// "500ms", "15s", "5m", "2h": one whole number and one unit. The error says what is wrong and what to write.
[[nodiscard]] std::expected<Duration, Text> parse_duration(std::string_view text, DurationBounds bounds);

/// The shortest form that the configuration would take: "90s", "5m".
[[nodiscard]] std::string short_form(Duration duration);

/// The same for people: "90 seconds", "1 hour".
[[nodiscard]] Text in_words(Duration duration);

}  // namespace gatewatch::config
