#include "agent/web/server.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <list>

#include "agent/web/listen_address.hpp"
#include "agent/web/receive.hpp"

namespace gatewatch::agent::web {

using asio::ip::tcp;

namespace {

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
/// How long accept() rests when the process has no descriptor left.
constexpr std::chrono::milliseconds accept_pause{100};
constexpr std::chrono::milliseconds linger_time{1000};
constexpr std::size_t linger_bytes = 2 * 1024 * 1024;

template <class Body>
void fill_header(http::response<Body>& response, const Reply& reply, bool keep_alive) {
    response.version(11);
    response.result(reply.status);
    response.keep_alive(keep_alive);
    response.set(http::field::content_type, reply.content_type);
    response.set(http::field::cache_control, "no-store");
    response.set("X-Content-Type-Options", "nosniff");
    response.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'");
    response.set("Referrer-Policy", "no-referrer");
    response.set("X-Frame-Options", "DENY");
    for (const auto& [name, value] : reply.headers) response.set(name, value);
    response.content_length(reply.body.size());
}

asio::awaitable<bool> send(beast::tcp_stream& stream, Reply reply, bool head_only, bool keep_alive) {
    beast::error_code error;
    std::size_t bytes = 0;
    if (head_only) {
        http::response<http::empty_body> response;
        fill_header(response, reply, keep_alive);
        http::response_serializer<http::empty_body> serializer(response);
        std::tie(error, bytes) = co_await http::async_write_header(stream, serializer, as_result);
    } else {
        http::response<http::string_body> response;
        fill_header(response, reply, keep_alive);
        response.body() = std::move(reply.body);
        std::tie(error, bytes) = co_await http::async_write(stream, response, as_result);
    }
    co_return !error;
}

/// Reads on for a moment, so that a client that is still sending reads the answer and not a reset.
asio::awaitable<void> linger(beast::tcp_stream& stream, beast::flat_buffer& buffer) {
    boost::system::error_code error;
    stream.socket().shutdown(tcp::socket::shutdown_send, error);
    stream.expires_after(linger_time);
    buffer.clear();
    for (std::size_t total = 0; !error && total < linger_bytes;) {
        const auto space = buffer.prepare(16 * 1024);
        std::size_t bytes = 0;
        std::tie(error, bytes) = co_await stream.async_read_some(space, as_result);
        total += bytes;
    }
}

}  // namespace

struct Server::Connection {
    explicit Connection(tcp::socket socket) : stream(std::move(socket)) {}
    beast::tcp_stream stream;
    beast::flat_buffer buffer{buffer_bytes};
    std::list<std::shared_ptr<Connection>>::iterator place;
    bool listed = false;  ///< place is valid
};

struct Server::State {
    State(asio::any_io_executor executor, Handler own_handler, Limits own_limits)
        : acceptor(executor), pause(executor), handler(std::move(own_handler)), limits(own_limits) {}

    void add(const std::shared_ptr<Connection>& connection) {
        connection->place = connections.insert(connections.end(), connection);
        connection->listed = true;
    }
    void remove(Connection& connection) {
        if (connection.listed) connections.erase(connection.place);
        connection.listed = false;
    }
    void close_idlest() {
        const auto connection = connections.front();
        remove(*connection);
        connection->stream.close();
    }

