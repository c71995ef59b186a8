#include "agent/web/request_guard.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/beast/core/string.hpp>
#include <string_view>

namespace gatewatch::agent::web {
namespace {

bool is_same(std::string_view a, std::string_view b) {
    return boost::beast::iequals(a, b);
}

std::string_view without_port(std::string_view host) {
    if (host.starts_with('[')) return host.substr(0, std::min(host.find(']') + 1, host.size()));
    return host.substr(0, host.find(':'));
}

/// What listens is an address or localhost, so the name that it is configured by is among these.
bool is_own(std::string_view host) {
    std::string_view name = without_port(host);
    if (is_same(name, "localhost")) return true;
    if (name.starts_with('[') && name.ends_with(']')) name = name.substr(1, name.size() - 2);
    boost::system::error_code error;
    boost::asio::ip::make_address(name, error);
    return !error;
}

bool is_origin_of(std::string_view origin, std::string_view host) {
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (origin.starts_with(scheme)) return is_same(origin.substr(scheme.size()), host);
    }
    return false;
}

}  // namespace

std::optional<Text> refuse_post(const Request& request, std::string_view word) {
    bool asked = false;
    for (const auto& [name, value] : request.headers) {
        if (is_same(name, "X-Gatewatch")) asked = value == word;
        if (is_same(name, "Sec-Fetch-Site") && value != "same-origin" && value != "none") {
            return say("a page of another site made this request (Sec-Fetch-Site: {})",
                       "这个请求来自另一个网站的页面（Sec-Fetch-Site: {}）", value);
        }
        if (is_same(name, "Origin") && !is_origin_of(value, request.host)) {
            return say("a page of another origin made this request: {}, and not this agent's {}",
                       "这个请求来自另一个来源的页面：{}，而不是本探测器的 {}", value, request.host);
        }
    }
    if (!is_own(request.host)) {
        return say(
            "the Host \"{}\" may be anybody's name for this address; ask by IP address or as localhost",
            "Host \"{}\" 可能是别人给这个地址起的名字；请用 IP 地址或 localhost 访问", request.host);
    }
    if (!asked) {
        return say("the header \"X-Gatewatch: {}\" is missing, which a page of another site cannot send",
                   "缺少请求头 \"X-Gatewatch: {}\"；其他网站的页面无法发送它", word);
    }
    return std::nullopt;
}

}  // namespace gatewatch::agent::web
