#include "probes/nginx/choice.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include "probes/nginx/listen.hpp"
#include "probes/nginx/pattern.hpp"

namespace gatewatch::probes::nginx {
namespace {

std::vector<std::string> names_of(const Directive& server) {
    std::vector<std::string> names;
    for (const auto& directive : server.children) {
        if (directive.name == "server_name")
            names.insert(names.end(), directive.args.begin(), directive.args.end());
    }
    return names;
}

using Servers = std::vector<const Directive*>;

struct Named {
    const Directive* server = nullptr;
    bool undecided = false;
};

/// The names of the servers of one socket, as nginx registers them: of two that clash, the first counts.
class Names {
  public:
    explicit Names(const Servers& servers) {
        for (const auto* server : servers) {
            for (const auto& written : names_of(*server)) {
                if (written.starts_with('~')) {
                    expressions_.emplace_back(written, server);
                } else {
                    add(lower(written), server);
                }
            }
        }
    }

    /// nginx's order: exact, the longest *.name, the longest name.*, the first expression.
    [[nodiscard]] Named find(const std::string& host) const {
        if (const auto found = exact_.find(host); found != exact_.end()) return {found->second, false};
        if (exact_.contains("$hostname")) return {nullptr, true};
        const Directive* best = nullptr;
        std::size_t length = 0;
        for (const auto& [key, head] : heads_) {
            const bool fits = host.ends_with("." + key) || (head.dotted && host == key);
            if (fits && key.size() >= length) best = head.server, length = key.size();
        }
        if (best) return {best, false};
        for (const auto& [key, server] : tails_) {
            if (host.starts_with(key + ".") && key.size() >= length) best = server, length = key.size();
        }
        return best ? Named{best, false} : expression(host);
    }

  private:
    struct Head {
        const Directive* server;
        bool dotted;  ///< ".example.com", which means example.com too
    };

    void add(const std::string& name, const Directive* server) {
        if (name.starts_with("*.")) {
            heads_.try_emplace(name.substr(2), Head{server, false});
        } else if (name.ends_with(".*")) {
            tails_.try_emplace(name.substr(0, name.size() - 2), server);
        } else if (name.starts_with('.')) {
            if (taken_.insert(name.substr(1)).second) heads_.try_emplace(name.substr(1), Head{server, true});
        } else if (taken_.insert(name).second) {
            exact_.emplace(name, server);
        }
    }

    [[nodiscard]] Named expression(const std::string& host) const {
        for (const auto& [text, server] : expressions_) {
            const bool caseless = std::ranges::any_of(text, [](unsigned char c) { return std::isupper(c); });
            const auto matches = Pattern::search(std::string_view(text).substr(1), host, caseless);
            if (!matches) return {nullptr, true};
            if (*matches) return {server, false};
        }
        return {};
    }

    std::set<std::string> taken_;
    std::map<std::string, const Directive*> exact_;
    std::map<std::string, Head> heads_;
    std::map<std::string, const Directive*> tails_;
    std::vector<std::pair<std::string, const Directive*>> expressions_;
};

bool is_loopback(std::string_view address) {
    return address.starts_with("127.") || address == "[::1]" || address == "localhost";
}

bool is_wildcard(std::string_view address) {
    return address == "*" || address == "[::]";
}

/// The addresses on which a request for that host may come in. A public name can be any of them but those of
/// the loopback, unless there are no others.
std::set<std::string> likely(const std::set<std::string>& addresses, const std::string& host) {
    std::set<std::string> out;
    if (addresses.contains(host)) return {host};
    const bool local = is_loopback(host);
    const bool address = host.starts_with('[') || all_digits(host.substr(host.rfind('.') + 1));
    for (const auto& one : addresses) {
        const bool fits = address ? is_wildcard(one) && (one == "*") != host.starts_with('[')
                          : local ? is_loopback(one) || is_wildcard(one)
                                  : !is_loopback(one);
        if (fits) out.insert(one);
    }
    return out.empty() ? addresses : out;
}

/// One socket: the servers that share it, the default one, whether it speaks TLS.
struct Socket {
    Servers servers;
    const Directive* fallback = nullptr;
    bool tls = false;
};

Socket socket_of(const Servers& servers, const std::string& address, const std::string& port) {
    Socket socket;
    for (const auto* server : servers) {
        for (const auto& listen : listens_of(*server)) {
            if (listen.address != address || listen.port != port) continue;
            if (socket.servers.empty() || socket.servers.back() != server) socket.servers.push_back(server);
            if (listen.is_default) socket.fallback = server;
            const auto* ssl = find(server->children, "ssl");  // the old way to say it
            socket.tls = socket.tls || listen.tls || (ssl && !ssl->args.empty() && ssl->args[0] == "on");
        }
    }
    if (!socket.fallback && !socket.servers.empty()) socket.fallback = socket.servers.front();
    return socket;
}

/// No server listens on the port: a load balancer may publish another one. The name alone decides.
ServerChoice by_name_only(const Servers& servers, const std::string& host) {
    std::set<std::pair<std::string, std::string>> sockets;
    for (const auto* server : servers) {
        for (const auto& listen : listens_of(*server)) sockets.emplace(listen.address, listen.port);
    }
    ServerChoice choice;
    choice.port_found = false;
    std::set<const Directive*> fallbacks;
    for (const auto& [address, port] : sockets) {
        const auto socket = socket_of(servers, address, port);
        const auto named = Names(socket.servers).find(host);
        const bool differs = named.server && choice.server && named.server != choice.server;
        choice.undecided = choice.undecided || named.undecided || differs;
        if (named.server) choice.server = named.server;
        fallbacks.insert(socket.fallback);
    }
    choice.by_name = choice.server != nullptr;
    if (choice.undecided) choice.server = nullptr;
    if (!choice.undecided && !choice.server && fallbacks.size() == 1) choice.server = *fallbacks.begin();
    return choice;
}

}  // namespace

std::string name_of_server(const Directive& server) {
    const auto names = names_of(server);
    return names.empty() ? std::string() : names.front();
}

ServerChoice choose_server(const std::vector<Directive>& http, const Request& request) {
    Servers servers;
    std::set<std::string> addresses;
    for (const auto& directive : http) {
        if (directive.name != "server" || !directive.block) continue;
        servers.push_back(&directive);
        for (const auto& listen : listens_of(directive)) {
            if (listen.port == request.port) addresses.insert(listen.address);
        }
    }
    if (addresses.empty()) return by_name_only(servers, request.host);
    // Each socket has servers of its own. Where sockets disagree, one that knows the name is meant.
    std::set<const Directive*> named;
    std::set<const Directive*> fallbacks;
    std::set<bool> tls;
    ServerChoice choice;
    for (const auto& address : likely(addresses, request.host)) {
        const auto socket = socket_of(servers, address, request.port);
        const auto match = Names(socket.servers).find(request.host);
        choice.undecided = choice.undecided || match.undecided;
        if (match.server) named.insert(match.server);
        if (!match.server) fallbacks.insert(socket.fallback);
        tls.insert(socket.tls);
    }
    choice.by_name = !named.empty();
    const auto& found = choice.by_name ? named : fallbacks;
    choice.undecided = choice.undecided || found.size() > 1;
    if (!choice.undecided) choice.server = *found.begin();
    if (tls.size() == 1) choice.tls = *tls.begin();
    return choice;
}

}  // namespace gatewatch::probes::nginx
