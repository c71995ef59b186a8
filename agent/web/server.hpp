// A small HTTP/1.1 server on the event loop: bounded in connections, request size and time, so that no client
// keeps others from being served. What is served comes from a handler. Used by the app.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstddef>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gatewatch::agent::web {

namespace asio = boost::asio;

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
    std::string method;  ///< as it was sent: "GET"
    std::string path;    ///< without the query
    std::string query;   ///< behind the question mark, as it was sent
    std::string host;    ///< the Host header; empty if there is none
    Headers headers;     ///< all of them, as they were sent
    std::string body;
};

struct Reply {
    unsigned status = 200;
    std::string content_type = "text/plain; charset=utf-8";
    std::string body;
    Headers headers;  ///< beside those that every answer has
};

struct Limits {
    std::size_t connections = 64;  ///< above it, the connection that has been idle for longest is closed
    std::size_t header_bytes = 16 * 1024;
    std::size_t body_bytes = 4 * 1024;
    std::size_t requests = 1000;                     ///< on one connection
    std::chrono::milliseconds request_time{10'000};  ///< to receive a request whole, and to send its answer
    std::chrono::milliseconds idle_time{60'000};     ///< between requests
};

/// Must not throw; the server's coroutine waits for it.
using Handler = std::function<asio::awaitable<Reply>(Request)>;

/// Member functions are called on the executor's thread, which must be the only one.
class Server {
  public:
    Server(asio::any_io_executor executor, Handler handler, Limits limits = {});
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    /// Binds and begins to serve. `listen` is "address:port", IPv6 in brackets; port 0 takes a free one.
    /// Or why it cannot: what, where, what to do.
    [[nodiscard]] std::expected<asio::ip::tcp::endpoint, std::string> listen(std::string_view listen);
    /// Closes the listener and every connection.
    void stop();

  private:
    struct State;
    struct Connection;
    static asio::awaitable<void> accept(std::shared_ptr<State> state);
    static asio::awaitable<void> serve(std::shared_ptr<State> state, std::shared_ptr<Connection> connection);

    std::shared_ptr<State> state_;
};

}  // namespace gatewatch::agent::web
