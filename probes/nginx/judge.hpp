// What is wrong, or worth knowing, at the place that serves the Socket.IO path: one function for each
// subject. A finding is made only where the configuration alone decides it. Used by inspect(). Pure.
#pragma once

#include <optional>
#include <vector>

#include "config/settings.hpp"
#include "probes/nginx/mend.hpp"
#include "probes/nginx/values.hpp"
#include "probes/samples.hpp"

namespace gatewatch::probes::nginx {

/// The request and the place that nginx takes it to.
struct Case {
    const Document& document;
    const std::vector<Directive>& http;
    const config::GatewaySettings& gateway;
    std::chrono::milliseconds ping_interval;
    std::chrono::milliseconds ping_timeout;
    Request request;                      ///< a WebSocket's
    const Directive* server = nullptr;    ///< set
    const Directive* location = nullptr;  ///< nullptr: the server itself
    Scope scope;                          ///< the location's or the server's level first
    bool path_known = true;               ///< no rewrite has changed it

    [[nodiscard]] const Directive& block() const { return location ? *location : *server; }
};

/// A finding with the repair that makes its `mended`.
struct Found {
    NginxFinding finding;
    const Directive* block = nullptr;  ///< which block is mended; nullptr: nothing to write
    Edits edits;
};

class Findings {
  public:
    explicit Findings(const Case& where) : case_(where) {}
    /// At a directive, or where it is missing at the location.
    Found& add(NginxFault fault, bool problem, const Directive* at);
    [[nodiscard]] Mender mender() const { return Mender(case_.document); }
    /// With their blocks, problems first.
    [[nodiscard]] std::vector<NginxFinding> finish() const;

  private:
    const Case& case_;
    std::vector<Found> found_;
};

void judge_headers(const Case& where, Findings& findings);   ///< Upgrade, Connection, Authorization, CORS
void judge_upstream(const Case& where, Findings& findings);  ///< path, address, stickiness
void judge_proxy(const Case& where, Findings& findings);     ///< timeouts, version, buffering, cache
void judge_access(const Case& where, Findings& findings);    ///< who may come in, and how often

/// The value for `proxy_set_header Connection`, and the map that it needs where there is none.
struct ConnectionValue {
    std::string value;
    std::string for_http;
};
[[nodiscard]] ConnectionValue connection_value(const Case& where);

/// The location as it should stand, in lines without indentation; empty: the backend's address is not known.
[[nodiscard]] std::vector<std::string> proper_location(const Case& where, const std::string& head);

/// "127.0.0.1:7002" of the local route; empty: there is none.
[[nodiscard]] std::string local_address(const config::GatewaySettings& gateway);

}  // namespace gatewatch::probes::nginx
