// The part of values.hpp that deals with URLs and addresses.
#include <fmt/format.h>

#include <algorithm>
#include <boost/url.hpp>
#include <charconv>
#include <optional>

#include "config/values.hpp"

namespace gatewatch::config {
namespace {

namespace urls = boost::urls;

std::unexpected<std::string> wrong(std::string message) {
    return std::unexpected(std::move(message));
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

/// A name or IPv4 address, or an IPv6 address in brackets.
bool is_host(std::string_view text) {
    if (text.starts_with('[')) {
        return text.ends_with(']') && urls::parse_ipv6_address(text.substr(1, text.size() - 2)).has_value();
    }
    return !text.empty() && text.size() <= 253 && text.front() != '.' && text.front() != '-' &&
           !text.contains("..") && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '.' || c == '-' || c == '_';
           });
}

std::optional<unsigned> port_number(std::string_view text) {
    unsigned port = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), port);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || port > 65535)
        return std::nullopt;
    return port;
}

/// What is wrong with the beginning of a URL, or nothing.
std::optional<std::string> scheme_problem(std::string_view text) {
    const auto scheme = lower(text.substr(0, std::min(text.find("://"), text.size())));
    if (!text.contains("://")) {
        return R"(must begin with "http://" or "https://", such as "http://im.example.com")";
    }
    if (scheme == "ws")
        return R"(write "http://" instead of "ws://": the probes use both HTTP and WebSocket on it)";
    if (scheme == "wss")
        return R"(write "https://" instead of "wss://": the probes use both HTTP and WebSocket on it)";
    if (scheme != "http" && scheme != "https") return R"(must begin with "http://" or "https://")";
    return std::nullopt;
}

/// The URL without its path, normalised, and the path.
struct Parts {
    std::string base;
    std::string path;
};

Parsed<Parts> parse_http_url(std::string_view text) {
    if (auto problem = scheme_problem(text)) return wrong(*problem);
    const auto parsed = urls::parse_uri(text);
    if (!parsed)
        return wrong(
            R"(is no URL; write scheme, host and perhaps port in ASCII, such as "http://im.example.com:8080")");
    const urls::url_view url = *parsed;
    // Never repeated: it holds a password.
    if (url.has_userinfo())
        return wrong(R"(must not hold a user name or password; remove everything up to "@")");
    if (url.has_query()) return wrong(R"(must not have a query; remove everything from "?" on)");
    if (url.has_fragment()) return wrong(R"(must not have a fragment; remove everything from "#" on)");
    const auto host = lower(std::string_view(url.encoded_host()));
    if (!is_host(host)) {
        return wrong(R"(has no usable host; write a name or an IP address, such as "http://[::1]:7002")");
    }
    const auto scheme = lower(std::string_view(url.scheme()));
    std::string base = scheme + "://" + host;
    if (url.has_port()) {
        const auto port = port_number(std::string_view(url.port()));
        if (!port || *port == 0)
            return wrong("has a wrong port; write a number from 1 to 65535 after the colon");
        if (*port != (scheme == "http" ? 80U : 443U)) base += fmt::format(":{}", *port);
    }
    return Parts{.base = std::move(base), .path = std::string(std::string_view(url.encoded_path()))};
}

/// Splits host:port; checks the host's brackets, but not more of it.
std::optional<std::pair<std::string_view, unsigned>> split_address(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const auto host = text.substr(0, colon);
    const auto port = port_number(text.substr(colon + 1));
    if (!port || !is_host(host)) return std::nullopt;
    return std::pair{host, *port};
}

}  // namespace

Parsed<std::string> parse_base_url(std::string_view text) {
    auto parts = parse_http_url(text);
    if (!parts) return wrong(std::move(parts.error()));
    if (parts->path.empty() || parts->path == "/") return std::move(parts->base);
    return wrong(fmt::format(
        R"(must end after the host and port; write "{}" (Socket.IO's path is the key "path"))", parts->base));
}

Parsed<std::string> parse_page_url(std::string_view text) {
    auto parts = parse_http_url(text);
    if (!parts) return wrong(std::move(parts.error()));
    return parts->base + (parts->path.empty() ? "/" : parts->path);
}

Parsed<std::string> parse_endpoint_path(std::string_view text) {
    if (text.size() < 2 || text.size() > 200 || !text.starts_with('/') || !text.ends_with('/') ||
        text.contains("//")) {
        return wrong(R"(must begin and end with one "/", such as "/socket.io/")");
    }
    const auto parsed = urls::parse_relative_ref(text);
    if (!parsed || parsed->has_query() || parsed->has_fragment()) {
        return wrong(R"(must be the path alone, as it stands in a URL, such as "/socket.io/")");
    }
    return std::string(text);
}

Parsed<std::string> parse_request_path(std::string_view text) {
    const auto parsed = urls::parse_relative_ref(text);
    const bool is_path = text.starts_with('/') && !text.starts_with("//") && text.size() <= 200 && parsed &&
                         !parsed->has_query() && !parsed->has_fragment();
    if (!is_path) {
        return wrong(R"(must be a path alone, as it stands in a URL, such as "/api/health")");
    }
    return std::string(text);
}

Parsed<std::string> parse_address(std::string_view text) {
    const auto address = split_address(text);
    if (address && address->second != 0) return std::string(text);
    return wrong(R"(must be host:port without a scheme, such as "127.0.0.1:3306" or "[::1]:3306")");
}

Parsed<std::string> parse_listen(std::string_view text) {
    const auto address = split_address(text);
    if (address && (address->first.starts_with('[') || urls::parse_ipv4_address(address->first)))
        return std::string(text);
    return wrong(
        R"(must be an IP address and a port, such as "127.0.0.1:9464", "0.0.0.0:9464" or "[::]:9464")");
}

}  // namespace gatewatch::config
