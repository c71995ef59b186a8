// Where the web server listens, as the configuration gives it. Used by server.cpp.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <expected>
#include <string>
#include <string_view>

namespace gatewatch::agent::web {

/// "address:port", IPv6 in brackets, or "localhost:port"; or what is wrong with it.
[[nodiscard]] std::expected<boost::asio::ip::tcp::endpoint, std::string> parse_listen_address(
    std::string_view text);

}  // namespace gatewatch::agent::web
