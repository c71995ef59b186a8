#include <algorithm>
#include <boost/url/parse.hpp>

#include "probes/nginx/choice.hpp"
#include "probes/nginx/judge.hpp"
#include "probes/nginx/secret_values.hpp"

namespace gatewatch::probes::nginx {
namespace {

/// A block that is longer is not read, and would be sent with every look at the status page.
constexpr std::size_t longest_block = 16 * 1024;

}  // namespace

Found& Findings::add(NginxFault fault, bool problem, const Directive* at) {
    const Directive& place = at ? *at : case_.block();
    auto& found = found_.emplace_back();
    auto& finding = found.finding;
    finding.fault = fault;
    finding.problem = problem;
    finding.file = case_.document.sources[place.source].name;
    finding.line = place.line;
    finding.server = name_of_server(*case_.server);
    if (case_.location) finding.location = arguments(*case_.location);
    if (at) {
        finding.directive = without_secret_values(written(*at) + (at->block ? "}" : ""));
        if (at->block && !finding.directive.empty()) finding.directive.pop_back();
        if (finding.directive.empty()) finding.directive = at->name;
    }
    return found;
}

std::vector<NginxFinding> Findings::finish() const {
    const auto mended = [&](const Found& one) -> std::string {
        if (!one.block || !one.edits || one.block->end - one.block->begin > longest_block) return {};
        std::vector<Edit> edits;
        for (const auto& other : found_) {
            if (other.block != one.block || !other.edits) continue;
            if (other.finding.problem || !one.finding.problem)
                edits.insert(edits.end(), other.edits->begin(), other.edits->end());
        }
        if (edits.empty()) return {};
        return without_secret_values(mender().apply(*one.block, std::move(edits)));
    };
    std::vector<NginxFinding> all;
    for (const bool problem : {true, false}) {
        for (const auto& one : found_) {
            if (one.finding.problem != problem) continue;
            auto& finding = all.emplace_back(one.finding);
            finding.mended = mended(one);
            // Without it, the other repairs of the block would not be understood either.
            for (const auto& other : found_) {
                if (!finding.mended.empty() && other.block == one.block && other.edits &&
                    (other.finding.problem || !problem) && finding.for_http.empty())
                    finding.for_http = other.finding.for_http;
            }
        }
    }
    return all;
}

std::string local_address(const config::GatewaySettings& gateway) {
    const auto* route = config::find_route(gateway, Role::local);
    if (!route) return {};
    const auto url = boost::urls::parse_uri(route->url);
    if (!url) return {};
    const std::string host(url->encoded_host());
    const std::string port(url->has_port() ? url->port() : url->scheme() == "https" ? "443" : "80");
    return (host == "localhost" ? "127.0.0.1" : host) + ":" + port;
}

ConnectionValue connection_value(const Case& where) {
    Request plain = where.request;
    plain.upgrade = false;
    bool taken = false;
    for (const auto& map : where.http) {
        if (map.name != "map" || map.args.size() != 2) continue;
        taken = taken || same_text(map.args[1], "$connection_upgrade");
        if (!same_text(map.args[0], "$http_upgrade")) continue;
        const auto with = evaluate(map.args[1], where.request, where.http);
        const auto without = evaluate(map.args[1], plain, where.http);
        if (with && without && same_text(*with, "upgrade") && !same_text(*without, "upgrade"))
            return {map.args[1], {}};
    }
    if (taken) return {"\"upgrade\"", {}};
    return {"$connection_upgrade",
            "map $http_upgrade $connection_upgrade {\n    default upgrade;\n    ''      close;\n}"};
}

std::vector<std::string> proper_location(const Case& where, const std::string& head) {
    const auto address = local_address(where.gateway);
    if (address.empty()) return {};
    const auto timeout = std::max<std::int64_t>(
        90,
        std::chrono::duration_cast<std::chrono::seconds>(where.ping_interval + where.ping_timeout).count() *
            2);
    return {"location " + head + " {",
            "    proxy_pass http://" + address + ";",
            "    proxy_http_version 1.1;",
            "    proxy_set_header Upgrade $http_upgrade;",
            "    proxy_set_header Connection " + connection_value(where).value + ";",
            "    proxy_set_header Host $host;",
            "    proxy_set_header X-Real-IP $remote_addr;",
            "    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;",
            "    proxy_set_header X-Forwarded-Proto $scheme;",
            "    proxy_read_timeout " + std::to_string(timeout) + "s;",
            "    proxy_buffering off;",
            "}"};
}

}  // namespace gatewatch::probes::nginx
