#include <algorithm>
#include <cctype>
#include <set>

#include "probes/nginx/judge.hpp"

namespace gatewatch::probes::nginx {
namespace {

struct Endpoint {
    std::string host;  ///< as it stands
    std::string port;

    /// 127.0.0.1, ::1 and localhost are one machine.
    [[nodiscard]] std::string machine() const {
        const bool loopback = host.starts_with("127.") || host == "localhost" || host == "[::1]";
        return loopback ? "127.0.0.1" : host;
    }
    [[nodiscard]] std::string key() const { return machine() + ":" + port; }
};

Endpoint endpoint_of(std::string_view address, std::string_view default_port) {
    const auto text = lower(address);
    const auto colon = text.rfind(':');
    const auto bracket = text.rfind(']');
    const bool has_port = colon != std::string::npos && (bracket == std::string::npos || colon > bracket);
    if (!has_port) return {text, std::string(default_port)};
    return {text.substr(0, colon), text.substr(colon + 1)};
}

/// The argument of proxy_pass, taken apart.
struct Target {
    std::string authority;
    std::string default_port;
    std::optional<std::string> path;  ///< from the first slash on; nothing: the path goes through as it is
    bool has_port = false;
};

std::optional<Target> target_of(std::string_view url) {
    Target target;
    if (lower(url).starts_with("http://")) {
        target.default_port = "80";
        url.remove_prefix(7);
    } else if (lower(url).starts_with("https://")) {
        target.default_port = "443";
        url.remove_prefix(8);
    } else {
        return std::nullopt;
    }
    if (url.starts_with("unix:")) return std::nullopt;
    const auto end = std::min(url.find_first_of("/?#"), url.size());
    target.authority = lower(url.substr(0, end));
    if (end < url.size()) target.path = std::string(url.substr(end));
    const auto colon = target.authority.rfind(':');
    target.has_port = colon != std::string::npos && colon + 1 < target.authority.size() &&
                      std::isdigit(static_cast<unsigned char>(target.authority[colon + 1]));
    return target;
}

const Directive* upstream_of(const Case& where, const Target& target) {
    for (const auto& block : where.http) {
        if (block.name == "upstream" && block.block && !block.args.empty() && !target.has_port &&
            lower(block.args[0]) == target.authority)
            return &block;
    }
    return nullptr;
}

bool has_option(const Directive& server, std::string_view option) {
    return std::ranges::find(server.args, option) != server.args.end();
}

/// The servers that take requests while all are well.
std::vector<const Directive*> active(const Directive& upstream) {
    std::vector<const Directive*> servers;
    for (const auto& server : upstream.children) {
        if (server.name == "server" && !server.args.empty() && !has_option(server, "down") &&
            !has_option(server, "backup"))
            servers.push_back(&server);
    }
    return servers;
}

bool changes_path(const Case& where, const Target& target) {
    if (!target.path || !where.path_known || !where.location) return false;
    // Behind an expression or a name, nginx allows no path here.
    const std::string_view prefix = where.location->args.back();
    if (!prefix.starts_with('/') || !where.request.path.starts_with(prefix)) return false;
    return *target.path + where.request.path.substr(prefix.size()) != where.gateway.path;
}

/// Only a port that differs on one and the same machine is certain: containers and other names may hide the
/// same backend behind another address.
bool leads_elsewhere(const Case& where, const std::vector<Endpoint>& endpoints) {
    const auto local = local_address(where.gateway);
    if (local.empty() || endpoints.empty()) return false;
    const auto wanted = endpoint_of(local, "80");
    return std::ranges::all_of(endpoints, [&](const Endpoint& one) {
        return one.machine() == wanted.machine() && one.port != wanted.port;
    });
}

/// The proxy_pass line with everything about it set right.
std::string proper_pass(const Case& where, const Directive& pass, const Target& target) {
    const auto& url = pass.args.front();
    const auto start = url.find("://") + 3;
    auto authority = url.substr(start, url.find_first_of("/?#", start) - start);
    if (leads_elsewhere(where, {endpoint_of(target.authority, target.default_port)}))
        authority = local_address(where.gateway);
    if (endpoint_of(authority, "").host == "localhost")
        authority.replace(0, std::string_view("localhost").size(), "127.0.0.1");
    const auto path = changes_path(where, target) ? std::string() : target.path.value_or("");
    return "proxy_pass " + url.substr(0, start) + authority + path + ";";
}

/// The server line of an upstream with another address.
std::string server_line(const Directive& server, const std::string& address) {
    auto text = "server " + address;
    for (std::size_t i = 1; i < server.args.size(); ++i) text += " " + server.args[i];
    return text + ";";
}

void judge_stickiness(Findings& findings, const Directive& upstream) {
    std::set<std::string> backends;
    for (const auto* server : active(upstream)) {
        if (server->args[0].starts_with("unix:"))
            backends.insert(server->args[0]);
        else
            backends.insert(endpoint_of(server->args[0], "80").key());
    }
    if (backends.size() < 2) return;
    static constexpr std::string_view round[] = {
        "server",         "zone",       "keepalive", "keepalive_requests", "keepalive_timeout",
        "keepalive_time", "least_conn", "random",    "least_time"};
    // ip_hash, hash, sticky, a balancer of its own: sticky, or cannot tell.
    for (const auto& directive : upstream.children) {
        if (std::ranges::find(round, directive.name) == std::end(round)) return;
    }
    auto& found = findings.add(NginxFault::not_sticky, true, &upstream);
    const auto is_backup = [](const Directive& one) {
        return one.name == "server" && has_option(one, "backup");
    };
    if (std::ranges::any_of(upstream.children, is_backup)) return;  // ip_hash knows no backup
    found.block = &upstream;
    for (const char* method : {"least_conn", "random", "least_time"}) {
        if (const auto* old = find(upstream.children, method)) {
            found.edits = findings.mender().replace(upstream, *old, "ip_hash;");
            return;
        }
    }
    found.edits = findings.mender().add(upstream, {"ip_hash;"}, {});
}

/// proxy_pass with an address in it.
void judge_direct(const Case& where, Findings& findings, const Directive& pass, const Target& target) {
    const auto endpoint = endpoint_of(target.authority, target.default_port);
    const auto add = [&](NginxFault fault, bool problem) {
        auto& found = findings.add(fault, problem, &pass);
        found.block = &where.block();
        found.edits = findings.mender().replace(where.block(), pass, proper_pass(where, pass, target));
    };
    if (changes_path(where, target)) add(NginxFault::path_rewritten, true);
    if (leads_elsewhere(where, {endpoint})) add(NginxFault::other_upstream, true);
    if (endpoint.host == "localhost") add(NginxFault::upstream_by_name, false);
}

/// proxy_pass with the name of an upstream block.
void judge_block(const Case& where, Findings& findings, const Directive& pass, const Target& target,
                 const Directive& upstream) {
    if (changes_path(where, target)) {
        auto& found = findings.add(NginxFault::path_rewritten, true, &pass);
        found.block = &where.block();
        found.edits = findings.mender().replace(where.block(), pass, proper_pass(where, pass, target));
    }
    const auto servers = active(upstream);
    std::vector<Endpoint> endpoints;
    for (const auto* server : servers) endpoints.push_back(endpoint_of(server->args[0], "80"));
    const auto add = [&](NginxFault fault, bool problem, const Directive& server,
                         const std::string& address) {
        auto& found = findings.add(fault, problem, &server);
        if (address.empty()) return;
        found.block = &upstream;
        found.edits = findings.mender().replace(upstream, server, server_line(server, address));
    };
    if (leads_elsewhere(where, endpoints)) {
        // Of several, nobody can say which was meant.
        const bool one = servers.size() == 1;
        add(NginxFault::other_upstream, true, *servers.front(), one ? local_address(where.gateway) : "");
        if (one) return;
    }
    const auto named = std::ranges::find(endpoints, "localhost", &Endpoint::host);
    if (named != endpoints.end())
        add(NginxFault::upstream_by_name, false,
            *servers[static_cast<std::size_t>(named - endpoints.begin())], "127.0.0.1:" + named->port);
}

}  // namespace

void judge_upstream(const Case& where, Findings& findings) {
    const auto* pass = find(where.block().children, "proxy_pass");
    if (!pass || pass->args.empty()) return;
    const bool variables = pass->args[0].find('$') != std::string::npos;
    const auto url = evaluate(pass->args[0], where.request, where.http);
    const auto target = url ? target_of(*url) : std::nullopt;
    if (!target) return;
    const auto* upstream = upstream_of(where, *target);
    if (upstream) judge_stickiness(findings, *upstream);
    if (variables) return;  // the rest would have to be written into the variable
    if (upstream)
        judge_block(where, findings, *pass, *target, *upstream);
    else
        judge_direct(where, findings, *pass, *target);
}

}  // namespace gatewatch::probes::nginx
