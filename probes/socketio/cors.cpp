#include "probes/socketio/cors.hpp"

#include <algorithm>
#include <cctype>

namespace gatewatch::probes::socketio {
namespace {

/// All values of that header, joined as Fetch joins them; nothing if it did not come.
std::optional<std::string> combined(const net::HttpReply& reply, std::string_view wanted) {
    std::optional<std::string> joined;
    for (const auto& [name, value] : reply.headers) {
        bool same = std::ranges::equal(name, wanted, {}, [](unsigned char c) { return std::tolower(c); });
        if (!same) continue;
        joined = joined ? *joined + ", " + value : value;
    }
    return joined;
}

}  // namespace

std::optional<CorsVerdict> judge_cors(const net::HttpReply& reply, std::string_view origin,
                                      std::string_view own_origin) {
    if (origin.empty()) return std::nullopt;
    auto allowed = combined(reply, "access-control-allow-origin");
    if (!allowed) {
        // Where the page comes from the server itself a browser asks for no CORS header at all. Should one
        // come nevertheless, somebody means to let pages from elsewhere in, and it is judged: origin is only
        // by default the route's own, and a wrong FRONTEND_URL would else go unseen.
        if (origin == own_origin) return std::nullopt;
        return CorsVerdict{CorsFault::missing, ""};
    }
    if (*allowed == origin) return std::nullopt;
    if (allowed->contains(',')) return CorsVerdict{CorsFault::duplicate, *allowed};
    if (*allowed != "*") return CorsVerdict{CorsFault::other_origin, *allowed};
    // "*" serves a client that sends no credentials, as Socket.IO's does by default. A server that allows
    // them expects a client that does send them, and there a browser takes no "*". The value is
    // case-sensitive (Fetch, CORS check).
    if (combined(reply, "access-control-allow-credentials") != "true") return std::nullopt;
    return CorsVerdict{CorsFault::wildcard, *allowed};
}

}  // namespace gatewatch::probes::socketio
