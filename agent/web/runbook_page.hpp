// The runbooks as pages at /runbooks/: the list, and each of them, in both languages. Used by endpoints.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/text.hpp"

namespace gatewatch::agent::web {

/// The page of an alert's runbook, or the list for an empty name; nothing if there is no such runbook.
[[nodiscard]] std::optional<std::string> render_runbook(std::string_view name, Language language);

/// The Content-Security-Policy of these pages: their own style and script by their hashes, nothing else.
[[nodiscard]] const std::string& runbook_policy();

}  // namespace gatewatch::agent::web
