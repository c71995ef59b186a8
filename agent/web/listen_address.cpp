#include "agent/web/listen_address.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <cstdint>

namespace gatewatch::agent::web {

using boost::asio::ip::tcp;

std::expected<tcp::endpoint, std::string> parse_listen_address(std::string_view text) {
    const auto colon = text.rfind(':');
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (host == "localhost") host = "127.0.0.1";
    boost::system::error_code error;
    const auto address = boost::asio::ip::make_address(host, error);
    const std::string_view digits = colon == std::string_view::npos ? "" : text.substr(colon + 1);
    std::uint16_t port = 0;
    const auto [end, number_error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (error || digits.empty() || number_error != std::errc() || end != digits.data() + digits.size()) {
        return std::unexpected(
            fmt::format("cannot listen on \"{}\": give listen in [agent] as \"address:port\", "
                        "for instance \"127.0.0.1:9464\"",
                        text));
    }
    return tcp::endpoint(address, port);
}

}  // namespace gatewatch::agent::web
