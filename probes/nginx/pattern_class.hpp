// The escapes of Perl's regular expressions that stand for a class of characters. Used by the compiler of
// patterns. Pure.
#pragma once

#include <optional>

#include "probes/nginx/pattern.hpp"

namespace gatewatch::probes::nginx {

/// \d, \w, \s and their opposites, by the letter; nothing: it is no class.
[[nodiscard]] std::optional<Pattern::Set> escaped_class(char letter);

}  // namespace gatewatch::probes::nginx
