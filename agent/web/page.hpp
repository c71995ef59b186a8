// The page for people at `/`, one document with everything in it: the path of a connection with the state of
// each hop, the verdict with its evidence and fix, and what they rest on. Works without its script, which
// only keeps it up to date, copies, and asks for a run. Everything that came from the network or a log is
// escaped. Pure. Used by endpoints.cpp.
#pragma once

#include <string>

#include "agent/report.hpp"

namespace gatewatch::agent::web {

[[nodiscard]] std::string render_page(const Report& report, Language language);

/// The Content-Security-Policy of the page.
[[nodiscard]] const std::string& page_policy();

}  // namespace gatewatch::agent::web
