// What stands around a URL in a script, minified or not: whether it speaks for a gateway's URL, and whether
// the URL is used at all. Heuristics over text, not a parser of JavaScript. Pure. Used by script_urls.cpp.
#pragma once

#include <cctype>
#include <functional>
#include <set>
#include <string>
#include <string_view>

#include "probes/frontend/page_url.hpp"

namespace gatewatch::probes::frontend {

/// What stands before and behind a string literal, its quotes and white space before it left out.
struct Place {
    std::string_view before;
    std::string_view after;
    std::string_view namespace_;
};

/// How far around a literal its use is looked for.
inline constexpr std::size_t context = 240;

inline bool is_quote(char c) {
    return c == '"' || c == '\'' || c == '`';
}
inline bool is_name(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$';
}
inline bool is_space(char c) {
    return std::isspace(static_cast<unsigned char>(c)) != 0;
}

inline std::string_view without_end(std::string_view text) {
    while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
    return text;
}
inline std::string_view without_start(std::string_view text) {
    while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
    return text;
}

/// "||" and "??": what stands before decides whether the literal is ever used.
enum class Fallback { no, always, never, perhaps };
[[nodiscard]] Fallback fallback_of(std::string_view before);

/// The value of a ternary or of && rather than of a property or a variable.
[[nodiscard]] bool is_branch(std::string_view before);

/// The code around it asks where it runs, or keeps a set of values for each environment.
[[nodiscard]] bool chooses_by_environment(std::string_view before);

using Names = std::set<std::string, std::less<>>;
/// The variables behind which the script puts the namespace: `${wt}/im`, wt+"/im", wt.concat("/im").
[[nodiscard]] Names variables_before(std::string_view namespace_, std::string_view script);

/// Its name, the namespace behind it, or the call that it is passed to says that Socket.IO connects there.
[[nodiscard]] bool speaks_of_gateway(const Place& place, const PageUrl& url, const Names& variables);

}  // namespace gatewatch::probes::frontend
