// Names to addresses through c-ares, so that a lookup can be cancelled and a mute resolver holds nothing up
// but itself. Used by connect.cpp.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>
#include <string>
#include <vector>

#include "probes/net/net_error.hpp"

namespace gatewatch::probes::net {

/// The addresses of a host, in the order to try them. Address literals and `localhost` (RFC 6761: both
/// loopback addresses) ask nobody; other names are looked up in /etc/hosts and then in DNS. `servers`, for
/// tests: "127.0.0.1:5353" instead of those of /etc/resolv.conf. Fails with dns_nxdomain, dns_timeout (by the
/// deadline at the latest), dns_error or local_resource.
[[nodiscard]] boost::asio::awaitable<NetResult<std::vector<boost::asio::ip::address>>> resolve(
    std::string host, SteadyTime deadline, std::string servers = {});

}  // namespace gatewatch::probes::net
