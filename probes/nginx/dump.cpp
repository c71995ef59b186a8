#include "probes/nginx/dump.hpp"

#include <algorithm>

namespace gatewatch::probes::nginx {
namespace {

/// The path in "# configuration file /etc/nginx/nginx.conf:", or nothing.
std::optional<std::string> header(std::string_view line) {
    constexpr std::string_view start = "# configuration file ";
    while (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.starts_with(start) || !line.ends_with(':')) return std::nullopt;
    line.remove_prefix(start.size());
    line.remove_suffix(1);
    if (!line.starts_with('/')) return std::nullopt;
    return std::string(line);
}

}  // namespace

// Before the first file stand only blank lines and what nginx says on standard error.
std::optional<Dump> take_apart(std::string_view text) {
    Dump dump;
    std::string* current = nullptr;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size() - 1) + 1;
        const auto line = text.substr(at, end - at);
        at = end;
        if (auto path = header(line.substr(0, line.size() - line.ends_with('\n')))) {
            if (!current) dump.main = *path;
            current = &dump.files[*path];
        } else if (current) {
            *current += line;
        } else if (line.find_first_not_of("\xEF\xBB\xBF \t\r\n") != std::string_view::npos &&
                   !line.starts_with("nginx: ")) {
            return std::nullopt;
        }
    }
    if (!current) return std::nullopt;
    return dump;
}

}  // namespace gatewatch::probes::nginx
