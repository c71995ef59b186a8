// The runbooks as they stand in dashboards/runbooks, put into the program by CMake: what explains an outage
// must not need a network. Used by runbook_page.cpp.
#pragma once

#include <span>
#include <string_view>

#include "config/text.hpp"

namespace gatewatch::agent::web {

struct RunbookText {
    std::string_view name;  ///< that of its alert; "README": the list of them
    Language language = Language::en;
    std::string_view markdown;
};

/// Sorted by name; each name in both languages.
[[nodiscard]] std::span<const RunbookText> runbook_texts();

}  // namespace gatewatch::agent::web
