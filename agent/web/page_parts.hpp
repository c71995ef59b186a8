// The parts of one gateway on the page, each as HTML. `key` begins the ids of the part. Used by page.cpp.
#pragma once

#include <string>
#include <string_view>

#include "agent/web/html.hpp"

namespace gatewatch::agent::web {

// page_verdict.cpp
[[nodiscard]] std::string path_part(const View& view, const GatewayReport& gateway);
[[nodiscard]] std::string verdict_part(const View& view, std::string_view key, const GatewayReport& gateway);
[[nodiscard]] std::string changes_part(const View& view, std::string_view key, const GatewayReport& gateway);

// page_runs.cpp
[[nodiscard]] std::string probes_part(const View& view, std::string_view key, const GatewayReport& gateway);
[[nodiscard]] std::string history_part(const View& view, std::string_view key, const GatewayReport& gateway);

// page_facts.cpp
[[nodiscard]] std::string tokens_part(const View& view, std::string_view key, const GatewayReport& gateway);
[[nodiscard]] std::string log_part(const View& view, std::string_view key, const GatewayReport& gateway);
[[nodiscard]] std::string nginx_part(const View& view, std::string_view key, const GatewayReport& gateway);
[[nodiscard]] std::string collectors_part(const View& view, std::string_view key,
                                          const GatewayReport& gateway);

}  // namespace gatewatch::agent::web
