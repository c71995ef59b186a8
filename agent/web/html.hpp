// The smallest pieces of the page: escaped text, icons, times, sections. Used by page*.cpp.
#pragma once

#include <string>
#include <string_view>

#include "agent/runbook.hpp"
#include "agent/web/path.hpp"
#include "agent/web/words.hpp"
#include "probes/outcome.hpp"

namespace gatewatch::agent::web {

/// What a part of the page is written with.
struct View {
    Language language = Language::en;
    probes::WallTime now{};  ///< of the report
    RunbookPlace runbooks{};
    /// The word, escaped.
    template <class... Args>
    [[nodiscard]] std::string say(Word word, const Args&... args) const;
};

/// For text and for attribute values in quotes. Control characters but the line feed become a mark, so that
/// what a peer sent cannot look like nothing.
[[nodiscard]] std::string escape_html(std::string_view text);

template <class... Args>
std::string View::say(Word word, const Args&... args) const {
    return escape_html(web::say(language, word, args...));
}

/// A mark that differs in shape too, for beside the word.
[[nodiscard]] std::string icon(HopState state);
[[nodiscard]] HopState state_of(Severity severity);

/// "45 s", "3 min 20 s", "2 h 5 min", "4 d 1 h"; nothing negative.
[[nodiscard]] std::string span_of_time(Language language, std::chrono::nanoseconds span);
/// A <time> that the page's script turns into local time: "19:24:03", with the date if it is another day.
[[nodiscard]] std::string time_tag(const View& view, probes::WallTime time);
/// "12 s ago"; the script hides it where the agent does not answer.
[[nodiscard]] std::string age_tag(const View& view, probes::WallTime time);

/// A section with its heading; `key` is unique on the page, and is how the script knows it again.
[[nodiscard]] std::string section(std::string_view key, std::string_view css_class, std::string_view heading,
                                  std::string_view body);
/// A block that is copied with a button. `text` is not yet escaped.
[[nodiscard]] std::string copyable(const View& view, std::string_view key, std::string_view text);

}  // namespace gatewatch::agent::web
