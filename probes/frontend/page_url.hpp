// URLs as a browser sees them: resolved against a base, and taken apart. Pure. Used by the files of this
// folder.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace gatewatch::probes::frontend {

/// An absolute http, https, ws or wss URL.
struct PageUrl {
    std::string scheme;  ///< in small letters
    std::string host;    ///< in small letters; IPv6 in brackets
    unsigned port = 0;   ///< filled in where the URL has none
    bool has_port = false;
    std::string path;  ///< "/" where the URL has none
    std::string text;  ///< the whole, without its fragment

    [[nodiscard]] bool secure() const { return scheme == "https" || scheme == "wss"; }
    [[nodiscard]] bool same_server(const PageUrl& other) const {
        return host == other.host && port == other.port;
    }
    [[nodiscard]] bool same_origin(const PageUrl& other) const {
        return scheme == other.scheme && same_server(other);
    }
};

[[nodiscard]] constexpr unsigned default_port(std::string_view scheme) {
    return scheme == "https" || scheme == "wss" ? 443 : 80;
}

[[nodiscard]] std::optional<PageUrl> parse_page_url(std::string_view text);
/// A reference as it stands in a page: "/a.js", "./b.js", "//host/c.js".
[[nodiscard]] std::optional<PageUrl> resolve(const PageUrl& base, std::string_view reference);

/// A host that means the machine of whoever opens the page: localhost, 127.0.0.0/8, ::1, and 0.0.0.0.
[[nodiscard]] bool is_loopback(std::string_view host);

}  // namespace gatewatch::probes::frontend
