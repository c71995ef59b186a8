// The Content-Security-Policy of a page that has its style and script in it. Used by page.cpp and
// runbook_page.cpp.
#pragma once

#include <string>
#include <string_view>

namespace gatewatch::agent::web {

/// Lets in this style and this script by their hashes, and no other; nothing is loaded, and only the agent is
/// asked.
[[nodiscard]] std::string policy_for(std::string_view style, std::string_view script);

}  // namespace gatewatch::agent::web
