// Who answered, and what that means: from an HTTP response to an Answer and a reason (reference table "Who
// answered"). Pure. Used by the probes for every response that is not the protocol's own.
#pragma once

#include <optional>
#include <string_view>

#include "config/secret.hpp"
#include "probes/net/transport.hpp"

namespace gatewatch::probes::socketio {

/// What was asked: engine.io answers the same fault differently to an upgrade and to a plain request.
enum class Asked { polling, upgrade };

/// Names the author of a response from its status, its header and the start of its body.
[[nodiscard]] Answer describe(const net::HttpReply& reply, const std::optional<Secret>& secret);

/// Why a response that is no Engine.IO payload failed the probe.
[[nodiscard]] Reason reason_for(const Answer& answer, Asked asked);

}  // namespace gatewatch::probes::socketio
