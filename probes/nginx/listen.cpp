#include "probes/nginx/listen.hpp"

#include <algorithm>
#include <cctype>
#include <optional>

namespace gatewatch::probes::nginx {
namespace {

std::optional<Listen> parse_listen(const Directive& directive) {
    if (directive.args.empty() || directive.args[0].starts_with("unix:")) return std::nullopt;
    Listen listen;
    const std::string where = lower(directive.args[0]);
    const auto colon = where.rfind(':');
    if (where.starts_with('[')) {
        const auto bracket = where.find(']');
        listen.address = where.substr(0, bracket == std::string::npos ? bracket : bracket + 1);
        listen.port = colon != std::string::npos && colon > bracket ? where.substr(colon + 1) : "80";
    } else if (colon != std::string::npos) {
        listen.address = where.substr(0, colon);
        listen.port = where.substr(colon + 1);
    } else if (all_digits(where)) {
        listen.address = "*";
        listen.port = where;
    } else {
        listen.address = where;
        listen.port = "80";
    }
    if (listen.address == "0.0.0.0") listen.address = "*";
    for (const auto& option : directive.args) {
        if (option == "default_server" || option == "default") listen.is_default = true;
        if (option == "ssl") listen.tls = true;
    }
    return listen;
}

}  // namespace

bool all_digits(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::vector<Listen> listens_of(const Directive& server) {
    std::vector<Listen> listens;
    bool any = false;
    for (const auto& directive : server.children) {
        if (directive.name != "listen") continue;
        any = true;
        if (auto listen = parse_listen(directive)) listens.push_back(std::move(*listen));
    }
    if (!any) listens.push_back({"*", "80", false, false});
    return listens;
}

}  // namespace gatewatch::probes::nginx
