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
std::optional<Text> scheme_problem(std::string_view text) {
    const auto scheme = lower(text.substr(0, std::min(text.find("://"), text.size())));
    if (!text.contains("://")) {
        return Text{R"(must begin with "http://" or "https://", such as "http://im.example.com")",
                    R"(必须以 "http://" 或 "https://" 开头，例如 "http://im.example.com")"};
    }
    if (scheme == "ws" || scheme == "wss") {
        return say(R"(write "{0}://" instead of "{1}://": the probes use both HTTP and WebSocket on it)",
                   R"(请写 "{0}://"，不要写 "{1}://"：探测在同一地址上既用 HTTP 也用 WebSocket)",
                   scheme == "ws" ? "http" : "https", scheme);
    }
    if (scheme != "http" && scheme != "https") {
        return Text{R"(must begin with "http://" or "https://")", R"(必须以 "http://" 或 "https://" 开头)"};
    }
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
    if (!parsed) {
        return wrong({R"(is no URL; write scheme, host and perhaps port in ASCII, such as )"
                      R"("http://im.example.com:8080")",
                      R"(不是 URL；请用 ASCII 写出协议、主机，需要时加端口，例如 )"
                      R"("http://im.example.com:8080")"});
    }
    const urls::url_view url = *parsed;
    // Never repeated: it holds a password.
    if (url.has_userinfo()) {
        return wrong({R"(must not hold a user name or password; remove everything up to "@")",
                      R"(不能含有用户名或密码；请删除“@”及其之前的部分)"});
    }
    if (url.has_query()) {
        return wrong({R"(must not have a query; remove everything from "?" on)",
                      R"(不能带查询参数；请删除“?”及其之后的部分)"});
    }
    if (url.has_fragment()) {
        return wrong({R"(must not have a fragment; remove everything from "#" on)",
                      R"(不能带片段标识；请删除“#”及其之后的部分)"});
    }
    const auto host = lower(std::string_view(url.encoded_host()));
    if (!is_host(host)) {
        return wrong({R"(has no usable host; write a name or an IP address, such as "http://[::1]:7002")",
                      R"(没有可用的主机；请写域名或 IP 地址，例如 "http://[::1]:7002")"});
    }
    const auto scheme = lower(std::string_view(url.scheme()));
    std::string base = scheme + "://" + host;
    if (url.has_port()) {
        const auto port = port_number(std::string_view(url.port()));
        if (!port || *port == 0) {
            return wrong({"has a wrong port; write a number from 1 to 65535 after the colon",
                          "端口不正确；请在冒号后写 1 到 65535 之间的数字"});
        }
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
    return wrong(say(R"(must end after the host and port; write "{}" (Socket.IO's path is the key "path"))",
                     R"(必须到主机和端口为止；请写 "{}"（Socket.IO 的路径写在配置项 "path" 中）)",
                     parts->base));
}

Parsed<std::string> parse_page_url(std::string_view text) {
    auto parts = parse_http_url(text);
    if (!parts) return wrong(std::move(parts.error()));
    return parts->base + (parts->path.empty() ? "/" : parts->path);
}

Parsed<std::string> parse_endpoint_path(std::string_view text) {
    if (text.size() < 2 || text.size() > 200 || !text.starts_with('/') || !text.ends_with('/') ||
        text.contains("//")) {
        return wrong({R"(must begin and end with one "/", such as "/socket.io/")",
                      R"(首尾必须各有一个“/”，例如 "/socket.io/")"});
    }
    const auto parsed = urls::parse_relative_ref(text);
    if (!parsed || parsed->has_query() || parsed->has_fragment()) {
        return wrong({R"(must be the path alone, as it stands in a URL, such as "/socket.io/")",
                      R"(只能是路径，与 URL 中的写法一致，例如 "/socket.io/")"});
    }
    return std::string(text);
}

Parsed<std::string> parse_request_path(std::string_view text) {
    const auto parsed = urls::parse_relative_ref(text);
    const bool is_path = text.starts_with('/') && !text.starts_with("//") && text.size() <= 200 && parsed &&
                         !parsed->has_query() && !parsed->has_fragment();
    if (!is_path) {
        return wrong({R"(must be a path alone, as it stands in a URL, such as "/api/health")",
                      R"(只能是路径，与 URL 中的写法一致，例如 "/api/health")"});
    }
    return std::string(text);
}

Parsed<std::string> parse_address(std::string_view text) {
    const auto address = split_address(text);
    if (address && address->second != 0) return std::string(text);
    return wrong({R"(must be host:port without a scheme, such as "127.0.0.1:3306" or "[::1]:3306")",
                  R"(必须是“主机:端口”，不带协议，例如 "127.0.0.1:3306" 或 "[::1]:3306")"});
}

Parsed<std::string> parse_listen(std::string_view text) {
    const auto address = split_address(text);
    if (address && (address->first.starts_with('[') || urls::parse_ipv4_address(address->first)))
        return std::string(text);
    return wrong(
        {R"(must be an IP address and a port, such as "127.0.0.1:9464", "0.0.0.0:9464" or "[::]:9464")",
         R"(必须是 IP 地址和端口，例如 "127.0.0.1:9464"、"0.0.0.0:9464" 或 "[::]:9464")"});
}

}  // namespace gatewatch::config
