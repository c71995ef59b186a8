// What is checked of a file's bytes before the TOML parser sees them. The parser recurses for every level of
// nesting and so overflows the stack on a hostile file; a reload must never bring the agent down. Used by the
// loader.
#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "config/text.hpp"

namespace gatewatch::config {

inline constexpr std::size_t max_file_size = 1024 * 1024;  ///< bytes
inline constexpr unsigned max_nesting = 16;  ///< brackets in each other, and parts of one dotted key

struct TextError {
    unsigned line = 0;
    unsigned column = 0;
    Text message;
};

/// Size, UTF-8 and nesting. A file that passes is not yet good TOML, but safe to parse.
[[nodiscard]] std::expected<void, TextError> check_text(std::string_view text);

/// The offset of the first byte that is not UTF-8 (RFC 3629), or npos.
[[nodiscard]] std::size_t find_bad_utf8(std::string_view text);

/// Whether it holds a control character: C0, DEL, C1 and the Unicode line separators. `text` is UTF-8.
[[nodiscard]] bool has_control_character(std::string_view text);

/// For messages: in double quotes, control characters escaped, cut after 60 bytes.
[[nodiscard]] std::string in_quotes(std::string_view text);

}  // namespace gatewatch::config
