// The sockets that a server block listens on. Used by the choice of the server. Pure.
#pragma once

#include <string>
#include <vector>

#include "probes/nginx/values.hpp"

namespace gatewatch::probes::nginx {

struct Listen {
    std::string address;  ///< "*", "[::]", "10.0.0.5", ...
    std::string port;
    bool is_default = false;
    bool tls = false;
    bool operator==(const Listen&) const = default;
};

[[nodiscard]] bool all_digits(std::string_view text);

/// Its `listen` directives but those of unix sockets; *:80 where it has none.
[[nodiscard]] std::vector<Listen> listens_of(const Directive& server);

}  // namespace gatewatch::probes::nginx
