// The names that a configuration file may use for probes, routes, collectors and the log's events. They are
// metric labels too. The rest of the closed lists stands where it belongs: reasons and phases in probes/,
// causes in agent/.
#pragma once

#include "config/enum_names.hpp"

namespace gatewatch {

/// What runs on a schedule over a route and ends in one outcome.
GATEWATCH_ENUM(ProbeKind, websocket, polling, upgrade, hold, sticky, header_token, other_eio, http,
               expired_token, revoked_token, missing_token);

/// A way to the gateway: the URL that users take, or straight to the backend. Decides whom a failure blames.
GATEWATCH_ENUM(Role, public_, local);

/// What watches a thing beside the wire.
GATEWATCH_ENUM(CollectorKind, mysql, pm2_log, pm2_process, nginx_config, nginx_log, frontend, env_files);

/// What a line of the backend's log says.
GATEWATCH_ENUM(EventKind, attempt, disconnect, token_auth_present, token_auth_absent, token_header_present,
               token_header_absent, verify, accepted, rejected_unknown, rejected_expired, rejected_missing,
               error);

}  // namespace gatewatch
