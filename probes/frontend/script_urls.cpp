#include "probes/frontend/script_urls.hpp"

#include <algorithm>

#include "probes/frontend/url_context.hpp"

namespace gatewatch::probes::frontend {
namespace {

constexpr std::size_t most_urls = 200;
constexpr std::size_t most_chunks = 100;

/// Without what may be a secret: user and password, and the query.
std::string shown(std::string_view literal) {
    literal = literal.substr(0, literal.find_first_of("?#"));
    const auto host = literal.find("://") + 3;
    const auto path = std::min(literal.find('/', host), literal.size());
    const auto user = literal.substr(host, path - host).rfind('@');
    const auto from = user == std::string_view::npos ? host : host + user + 1;
    return std::string(literal.substr(0, host)) + std::string(literal.substr(from));
}

/// The beginning of "http://", "wss://" … whose "://" stands there, if a quote stands before it.
std::size_t scheme_start(std::string_view script, std::size_t separator) {
    for (const std::string_view scheme : {"https", "http", "wss", "ws"}) {
        if (separator <= scheme.size()) continue;
        const auto from = separator - scheme.size();
        if (script.substr(from, scheme.size()) == scheme && is_quote(script[from - 1])) return from;
    }
    return std::string_view::npos;
}

}  // namespace

std::vector<BakedUrl> find_urls(std::string_view script, std::string_view namespace_) {
    const auto variables = variables_before(namespace_, script);
    std::vector<BakedUrl> found;
    for (auto at = script.find("://"); at != std::string_view::npos && found.size() < most_urls;
         at = script.find("://", at + 3)) {
        const auto from = scheme_start(script, at);
        if (from == std::string_view::npos) continue;
        const auto end = std::min(script.find_first_of("\"'`\\ \r\n<>$", from), script.size());
        const auto literal = script.substr(from, end - from);
        auto url = parse_page_url(literal);
        if (!url) continue;
        const auto start = from - 1;
        const bool closed = end < script.size() && script[end] == script[start];
        const Place place{.before = without_end(
                              script.substr(start > context ? start - context : 0, std::min(start, context))),
                          .after = closed ? script.substr(end + 1, context) : std::string_view{},
                          .namespace_ = namespace_};
        const auto fallback = fallback_of(place.before);
        if (fallback == Fallback::never) continue;
        found.push_back({.url = *url,
                         .literal = shown(literal),
                         .gateway = speaks_of_gateway(place, *url, variables),
                         .conditional = fallback == Fallback::perhaps || is_branch(place.before) ||
                                        chooses_by_environment(place.before)});
    }
    return found;
}

std::vector<std::string> chunk_names(std::string_view script) {
    std::vector<std::string> names;
    for (auto at = script.find(".js"); at != std::string_view::npos && names.size() < most_chunks;
         at = script.find(".js", at + 3)) {
        const auto end = at + 3;
        if (end >= script.size() || !is_quote(script[end])) continue;
        const auto limit = at > 200 ? at - 200 : 0;
        auto from = at;
        while (from > limit &&
               (is_name(script[from - 1]) || std::string_view("-./~@").contains(script[from - 1]))) {
            --from;
        }
        if (from == 0 || script[from - 1] != script[end]) continue;
        std::string name(script.substr(from, end - from));
        const bool is_path = name.contains('/') && !name.contains("//");
        if (is_path && std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
    }
    return names;
}

bool is_websocket_only(std::string_view script) {
    for (auto at = script.find("transports"); at != std::string_view::npos;
         at = script.find("transports", at + 1)) {
        auto rest = without_start(script.substr(at + 10, 60));
        if (!rest.starts_with(':') && !rest.starts_with('=')) continue;
        rest = without_start(rest.substr(1));
        if (!rest.starts_with('[')) continue;
        rest = without_start(rest.substr(1));
        if (rest.size() < 12 || !is_quote(rest[0]) || rest.substr(1, 9) != "websocket") continue;
        if (without_start(rest.substr(11)).starts_with(']')) return true;
    }
    return false;
}

}  // namespace gatewatch::probes::frontend
