// Cuts nginx's configuration language into directives' words and brackets, by the same rules as nginx's own
// reader: quotes, escapes, comments, ${variables}. Used by reader.cpp. Pure.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/text.hpp"

namespace gatewatch::probes::nginx {

enum class Stop { semicolon, open, close, end };

/// The words up to the next `;`, `{`, `}` or the end of the file.
struct Words {
    std::vector<std::string> words;
    Stop stop = Stop::end;
    unsigned line = 0;      ///< of the first word, or of the bracket
    std::size_t begin = 0;  ///< of the first word
    std::size_t end = 0;    ///< behind what stopped it
};

struct LexError {
    unsigned line = 0;
    Text what;
};

class Lexer {
  public:
    explicit Lexer(std::string_view text);

    [[nodiscard]] std::expected<Words, LexError> next();

    /// Passes over the Lua code of a `*_by_lua_block {`, its closing bracket included; false: it has no end.
    [[nodiscard]] bool skip_lua();

    [[nodiscard]] unsigned line() const { return line_; }
    [[nodiscard]] std::size_t position() const { return position_; }

  private:
    struct Word;
    [[nodiscard]] std::optional<LexError> read_word(Words& words);
    [[nodiscard]] std::optional<LexError> skip_space();
    [[nodiscard]] bool skip_lua_string();
    void advance();

    std::string_view text_;
    std::size_t position_ = 0;
    unsigned line_ = 1;
};

}  // namespace gatewatch::probes::nginx
