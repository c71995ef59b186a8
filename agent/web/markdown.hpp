// Markdown (CommonMark) to HTML in the form of the agent's pages: headings that can be linked to, blocks of
// code that are copied with a button, links from file to file turned into links from page to page. HTML
// within the Markdown, and links with a scheme such as javascript:, are left out. Pure. Used by
// runbook_page.cpp.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "agent/web/html.hpp"

namespace gatewatch::agent::web {

/// What a link leads to on the agent, for what it says in the file.
using LinkTarget = std::function<std::string(std::string_view)>;

/// The id of a heading, as forges make it from its text: lower case, spaces as hyphens, no punctuation but
/// hyphens and underscores.
[[nodiscard]] std::string heading_id(std::string_view text);

[[nodiscard]] std::string html_of_markdown(const View& view, std::string_view markdown,
                                           const LinkTarget& target);

}  // namespace gatewatch::agent::web
