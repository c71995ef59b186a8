// The pages' style and scripts: agent/web/assets/, put into the program by CMake. Used by page.cpp and
// runbook_page.cpp.
#pragma once

#include <string_view>

namespace gatewatch::agent::web {

extern const std::string_view page_style;
extern const std::string_view copy_script;  ///< copies blocks: all that a runbook's page has
extern const std::string_view page_script;  ///< of the status page, with the former in it

}  // namespace gatewatch::agent::web
