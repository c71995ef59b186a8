// From a URL to an open connection: resolve, connect over every address, TLS. Used by the probes and by
// http_once.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "probes/net/transport.hpp"
#include "probes/phase_clock.hpp"

namespace gatewatch::probes::net {

/// What a URL says about the connection.
struct Endpoint {
    bool tls = false;
    std::string host;  ///< without brackets
    unsigned short port = 0;
    std::string host_header;  ///< the port only where it is not the scheme's
    std::string target;       ///< path and query; "/" if the URL has none
};

/// Fails with Reason::internal for anything but an http or https URL; the configuration loader has refused
/// those.
[[nodiscard]] NetResult<Endpoint> parse_endpoint(const std::string& url);

/// The way to one target, reused for every connection of a run: its addresses are resolved once.
struct Way {
    Endpoint endpoint;
    std::optional<std::filesystem::path> ca_file;
    std::vector<asio::ip::tcp::endpoint>
        addresses;  ///< empty until the first connection; then the one that worked
    /// Whether the first connection also tries the other address of `localhost`, although one is enough. A
    /// probe does: what reaches the backend by that name may take either.
    bool compare_loopback = true;
};

/// Opens a connection by the deadline, trying every address in turn with a fair share of the time that is
/// left. Phases resolve, connect and tls are entered on the outcome's clock; its address, dead_addresses and
/// tls_not_after are filled in.
[[nodiscard]] asio::awaitable<NetResult<std::unique_ptr<Transport>>> open_connection(Way& way,
                                                                                     Outcome& outcome,
                                                                                     PhaseClock& clock,
                                                                                     SteadyTime deadline);

}  // namespace gatewatch::probes::net
