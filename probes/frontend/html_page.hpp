// What a browser would run of a page, and what the page forbids itself. Pure. Used by frontend.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gatewatch::probes::frontend {

struct HtmlPage {
    std::string base;                         ///< href of <base>; empty: the page's own URL
    std::vector<std::string> scripts;         ///< src of scripts, href of preloaded modules, in order
    std::vector<std::string> inline_scripts;  ///< their text
    std::vector<std::string> policies;        ///< content of <meta http-equiv="Content-Security-Policy">
};

/// Comments, <noscript>, scripts that are data, and scripts for browsers without modules are left out.
[[nodiscard]] HtmlPage read_html(std::string_view html);

}  // namespace gatewatch::probes::frontend
