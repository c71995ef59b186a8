// Mends the raw text of log lines: what terminals, time marks, broken encodings and copying have put between
// the backend's words. Pure. Used by the other files of this folder.
#pragma once

#include <string>
#include <string_view>

namespace gatewatch::probes::pm2 {

/// U+FFFD, which PM2 puts where a pipe chunk cut a character, and we where bytes are no UTF-8.
inline constexpr std::string_view replacement = "\xef\xbf\xbd";

inline constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

/// The first character of a text of UTF-8 that is not empty.
[[nodiscard]] std::string_view first_character(std::string_view text);

/// Whether every byte belongs to a well-formed UTF-8 sequence.
[[nodiscard]] bool is_utf8(std::string_view text);

/// The length of a colour sequence (ECMA-48 CSI) at the start of the text, else 0.
[[nodiscard]] std::size_t colour_length(std::string_view text);

/// The length of a time mark of PM2 with its ": " at the start of the text, else 0: that of --time, and
/// log_date_format in the forms that PM2's manual gives.
[[nodiscard]] std::size_t time_mark_length(std::string_view text);
inline constexpr std::size_t longest_time_mark = 40;

/// The text without colours, NUL, CR, byte order mark and time marks, wherever they stand; what is no UTF-8
/// has become U+FFFD, and neighbouring ones have become one, since they stand for one character that was cut.
[[nodiscard]] std::string mended(std::string_view text);

/// At most max_evidence bytes of the text, not ending inside a character; previews of tokens, and anything
/// that is long enough to be one, replaced.
[[nodiscard]] std::string excerpt_of(std::string_view text);

}  // namespace gatewatch::probes::pm2
