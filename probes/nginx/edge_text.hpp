// What a line of nginx's logs says, made fit to be compared and shown: its escapes undone, queries taken out,
// which hold tokens and sids. Used by access_log.cpp and error_log.cpp. Pure.
#pragma once

#include <string>
#include <string_view>

#include "config/nginx_log_format.hpp"

namespace gatewatch::probes::nginx {

/// A value as the client sent it: \xHH, or the escapes of JSON.
[[nodiscard]] std::string unescaped(std::string_view value, config::LogEscape escape);

/// The text with every "?…" taken out, up to the next space: in the error log a query may hold quotes.
[[nodiscard]] std::string without_queries(std::string_view text);

}  // namespace gatewatch::probes::nginx
