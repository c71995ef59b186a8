#include "probes/frontend/page_url.hpp"

#include <algorithm>
#include <boost/url.hpp>

namespace gatewatch::probes::frontend {
namespace {

namespace urls = boost::urls;

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

std::optional<PageUrl> taken_apart(const urls::url_view& url) {
    PageUrl page;
    page.scheme = lower(std::string_view(url.scheme()));
    if (page.scheme != "http" && page.scheme != "https" && page.scheme != "ws" && page.scheme != "wss")
        return std::nullopt;
    page.host = lower(std::string_view(url.encoded_host()));
    if (page.host.empty()) return std::nullopt;
    page.has_port = url.has_port() && url.port_number() != 0;
    page.port = page.has_port ? url.port_number() : default_port(page.scheme);
    page.path = std::string(std::string_view(url.encoded_path()));
    if (page.path.empty()) page.path = "/";
    urls::url whole(url);
    whole.remove_fragment();
    if (url.encoded_path().empty()) whole.set_encoded_path("/");
    page.text = std::string(std::string_view(whole.buffer()));
    return page;
}

}  // namespace

std::optional<PageUrl> parse_page_url(std::string_view text) {
    const auto url = urls::parse_uri(text);
    return url ? taken_apart(*url) : std::nullopt;
}

std::optional<PageUrl> resolve(const PageUrl& base, std::string_view reference) {
    while (!reference.empty() && static_cast<unsigned char>(reference.front()) <= ' ')
        reference.remove_prefix(1);
    while (!reference.empty() && static_cast<unsigned char>(reference.back()) <= ' ')
        reference.remove_suffix(1);
    const auto from = urls::parse_uri(base.text);
    const auto to = urls::parse_uri_reference(reference);
    if (!from || !to) return std::nullopt;
    urls::url whole;
    if (!urls::resolve(*from, *to, whole)) return std::nullopt;
    return taken_apart(whole);
}

bool is_loopback(std::string_view host) {
    if (host == "localhost" || host.ends_with(".localhost") || host == "0.0.0.0") return true;
    if (const auto v4 = urls::parse_ipv4_address(host)) return v4->is_loopback();
    if (host.starts_with('[') && host.ends_with(']')) {
        const auto v6 = urls::parse_ipv6_address(host.substr(1, host.size() - 2));
        return v6 && (v6->is_loopback() || v6->is_unspecified());
    }
    return false;
}

}  // namespace gatewatch::probes::frontend
