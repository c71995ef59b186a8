#include "agent/text_lines.hpp"

#include <algorithm>

namespace gatewatch::agent {
namespace {

std::string spaces(std::string_view text, std::size_t columns) {
    const auto used = columns_of(text);
    return std::string(columns > used ? columns - used : 0, ' ');
}

}  // namespace

std::size_t bytes_of_character(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    return std::min(length, text.size());
}

/// From U+1100 on, where the wide scripts begin, every character counts as wide: a line that is cut a little
/// early does no harm, one that wraps does.
std::size_t columns_of_character(std::string_view character) {
    return character.size() >= 3 && character != "…" ? 2 : 1;
}

std::size_t columns_of(std::string_view line) {
    std::size_t columns = 0;
    while (!line.empty()) {
        const auto character = line.substr(0, bytes_of_character(line));
        columns += columns_of_character(character);
        line.remove_prefix(character.size());
    }
    return columns;
}

std::string pad_right(std::string_view text, std::size_t columns) {
    return std::string(text) + spaces(text, columns);
}

std::string pad_left(std::string_view text, std::size_t columns) {
    return spaces(text, columns) + std::string(text);
}

}  // namespace gatewatch::agent
