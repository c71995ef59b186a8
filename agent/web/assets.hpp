// The page's style and script: agent/web/assets/, put into the program by CMake. Used by page.cpp.
#pragma once

#include <string_view>

namespace gatewatch::agent::web {

extern const std::string_view page_style;
extern const std::string_view page_script;

}  // namespace gatewatch::agent::web
