// Recognises the backend's own words in a line of a PM2 log file, whatever PM2, Nest and broken encodings
// have wrapped around them. Pure: bytes in, events out, so that it can be fuzzed. Used by log_collector.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/samples.hpp"

namespace gatewatch::probes::pm2 {

struct ParsedEvent {
    EventKind kind = EventKind::attempt;
    std::string sid;      ///< in attempt and disconnect only: 20 characters of [A-Za-z0-9_-]
    std::string excerpt;  ///< of errors only: at most max_evidence bytes, previews of tokens removed
    bool operator==(const ParsedEvent&) const = default;
};

struct ParsedLine {
    std::vector<ParsedEvent> events;  ///< several where one JSON record holds several lines
    unsigned unparsed = 0;            ///< lines that speak of a connection, or are JSON, and cannot be read
};

/// A line without its line feed. Lines that are none of the backend's words cost little more than a search in
/// them.
[[nodiscard]] ParsedLine parse_line(std::string_view line);

/// Whether that is a namespace sid as socket.io makes them.
[[nodiscard]] bool is_sid(std::string_view text);

}  // namespace gatewatch::probes::pm2
