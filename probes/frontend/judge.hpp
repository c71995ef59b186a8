// Decides from a page's policies and the URLs in its scripts whether a browser would reach the gateway. Pure.
// Used by frontend.cpp.
#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"
#include "probes/frontend/page_url.hpp"
#include "probes/frontend/script_urls.hpp"
#include "probes/samples.hpp"

namespace gatewatch::probes::frontend {

struct FoundUrl {
    std::string script;  ///< where it stands; the page itself for inline scripts
    BakedUrl baked;
};

struct Evidence {
    PageUrl page;
    std::vector<std::string> policies;  ///< of headers and meta, one each
    std::vector<FoundUrl> urls;
    bool websocket_only = false;
};

/// Fills in findings and urls.
void judge(const config::GatewaySettings& gateway, const Evidence& evidence, FrontendSample& sample);

}  // namespace gatewatch::probes::frontend
