// The transport over any stream: TCP, or TLS over TCP. Included by transport_plain.cpp and transport_tls.cpp
// and by nothing else: each inclusion instantiates Beast's WebSocket.
#pragma once

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <sstream>

#include "probes/net/http_parse.hpp"
#include "probes/net/tap_stream.hpp"
#include "probes/net/transport.hpp"

namespace gatewatch::probes::net {

namespace beast = boost::beast;
namespace http = beast::http;
namespace websocket = beast::websocket;

inline constexpr auto tuple_awaitable = asio::as_tuple(asio::use_awaitable);

/// How many 1xx responses may precede the real one (RFC 9110, section 15.2 sets no limit).
inline constexpr int max_interim_replies = 8;

/// What a peer may send for a header with all that Beast does not count as such, and for one whole operation.
inline constexpr std::size_t max_buffered_bytes = 128 * 1024;
inline constexpr std::size_t max_exchange_bytes = 3 * max_body_bytes;

template <class Stream>
class StreamTransport : public Transport {
  public:
    template <class... Args>
    explicit StreamTransport(Args&&... args) : ws_(std::forward<Args>(args)...) {}

    asio::awaitable<NetResult<void>> connect(asio::ip::tcp::endpoint endpoint, SteadyTime deadline) override {
        tcp().expires_at(deadline);
        auto [error] = co_await tcp().async_connect(endpoint, tuple_awaitable);
        if (error) {
            std::ostringstream what;
            what << "connecting to " << endpoint;
            auto failure = make_error(error, Step::connect, what.str());
            // On loopback every address can be assigned: it is the local ports that have run out.
            if (error == boost::system::errc::address_not_available && endpoint.address().is_v4()) {
                failure.reason = Reason::local_resource;
            }
            co_return std::unexpected(std::move(failure));
        }
        boost::system::error_code ignored;
        tcp().socket().set_option(asio::ip::tcp::no_delay(true), ignored);
        co_return NetResult<void>{};
    }

    asio::awaitable<NetResult<HttpReply>> exchange(HttpRequest request, SteadyTime deadline) override {
        tap().forget();
        arm(deadline, max_exchange_bytes);
        auto message = to_beast(request);
        auto sent_at = std::chrono::steady_clock::now();
        auto [write_error, written] = co_await http::async_write(tap(), message, tuple_awaitable);
        if (write_error) co_return failed(write_error, Step::request, "sending the request");
        beast::flat_buffer buffer(max_buffered_bytes);
        for (int replies = 0; replies <= max_interim_replies; ++replies) {
            http::response_parser<http::string_body> parser;
            parser.header_limit(max_header_bytes);
            parser.body_limit(boost::none);
            auto [header_error, bytes] =
                co_await http::async_read_header(tap(), buffer, parser, tuple_awaitable);
            if (header_error) co_return failed(header_error, Step::request, "waiting for the response");
            auto after = std::chrono::steady_clock::now() - sent_at;
            auto status = parser.get().result_int();
            if (status == 101) {
                co_return std::unexpected(NetError{Reason::http_malformed,
                                                   "101 Switching Protocols to a request that asked for none",
                                                   tap().received()});
            }
            if (status < 200) continue;
            bool truncated = false;
            while (!parser.is_done()) {
                auto [body_error, more] =
                    co_await http::async_read_some(tap(), buffer, parser, tuple_awaitable);
                if (body_error) co_return failed(body_error, Step::request, "reading the response's body");
                truncated = parser.get().body().size() > max_body_bytes;
                if (truncated) break;
            }
            auto reply = from_beast(parser.get());
            reply.after = after;
            reply.truncated = truncated;
            co_return reply;
        }
        co_return std::unexpected(
            NetError{Reason::http_malformed, "1xx responses without end", tap().received()});
    }

