// Finds in a script, minified or not, the URLs that were baked into it, and what speaks for one of them being
// the gateway's. Libraries hold harmless ones ("http://localhost" as a base to parse against): a URL alone is
// no evidence. Pure. Used by frontend.cpp and judge.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "probes/frontend/page_url.hpp"

namespace gatewatch::probes::frontend {

struct BakedUrl {
    PageUrl url;
    std::string literal;  ///< as it stands in the script
    /// Its name, the namespace behind it, or the call that it is passed to says that Socket.IO connects
    /// there.
    bool gateway = false;
    /// It stands in an alternative that need not be taken: a fallback, a branch, a set for development.
    bool conditional = false;
};

/// String literals that are a http, https, ws or wss URL from their beginning on.
[[nodiscard]] std::vector<BakedUrl> find_urls(std::string_view script, std::string_view namespace_);

/// Names of further scripts that this one may import: "./Chat-B1x9.js", "assets/Chat-B1x9.js".
[[nodiscard]] std::vector<std::string> chunk_names(std::string_view script);

/// Whether it has Socket.IO use WebSocket alone.
[[nodiscard]] bool is_websocket_only(std::string_view script);

}  // namespace gatewatch::probes::frontend
