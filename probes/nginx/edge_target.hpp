// Whether a request that nginx logged was for the watched gateway: its path, and the virtual host where the
// log names one. Used by access_log.cpp and error_log.cpp. Pure.
#pragma once

#include <string>
#include <string_view>

#include "config/settings.hpp"

namespace gatewatch::probes::nginx {

class EdgeTarget {
  public:
    explicit EdgeTarget(const config::GatewaySettings& gateway);

    /// "GET /socket.io/?EIO=4 HTTP/1.1", as $request has it; perhaps cut short behind the path.
    [[nodiscard]] bool takes_request(std::string_view request) const;
    /// "/socket.io/?EIO=4", or a whole URL: what stands in the request line.
    [[nodiscard]] bool takes_uri(std::string_view uri) const;
    /// `host` is the request's own, perhaps with a port, `server` the first name of the server block that
    /// took it; either may be empty or "-". Another host than the public route's is another virtual host; of
    /// a request that names none, the server block decides.
    [[nodiscard]] bool takes_host(std::string_view host, std::string_view server) const;

  private:
    std::string path_;  ///< normalised
    std::string host_;  ///< the name in the public route, in lower case; empty: there is none, all count
};

/// The part of a request line that is neither method nor version; empty: there is none.
[[nodiscard]] std::string_view uri_of_request(std::string_view request);

/// As nginx reads a path (ngx_http_parse_complex_uri): percent-decoded, "." and ".." resolved, slashes
/// merged, without query. Empty: it is none.
[[nodiscard]] std::string normalised_path(std::string_view uri);

}  // namespace gatewatch::probes::nginx
