// A request from the bytes of a connection: received within its time and in bounded memory, and the answer to
// what is none. Used by server.cpp.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <cstddef>

#include "agent/web/server.hpp"

namespace gatewatch::agent::web {

namespace beast = boost::beast;
namespace http = beast::http;

using Parser = http::request_parser<http::string_body>;

/// What has been received and not yet parsed. The parser's own limits bound headers and body, and nothing
/// else: it waits for the end of a chunk's extension for ever.
inline constexpr std::size_t buffer_bytes = 64 * 1024;

/// Receives a request whole. `buffer` has a maximum size. The clock is looked at before each read: where data
/// is always ready, the stream's own timer comes too late every time.
[[nodiscard]] asio::awaitable<beast::error_code> receive(beast::tcp_stream& stream,
                                                         beast::flat_buffer& buffer, Parser& parser,
                                                         std::chrono::steady_clock::time_point deadline);

/// Whether the client spoke, but not HTTP: all else is a connection that ended.
[[nodiscard]] bool is_bad_request(const beast::error_code& error);
/// The answer to a request that cannot be read.
[[nodiscard]] Reply refusal(const beast::error_code& error);

using Message = http::request<http::string_body>;

/// RFC 9112, section 3.2: one Host in HTTP/1.1, never two, and nothing in it that RFC 3986 does not allow in
/// a host and port.
[[nodiscard]] bool is_host_in_order(const Message& message);
[[nodiscard]] Request to_request(const Message& message);

}  // namespace gatewatch::agent::web