    asio::awaitable<NetResult<HttpReply>> upgrade(HttpRequest request, SteadyTime deadline) override {
        tap().forget();
        arm(deadline, max_buffered_bytes);
        ws_.read_message_max(max_message_bytes);
        ws_.set_option(
            websocket::stream_base::decorator([headers = request.headers](websocket::request_type& message) {
                for (const auto& [name, value] : headers) message.set(name, value);
            }));
        websocket::response_type response;
        auto sent_at = std::chrono::steady_clock::now();
        auto [error] = co_await ws_.async_handshake(response, request.host, request.target, tuple_awaitable);
        auto after = std::chrono::steady_clock::now() - sent_at;
        // The response is preset and only sometimes filled: what was received is the one honest source.
        auto reply = parse_partial_reply(tap().received());
        if (!error || (reply && reply->status != 101)) {
            if (!reply) co_return failed(error, Step::websocket, "waiting for the upgrade");
            if (!error && !reply->header("Sec-WebSocket-Extensions").empty()) {
                co_return std::unexpected(NetError{Reason::ws_protocol,
                                                   "the peer switched on an extension that was not offered",
                                                   tap().received()});
            }
            reply->after = after;
            co_return *reply;
        }
        auto step = error.category() == make_error_code(websocket::error::closed).category() ? Step::websocket
                                                                                             : Step::request;
        co_return failed(error, step, "waiting for the upgrade");
    }

    asio::awaitable<NetResult<void>> send_text(std::string text, SteadyTime deadline) override {
        arm(deadline, max_exchange_bytes);
        ws_.text(true);
        auto [error, bytes] = co_await ws_.async_write(asio::buffer(text), tuple_awaitable);
        if (error) co_return failed(error, Step::websocket, "sending");
        co_return NetResult<void>{};
    }

    asio::awaitable<NetResult<Message>> receive(SteadyTime deadline) override {
        arm(deadline, max_exchange_bytes);
        beast::flat_buffer buffer;
        auto [error, bytes] = co_await ws_.async_read(buffer, tuple_awaitable);
        if (error == websocket::error::closed) {
            co_return std::unexpected(NetError{Reason::closed_early, close_text(), tap().received(), true});
        }
        if (error == websocket::error::message_too_big) {
            co_return std::unexpected(
                NetError{Reason::too_large, fmt::format("a message of more than {} bytes", max_message_bytes),
                         tap().received()});
        }
        if (error) co_return failed(error, Step::websocket, "waiting for a packet");
        co_return Message{ws_.got_binary(), beast::buffers_to_string(buffer.data())};
    }

    asio::awaitable<void> close(SteadyTime deadline) override {
        if (ws_.is_open()) {
            arm(deadline, max_exchange_bytes);
            co_await ws_.async_close(websocket::close_code::normal, tuple_awaitable);
        }
        tcp().close();
    }

  protected:
    /// The deadline and the limit for the operations that follow.
    void arm(SteadyTime deadline, std::size_t bytes) {
        tcp().expires_at(deadline);
        tap().limit(deadline, bytes);
    }
    beast::tcp_stream& tcp() { return beast::get_lowest_layer(ws_); }
    TapStream<Stream>& tap() { return ws_.next_layer(); }
    Stream& stream() { return tap().next_layer(); }

  private:
    std::unexpected<NetError> failed(boost::system::error_code error, Step step, std::string_view what) {
        auto failure = make_error(error, step, what);
        failure.received = tap().received();
        return std::unexpected(std::move(failure));
    }

    std::string close_text() const {
        const auto& reason = ws_.reason();
        return fmt::format("the peer closed the WebSocket with code {}{}{}",
                           static_cast<unsigned>(reason.code), reason.reason.empty() ? "" : ": ",
                           std::string_view(reason.reason));
    }

    static http::request<http::string_body> to_beast(const HttpRequest& request) {
        http::request<http::string_body> message;
        message.version(11);
        message.method_string(request.method);
        message.target(request.target);
        message.set(http::field::host, request.host);
        for (const auto& [name, value] : request.headers) message.set(name, value);
        // Every request has a connection of its own: kept connections hide a missing stickiness.
        message.set(http::field::connection, "close");
        message.body() = request.body;
        if (!request.body.empty() || request.method == "POST") message.prepare_payload();
        return message;
    }

    static HttpReply from_beast(http::response<http::string_body>& response) {
        HttpReply reply;
        reply.status = response.result_int();
        for (const auto& field : response) reply.headers.emplace_back(field.name_string(), field.value());
        reply.body = std::move(response.body());
        return reply;
    }

    websocket::stream<TapStream<Stream>> ws_;
};

}  // namespace gatewatch::probes::net
