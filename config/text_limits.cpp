#include "config/text_limits.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace gatewatch::config {
namespace {

using Byte = unsigned char;

/// The length of the UTF-8 sequence that starts there, or 0 if there is none.
std::size_t sequence_length(std::string_view text) {
    const auto lead = static_cast<Byte>(text[0]);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
    auto in_range = [&](std::size_t i, Byte low, Byte high) {
        const auto byte = static_cast<Byte>(text[i]);
        return byte >= low && byte <= high;
    };
    // The second byte excludes overlong forms, surrogates and what lies past U+10FFFF.
    const Byte low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    const Byte high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    if (!in_range(1, low, high)) return 0;
    for (std::size_t i = 2; i < length; ++i) {
        if (!in_range(i, 0x80, 0xbf)) return 0;
    }
    return length;
}

TextError error_at(std::string_view text, std::size_t offset, Text message) {
    const auto before = text.substr(0, offset);
    const auto line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    auto starts_character = [](char c) { return (static_cast<Byte>(c) & 0xc0) != 0x80; };
    return {.line = static_cast<unsigned>(std::ranges::count(before, '\n')) + 1,
            .column =
                static_cast<unsigned>(std::ranges::count_if(before.substr(line_start), starts_character)) + 1,
            .message = std::move(message)};
}

/// The offset just behind the string that starts at `start` with a quote; a newline ends an unfinished
/// one-line string, as it does for the parser.
std::size_t skip_string(std::string_view text, std::size_t start) {
    const char quote = text[start];
    const std::string triple(3, quote);
    const bool multiline = text.substr(start, 3) == triple;
    for (auto i = start + (multiline ? 3 : 1); i < text.size(); ++i) {
        if (text[i] == '\\' && quote == '"') {
            ++i;
        } else if (!multiline && (text[i] == quote || text[i] == '\n')) {
            return i + 1;
        } else if (multiline && text.substr(i, 3) == triple) {
            i += 3;
            while (i < text.size() && text[i] == quote) ++i;  // up to two quotes may end the content
            return i;
        }
    }
    return text.size();
}

/// The offset where nesting goes past the limit, or npos. Knows just enough of TOML: strings, comments,
/// brackets, dots.
std::size_t find_too_deep(std::string_view text) {
    unsigned depth = 0;
    unsigned dots = 0;
    std::size_t i = 0;
    while (i < text.size()) {
        const char c = text[i];
        if (c == '"' || c == '\'') {
            i = skip_string(text, i);
            continue;
        }
        if (c == '#') {
            i = std::min(text.find('\n', i), text.size());
            continue;
        }
        if (c == '[' || c == '{') ++depth;
        if ((c == ']' || c == '}') && depth > 0) --depth;
        if (c == '.') ++dots;
        if (c == '\n' || c == ',' || c == '=' || c == '{') dots = 0;
        if (depth > max_nesting || dots >= max_nesting) return i;
        ++i;
    }
    return std::string_view::npos;
}

}  // namespace

std::size_t find_bad_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto length = sequence_length(text.substr(i));
        if (length == 0) return i;
        i += length;
    }
    return std::string_view::npos;
}

bool has_control_character(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<Byte>(text[i]);
        if (byte < 0x20 || byte == 0x7f) return true;
        if (byte == 0xc2 && i + 1 < text.size() && static_cast<Byte>(text[i + 1]) < 0xa0) return true;
        if (text.substr(i, 3) == "\u2028" || text.substr(i, 3) == "\u2029") return true;
    }
    return false;
}

std::string in_quotes(std::string_view text) {
    constexpr std::size_t most = 60;
    std::string out = "\"";
    for (std::size_t i = 0; i < text.size();) {
        const auto length = std::max<std::size_t>(sequence_length(text.substr(i)), 1);
        const auto character = text.substr(i, length);
        if (i + length > most) return out + "…\"";
        if (has_control_character(character) || find_bad_utf8(character) != std::string_view::npos) {
            for (char c : character) out += fmt::format("\\x{:02x}", static_cast<Byte>(c));
        } else {
            out += character;
        }
        i += length;
    }
    return out + "\"";
}

std::expected<void, TextError> check_text(std::string_view text) {
    if (text.size() > max_file_size) {
        return std::unexpected(
            TextError{.message = {"the file is larger than 1 MiB: this is no configuration of Gatewatch; "
                                  "check the path",
                                  "文件大于 1 MiB：这不是 Gatewatch 的配置；请检查路径"}});
    }
    if (const auto bad = find_bad_utf8(text); bad != std::string_view::npos) {
        return std::unexpected(error_at(
            text, bad,
            {"this byte is not UTF-8: save the file as UTF-8", "此字节不是 UTF-8：请将文件保存为 UTF-8"}));
    }
    if (const auto deep = find_too_deep(text); deep != std::string_view::npos) {
        return std::unexpected(error_at(
            text, deep,
            say("nested deeper than {} levels: no key of Gatewatch needs that; remove the brackets or dots",
                "嵌套超过 {} 层：Gatewatch 的配置项都不需要这么深；请删除多余的括号或点", max_nesting)));
    }
    return {};
}

}  // namespace gatewatch::config
