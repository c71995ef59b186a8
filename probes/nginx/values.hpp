// What directives are worth for one request: variables and maps, times and sizes, and which level's directive
// is in force. Used by the choices and the judgement in this folder. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/nginx/document.hpp"

namespace gatewatch::probes::nginx {

/// A request for the Socket.IO path, as far as a configuration can ask about it.
struct Request {
    std::string host;  ///< in lower case, an IPv6 address in brackets
    std::string port;
    std::string path;
    std::string method = "GET";
    bool upgrade = true;                ///< a WebSocket's; else polling's
    std::optional<std::string> scheme;  ///< as nginx sees it; nothing: cannot tell
    bool port_seen = true;              ///< nginx listens on `port` itself
    /// Made by `set`; without a value: cannot tell.
    std::map<std::string, std::optional<std::string>, std::less<>> variables;
};

/// A level with those around it, the innermost first: location, ..., server, http.
using Scope = std::vector<const std::vector<Directive>*>;

/// The directive in force: that of the innermost level that has one. Every such directive of that level where
/// there may be more: proxy_set_header, add_header, allow. Nothing is inherited by a level that has its own.
[[nodiscard]] std::vector<const Directive*> all_in_force(const Scope& scope, std::string_view name);
[[nodiscard]] const Directive* in_force(const Scope& scope, std::string_view name);
/// Its first word, or what is in force without it.
[[nodiscard]] std::string word_in_force(const Scope& scope, std::string_view name,
                                        std::string_view otherwise);

/// The text with its variables filled in; nothing: cannot tell. `http` holds the maps.
[[nodiscard]] std::optional<std::string> evaluate(std::string_view text, const Request& request,
                                                  const std::vector<Directive>& http);

/// The names of the variables in it.
[[nodiscard]] std::vector<std::string> variables_in(std::string_view text);

/// "90s", "1m30s", "500ms", "60".
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_time(std::string_view text);
/// "8k", "1m", "512".
[[nodiscard]] std::optional<std::uint64_t> parse_size(std::string_view text);

[[nodiscard]] std::string lower(std::string_view text);
[[nodiscard]] bool same_text(std::string_view a, std::string_view b);  ///< but for case

}  // namespace gatewatch::probes::nginx
