#include "probes/frontend/csp.hpp"

#include <algorithm>
#include <charconv>

namespace gatewatch::probes::frontend {
namespace {

constexpr std::string_view blanks = " \t\r\n\f";

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

std::string_view trimmed(std::string_view text) {
    const auto from = std::min(text.find_first_not_of(blanks), text.size());
    const auto to = text.find_last_not_of(blanks);
    return to == std::string_view::npos ? std::string_view{} : text.substr(from, to - from + 1);
}

std::vector<std::string> split(std::string_view text, std::string_view separators) {
    std::vector<std::string> parts;
    while (!text.empty()) {
        const auto end = std::min(text.find_first_of(separators), text.size());
        if (const auto part = trimmed(text.substr(0, end)); !part.empty()) parts.emplace_back(part);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return parts;
}

/// The first directive of that name; later ones of the same name do not count.
std::optional<std::string> directive(std::string_view policy, std::string_view name) {
    for (auto& each : split(policy, ";")) {
        if (lower(each.substr(0, each.find_first_of(blanks))) == name) return std::move(each);
    }
    return std::nullopt;
}

/// Section 6.7.2.9: a source's scheme covers its secure version, and that of WebSocket the one of HTTP.
bool scheme_covers(std::string_view source, std::string_view scheme) {
    if (source == scheme) return true;
    if (source == "http") return scheme == "https";
    if (source == "ws") return scheme == "wss" || scheme == "http" || scheme == "https";
    return source == "wss" && scheme == "https";
}

/// 'self', and a source without a scheme: the page's own or one that is at least as safe.
bool page_covers(const PageUrl& page, const PageUrl& target) {
    return target.secure() || !page.secure();
}

bool host_covers(std::string_view source, std::string_view host) {
    if (source == "*") return true;
    if (source.starts_with("*.")) return host.size() > source.size() - 1 && host.ends_with(source.substr(1));
    return source == host;
}

bool port_covers(std::string_view source, const PageUrl& target) {
    if (source == "*") return true;
    if (source.empty()) return target.port == default_port(target.scheme);
    unsigned port = 0;
    std::from_chars(source.data(), source.data() + source.size(), port);
    return port == target.port || (port == 80 && target.port == 443 && target.secure());
}

bool path_covers(std::string_view source, std::string_view path) {
    if (source.empty() || source == "/") return true;
    return source.ends_with('/') ? path.starts_with(source) : path == source;
}

bool host_source_covers(std::string_view source, const PageUrl& page, const PageUrl& target) {
    if (const auto scheme_end = source.find("://"); scheme_end != std::string_view::npos) {
        if (!scheme_covers(lower(source.substr(0, scheme_end)), target.scheme)) return false;
        source.remove_prefix(scheme_end + 3);
    } else if (!page_covers(page, target)) {
        return false;
    }
    const auto path = std::min(source.find('/'), source.size());
    const auto authority = lower(source.substr(0, path));
    const auto bracket = authority.starts_with('[') ? authority.find(']') : 0;
    const auto colon = bracket == std::string::npos ? bracket : authority.find(':', bracket);
    const auto host = std::string_view(authority).substr(0, colon);
    const auto port =
        colon == std::string::npos ? std::string_view{} : std::string_view(authority).substr(colon + 1);
    return host_covers(host, target.host) && port_covers(port, target) &&
           path_covers(source.substr(path), target.path);
}

bool self_covers(const PageUrl& page, const PageUrl& target) {
    if (page.host != target.host || !page_covers(page, target)) return false;
    return page.port == target.port ||
           (page.port == default_port(page.scheme) && target.port == default_port(target.scheme));
}

bool covers(const std::string& source, const PageUrl& page, const PageUrl& target) {
    const auto word = lower(source);
    if (word == "*") return true;  // of the network's schemes, and there are no others here
    if (word == "'self'") return self_covers(page, target);
    if (word.starts_with('\'')) return false;  // 'none', and what is not for connections
    if (word.ends_with(':') && !word.contains('/')) {
        return scheme_covers(std::string_view(word).substr(0, word.size() - 1), target.scheme);
    }
    return host_source_covers(source, page, target);
}

}  // namespace

std::vector<std::string> split_policies(std::string_view header) {
    return split(header, ",");
}

std::optional<std::string> blocked_by(std::string_view policy, const PageUrl& page, const PageUrl& target) {
    auto rule = directive(policy, "connect-src");
    if (!rule) rule = directive(policy, "default-src");
    if (!rule) return std::nullopt;
    auto sources = split(*rule, blanks);
    sources.erase(sources.begin());
    if (std::ranges::any_of(sources, [&](const auto& source) { return covers(source, page, target); }))
        return std::nullopt;
    return rule;
}

bool upgrades_insecure(std::string_view policy) {
    return directive(policy, "upgrade-insecure-requests").has_value();
}

}  // namespace gatewatch::probes::frontend
