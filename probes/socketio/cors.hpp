// What a browser at the frontend's origin would say of an answer's CORS headers (Fetch, "CORS check"). Pure.
// Used by the polling probe: WebSocket upgrades are not subject to CORS.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "probes/net/transport.hpp"

namespace gatewatch::probes::socketio {

struct CorsVerdict {
    CorsFault fault = CorsFault::missing;
    std::string seen;  ///< Access-Control-Allow-Origin as a browser reads it: all of them, joined by ", "
};

/// Why a page at `origin` could not read this answer of a server at `own_origin`; nothing if it could. Both
/// origins as the configuration loader normalises them, which is how a browser writes them; an empty `origin`
/// is not judged.
[[nodiscard]] std::optional<CorsVerdict> judge_cors(const net::HttpReply& reply, std::string_view origin,
                                                    std::string_view own_origin);

}  // namespace gatewatch::probes::socketio
