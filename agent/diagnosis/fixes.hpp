// What to do about each cause, in the user's own values: the lines to change and the commands to run, in both
// languages. One function a cause; the table in rules.cpp names them.
#pragma once

#include <string>

#include "agent/diagnosis/facts.hpp"
#include "agent/diagnosis/verdict.hpp"

namespace gatewatch::agent {

/// The values of one gateway that its fixes name; what is not configured is said in words.
struct Values {
    std::string public_url;
    std::string public_host;     ///< without scheme and port
    std::string public_address;  ///< host:port, the scheme's own port too
    std::string public_port;
    bool public_by_name = true;  ///< else by an address, which no server_name and no SNI can hold
    std::string local_url;       ///< what proxy_pass should lead to; 127.0.0.1 in place of localhost
    std::string path;
    std::string namespace_;
    std::string origin;
    std::string app;
    std::string pm2_home;
    std::string log_files;  ///< all that are followed, as a shell takes them
    std::string out_log;    ///< of these, what the app says
    std::string error_log;  ///< and its errors; all of them where `files` does not say which these are
    std::string database;   ///< its address or socket; empty: not configured
    std::string table;      ///< with its database; empty: not configured
    std::string time_zone;
};

[[nodiscard]] Values values_of(const config::GatewaySettings& gateway);

/// Which server block of nginx the public route should meet: "the server block of im.example.com".
[[nodiscard]] Text server_block(const Values& values);
/// The right nginx location for the gateway, four spaces deep, as it stands inside `server`.
[[nodiscard]] std::string location_block(const Values& values);
/// What to put in place of the backend's address where no local route tells it; else empty.
[[nodiscard]] Text address_hint(const Facts& facts);

namespace fix {
Text prober_unhealthy(const Facts& facts);
Text token_unavailable(const Facts& facts);
Text no_token(const Facts& facts);
Text log_blind(const Facts& facts);

Text backend_down(const Facts& facts);
Text backend_hung(const Facts& facts);
Text path_mismatch(const Facts& facts);
Text eio_mismatch(const Facts& facts);
Text namespace_invalid(const Facts& facts);
Text origin_denied(const Facts& facts);
Text transport_disabled(const Facts& facts);
Text not_socketio(const Facts& facts);
Text connect_unanswered(const Facts& facts);
Text ready_missing(const Facts& facts);

Text auth_bypassed(const Facts& facts);
Text token_missing(const Facts& facts);
Text own_token(const Facts& facts);
Text tz_skew(const Facts& facts);
Text auth_rejected(const Facts& facts);
Text database_down(const Facts& facts);

Text dns_failed(const Facts& facts);
Text tcp_refused(const Facts& facts);
Text tcp_timeout(const Facts& facts);
Text tls_expired(const Facts& facts);
Text tls_untrusted(const Facts& facts);
Text tls_name_mismatch(const Facts& facts);
Text tls_not_tls(const Facts& facts);

Text redirect(const Facts& facts);
Text wrong_vhost(const Facts& facts);
Text location_missing(const Facts& facts);
Text path_rewritten(const Facts& facts);
Text wrong_upstream(const Facts& facts);
Text upstream_unreachable(const Facts& facts);
Text header_too_large(const Facts& facts);
Text rate_limited(const Facts& facts);
Text post_blocked(const Facts& facts);
Text proxy_denied(const Facts& facts);
Text upgrade_stripped(const Facts& facts);

Text restart_loop(const Facts& facts);
Text capacity(const Facts& facts);
Text not_sticky(const Facts& facts);
Text cached_handshake(const Facts& facts);
Text idle_timeout(const Facts& facts);
Text cors_duplicate(const Facts& facts);
Text cors_mismatch(const Facts& facts);

Text env_misconfigured(const Facts& facts);
Text frontend_misconfigured(const Facts& facts);
}  // namespace fix

}  // namespace gatewatch::agent
