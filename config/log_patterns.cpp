#include "config/log_patterns.hpp"

#include <fmt/format.h>
#include <re2/re2.h>

#include <array>

#include "config/keys.hpp"
#include "config/text_limits.hpp"

namespace gatewatch::config {
namespace {

bool needs_sid(EventKind event) {
    return event == EventKind::attempt || event == EventKind::disconnect;
}

/// The first named group that means nothing here, with what was meant.
std::optional<std::string> fault_of_groups(EventKind event, const RE2& expression) {
    constexpr std::array known{sid_group, detail_group};
    for (const auto& [name, number] : expression.NamedCapturingGroups()) {
        if (name == sid_group || name == detail_group) continue;
        const auto near = nearest(name, known);
        return fmt::format("the group {} means nothing; {}", in_quotes(name),
                           near.empty() ? "the groups are sid and detail: leave the name away"
                                        : fmt::format("did you mean {}?", in_quotes(near)));
    }
    if (needs_sid(event) && !expression.NamedCapturingGroups().contains(std::string(sid_group))) {
        return "has no group named sid; write (?P<sid>[A-Za-z0-9_-]{20}) where the connection's id stands";
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> fault_of_pattern(EventKind event, const std::string& pattern) {
    if (pattern.empty()) return "is empty; write words of the line, or remove the key";
    if (pattern.size() > longest_log_pattern) {
        return fmt::format("is longer than {} bytes; write the words that tell the line from others",
                           longest_log_pattern);
    }
    RE2::Options options;
    options.set_log_errors(false);
    const RE2 expression(pattern, options);
    if (!expression.ok()) {
        return fmt::format("is no regular expression of RE2: {}; see github.com/google/re2/wiki/Syntax",
                           expression.error());
    }
    if (RE2::PartialMatch("", expression)) {
        return "matches an empty line, and so every line; write words that the line must have";
    }
    return fault_of_groups(event, expression);
}

}  // namespace gatewatch::config
