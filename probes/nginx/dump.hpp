// What `nginx -T` printed, taken apart into the files that it holds. Used by the reader. Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace gatewatch::probes::nginx {

using Files = std::map<std::string, std::string>;  ///< texts by path

struct Dump {
    std::string main;  ///< the path of nginx.conf
    Files files;
};

/// Nothing where the text is something else.
[[nodiscard]] std::optional<Dump> take_apart(std::string_view text);

}  // namespace gatewatch::probes::nginx
