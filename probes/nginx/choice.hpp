// Which server and which location nginx gives a request to: by port, address and name, then by path. Says
// "cannot tell" where that takes more than the configuration. Used by inspect(); compared with a real nginx
// in the tests. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "probes/nginx/values.hpp"

namespace gatewatch::probes::nginx {

struct ServerChoice {
    const Directive* server = nullptr;  ///< nullptr: there is none, or cannot tell
    bool undecided = false;             ///< cannot tell
    bool by_name = false;               ///< else it is the default server
    bool port_found = true;             ///< else none listens on that port, and only the name was looked at
    std::optional<bool> tls;            ///< of the socket; nothing: cannot tell
};

/// The server for the request's host and port.
[[nodiscard]] ServerChoice choose_server(const std::vector<Directive>& http, const Request& request);

struct LocationChoice {
    /// From the server's own level inwards; empty: no location takes the path, the server itself answers.
    std::vector<const Directive*> path;
    bool undecided = false;
    bool slash_missing = false;  ///< nginx redirects to the same path with a slash

    [[nodiscard]] const Directive* location() const { return path.empty() ? nullptr : path.back(); }
};

[[nodiscard]] LocationChoice choose_location(const Directive& server, const std::string& path);
/// The named one: "@backend".
[[nodiscard]] LocationChoice named_location(const Directive& server, const std::string& name);

/// Its name as it stands in server_name; empty: it has none.
[[nodiscard]] std::string name_of_server(const Directive& server);

}  // namespace gatewatch::probes::nginx
