#include "probes/nginx/edge_target.hpp"

#include <algorithm>
#include <optional>

namespace gatewatch::probes::nginx {
namespace {

std::optional<unsigned> hex_digit(char c) {
    if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
    const char lower = static_cast<char>(c | 0x20);
    if (lower >= 'a' && lower <= 'f') return static_cast<unsigned>(lower - 'a' + 10);
    return std::nullopt;
}

std::string decoded(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '%' && i + 2 < text.size();
        const auto high = escape ? hex_digit(text[i + 1]) : std::nullopt;
        const auto low = escape ? hex_digit(text[i + 2]) : std::nullopt;
        if (high && low) {
            out += static_cast<char>(*high * 16 + *low);
            i += 2;
        } else {
            out += text[i];
        }
    }
    return out;
}

/// The path of "http://im.example.com/socket.io/"; others begin with a slash already.
std::string_view without_authority(std::string_view uri) {
    if (uri.starts_with('/')) return uri;
    const auto scheme = uri.find("://");
    if (scheme == std::string_view::npos) return {};
    const auto path = uri.find('/', scheme + 3);
    return path == std::string_view::npos ? std::string_view{} : uri.substr(path);
}

/// Without its port and its final dot, in lower case.
std::string bare_host(std::string_view host) {
    const auto bracket = host.starts_with('[') ? host.find(']') : std::string_view::npos;
    if (bracket != std::string_view::npos) {
        host = host.substr(0, bracket + 1);
    } else {
        host = host.substr(0, host.find(':'));
    }
    if (host.ends_with('.')) host.remove_suffix(1);
    std::string lower(host);
    std::ranges::transform(lower, lower.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return lower;
}

/// Whoever takes the route by an address says nothing of the name by which users come.
bool is_address(std::string_view host) {
    return host.starts_with('[') || host == "localhost" ||
           host.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_named(std::string_view host) {
    return !host.empty() && host != "-";
}

/// A name that a request can have. nginx logs a block's first name only, and that may be "_", a wildcard or
/// an expression.
bool is_plain_name(std::string_view server) {
    return is_named(server) && server != "_" && !server.starts_with('.') && !server.contains('*') &&
           !server.starts_with('~');
}

}  // namespace

std::string_view uri_of_request(std::string_view request) {
    const auto method = request.find(' ');
    if (method == std::string_view::npos || method == 0) return {};
    auto uri = request.substr(method + 1);
    const auto version = uri.rfind(' ');
    if (version != std::string_view::npos && uri.substr(version + 1).starts_with("HTTP/")) {
        uri = uri.substr(0, version);
    }
    return uri;
}

std::string normalised_path(std::string_view uri) {
    uri = without_authority(uri);
    const std::string path = decoded(uri.substr(0, uri.find_first_of("?#")));
    if (!path.starts_with('/')) return {};
    std::string out;
    for (std::size_t begin = 0; begin < path.size();) {
        const auto end = std::min(path.find('/', begin + 1), path.size());
        const std::string_view segment(path.data() + begin + 1, end - begin - 1);
        const bool last = end == path.size();
        begin = end;
        if (segment == "..") out.resize(out.empty() ? 0 : out.rfind('/'));
        const bool dots = segment == "." || segment == "..";
        if (dots || segment.empty()) {
            if (last) out += '/';
            continue;
        }
        out.append("/").append(segment);
    }
    return out;
}

EdgeTarget::EdgeTarget(const config::GatewaySettings& gateway) : path_(normalised_path(gateway.path)) {
    const auto* route = config::find_route(gateway, Role::public_);
    if (route == nullptr) return;
    const auto begin = route->url.find("://");
    if (begin != std::string::npos) host_ = bare_host(std::string_view(route->url).substr(begin + 3));
    if (is_address(host_)) host_.clear();
}

bool EdgeTarget::takes_request(std::string_view request) const {
    return takes_uri(uri_of_request(request));
}

bool EdgeTarget::takes_uri(std::string_view uri) const {
    // Most requests say it as it is; the others are worth their decoding.
    const std::string_view path = uri.substr(0, uri.find_first_of("?#"));
    if (path == path_) return true;
    constexpr std::size_t longest = 2048;  // nobody spells the endpoint's path at greater length
    return path.size() <= longest && normalised_path(path) == path_;
}

bool EdgeTarget::takes_host(std::string_view host, std::string_view server) const {
    if (host_.empty()) return true;
    if (is_named(host)) return bare_host(host) == host_;
    return !is_plain_name(server) || bare_host(server) == host_;
}

}  // namespace gatewatch::probes::nginx