    tcp::acceptor acceptor;
    asio::steady_timer pause;
    Handler handler;
    Limits limits;
    std::list<std::shared_ptr<Connection>> connections;  ///< the longest without a request first
    bool stopped = false;
};

Server::Server(asio::any_io_executor executor, Handler handler, Limits limits)
    : state_(std::make_shared<State>(std::move(executor), std::move(handler), limits)) {}

Server::~Server() {
    stop();
}

std::expected<tcp::endpoint, std::string> Server::listen(std::string_view listen) {
    const auto endpoint = parse_listen_address(listen);
    if (!endpoint) return endpoint;
    auto& acceptor = state_->acceptor;
    boost::system::error_code error;
    acceptor.open(endpoint->protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(*endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) {
        const char* help =
            error == asio::error::address_in_use
                ? "another program, maybe another gatewatch, has this port: stop it, or change listen in "
                  "[agent]"
                : "change listen in [agent] to an address of this host and a port that this user may take";
        return std::unexpected(fmt::format("cannot listen on {}: {}; {}", listen, error.message(), help));
    }
    asio::co_spawn(acceptor.get_executor(), accept(state_), asio::detached);
    return acceptor.local_endpoint();
}

void Server::stop() {
    if (state_->stopped) return;
    state_->stopped = true;
    boost::system::error_code ignored;
    state_->acceptor.close(ignored);
    state_->pause.cancel();
    for (const auto& connection : state_->connections) connection->stream.close();
}

asio::awaitable<void> Server::accept(std::shared_ptr<State> state) {
    bool exhausted = false;
    while (!state->stopped) {
        auto [error, socket] = co_await state->acceptor.async_accept(as_result);
        if (state->stopped) co_return;
        if (error == asio::error::no_descriptors ||
            error == boost::system::errc::too_many_files_open_in_system || error == asio::error::no_memory ||
            error == asio::error::no_buffer_space) {
            if (!exhausted) spdlog::error("cannot accept connections: {}; trying again", error.message());
            exhausted = true;
            if (!state->connections.empty()) state->close_idlest();
            state->pause.expires_after(accept_pause);
            co_await state->pause.async_wait(as_result);
            continue;
        }
        if (error) continue;  // that connection was gone before it was accepted
        exhausted = false;
        if (state->connections.size() >= state->limits.connections) state->close_idlest();
        auto connection = std::make_shared<Connection>(std::move(socket));
        state->add(connection);
        asio::co_spawn(state->acceptor.get_executor(), serve(state, connection),
                       [state, connection](std::exception_ptr) { state->remove(*connection); });
    }
}

asio::awaitable<void> Server::serve(std::shared_ptr<State> state, std::shared_ptr<Connection> connection) {
    const Limits& limits = state->limits;
    beast::tcp_stream& stream = connection->stream;
    beast::flat_buffer& buffer = connection->buffer;
    for (std::size_t count = 1; count <= limits.requests; ++count) {
        if (buffer.size() == 0) {
            stream.expires_after(count == 1 ? limits.request_time : limits.idle_time);
            const auto space = buffer.prepare(512);
            auto [error, bytes] = co_await stream.async_read_some(space, as_result);
            if (error) co_return;
            buffer.commit(bytes);
        }
        Parser parser;
        parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
        parser.body_limit(limits.body_bytes);
        const auto deadline = std::chrono::steady_clock::now() + limits.request_time;
        stream.expires_at(deadline);  // absolute: bytes that drip in do not prolong it
        const beast::error_code error = co_await receive(stream, buffer, parser, deadline);
        if (error && !is_bad_request(error)) co_return;

        if (!connection->listed) co_return;
        state->connections.splice(state->connections.end(), state->connections, connection->place);
        Reply reply;
        bool keep_alive = false, head_only = false;
        if (error) {
            reply = refusal(error);
        } else if (!is_host_in_order(parser.get())) {
            reply = {400, "text/plain; charset=utf-8", "a request needs one valid Host header\n", {}};
        } else {
            keep_alive = parser.get().keep_alive() && count < limits.requests;
            head_only = parser.get().method() == http::verb::head;
            Request request = to_request(parser.get());
            stream.expires_never();
            reply = co_await state->handler(std::move(request));
        }
        stream.expires_after(limits.request_time);
        const bool sent = co_await send(stream, std::move(reply), head_only, keep_alive);
        if (!sent) co_return;
        if (!keep_alive) break;
    }
    co_await linger(stream, buffer);
}

}  // namespace gatewatch::agent::web
