// A text for people, line by line, in one of the two languages, and how wide its lines are on a terminal.
// Used by the report, the live checklist, help and `gatewatch validate`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "config/text.hpp"

namespace gatewatch::agent {

class TextLines {
  public:
    explicit TextLines(Language language) : language_(language) {}

    /// Both formats take the same arguments.
    template <class... Args>
    void line(Half<Args...> en, Half<Args...> zh, const Args&... args) {
        verbatim(in(language_, say<Args...>(en, zh, args...)));
    }
    void verbatim(std::string_view text) {
        text_ += text;
        text_ += '\n';
    }
    [[nodiscard]] Language language() const { return language_; }
    [[nodiscard]] std::string take() { return std::move(text_); }

  private:
    Language language_;
    std::string text_;
};

/// Bytes of the UTF-8 character at the start; the reports are valid UTF-8.
[[nodiscard]] std::size_t bytes_of_character(std::string_view text);

/// A Chinese character takes two columns.
[[nodiscard]] std::size_t columns_of_character(std::string_view character);
/// Those of a line without escape sequences.
[[nodiscard]] std::size_t columns_of(std::string_view line);

/// With spaces behind it, or before it, up to so many columns.
[[nodiscard]] std::string pad_right(std::string_view text, std::size_t columns);
[[nodiscard]] std::string pad_left(std::string_view text, std::size_t columns);

}  // namespace gatewatch::agent
