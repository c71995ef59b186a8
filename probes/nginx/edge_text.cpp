#include "probes/nginx/edge_text.hpp"

#include <algorithm>
#include <charconv>

namespace gatewatch::probes::nginx {

using config::LogEscape;

namespace {

/// The number that these digits are, all of them hexadecimal, or -1.
int hex(std::string_view digits) {
    int value = -1;
    const auto* end = digits.data() + digits.size();
    const auto [stopped, error] = std::from_chars(digits.data(), end, value, 16);
    return error == std::errc{} && stopped == end ? value : -1;
}

/// What stands behind the backslash, and how much of it belongs to the escape; no length: it is none.
struct Escaped {
    char meant = 0;
    std::size_t length = 0;
};

Escaped standard_escape(std::string_view behind) {
    if (!behind.starts_with('x') || behind.size() < 3) return {};
    const int value = hex(behind.substr(1, 2));
    return value < 0 ? Escaped{} : Escaped{static_cast<char>(value), 3};
}

/// nginx writes \u00XX for control characters, and leaves all else but quote and backslash as it is.
Escaped json_escape(std::string_view behind) {
    constexpr std::string_view written = "\"\\/bfnrt";
    constexpr std::string_view meant = "\"\\/\b\f\n\r\t";
    if (behind.empty()) return {};
    if (const auto at = written.find(behind.front()); at != std::string_view::npos) return {meant[at], 1};
    if (!behind.starts_with("u00") || behind.size() < 5) return {};
    const int value = hex(behind.substr(3, 2));
    return value < 0 ? Escaped{} : Escaped{static_cast<char>(value), 5};
}

}  // namespace

std::string unescaped(std::string_view value, LogEscape escape) {
    if (escape == LogEscape::none || !value.contains('\\')) return std::string(value);
    std::string out;
    for (std::size_t i = 0; i < value.size(); ++i) {
        const auto behind = value.substr(i + 1);
        const Escaped found = value[i] != '\\'                ? Escaped{}
                              : escape == LogEscape::standard ? standard_escape(behind)
                                                              : json_escape(behind);
        out += found.length == 0 ? value[i] : found.meant;
        i += found.length;
    }
    return out;
}

std::string without_queries(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto mark = std::min(text.find('?'), text.size());
        out += text.substr(0, mark);
        text.remove_prefix(mark);
        text.remove_prefix(std::min(text.find(' '), text.size()));
    }
    return out;
}

}  // namespace gatewatch::probes::nginx
