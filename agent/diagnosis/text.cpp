#include "agent/diagnosis/text.hpp"

#include <fmt/chrono.h>

#include <array>

namespace gatewatch::agent {
namespace {

constexpr std::string_view ellipsis = "…";

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// The length of the well-formed UTF-8 character at the start (RFC 3629 section 4), 0 if there is none.
std::size_t character_at(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                               : first >= 0xE0 && first <= 0xEF ? 3
                               : first >= 0xF0 && first <= 0xF4 ? 4
                                                                : 0;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if (!is_continuation(text[i])) return 0;
    }
    const bool overlong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
    const bool surrogate_or_beyond = (first == 0xED && byte(1) > 0x9F) || (first == 0xF4 && byte(1) > 0x8F);
    return overlong || surrogate_or_beyond ? 0 : length;
}

/// C0, DEL, and C1 (two bytes from C2 80 to C2 9F): a terminal may obey them.
bool is_control(std::string_view character) {
    const auto first = static_cast<unsigned char>(character[0]);
    const bool c1 = first == 0xC2 && static_cast<unsigned char>(character[1]) < 0xA0;
    return first < 0x20 || first == 0x7F || c1;
}

std::string cleaned(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = character_at(text);
        if (length == 0) {
            out += '?';
        } else if (is_control(text.substr(0, length))) {
            if (!out.empty() && out.back() != ' ') out += ' ';
        } else {
            out += text.substr(0, length);
        }
        text.remove_prefix(length == 0 ? 1 : length);
    }
    while (!out.empty() && out.back() == ' ') out.pop_back();
    return out;
}

}  // namespace

std::string one_line(std::string_view text, std::size_t limit) {
    std::string out = cleaned(text);
    if (out.size() <= limit) return out;
    std::size_t end = limit < ellipsis.size() ? 0 : limit - ellipsis.size();
    while (end > 0 && is_continuation(out[end])) --end;
    out.resize(end);
    if (limit >= ellipsis.size()) out += ellipsis;
    return out;
}

std::string seconds(std::chrono::nanoseconds duration) {
    const double value = std::chrono::duration<double>(duration).count();
    return value < 1 ? fmt::format("{:.3f} s", value) : fmt::format("{:.1f} s", value);
}

std::string rfc3339(probes::WallTime time) {
    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

}  // namespace gatewatch::agent
