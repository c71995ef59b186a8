// One connection to a target, plain or over TLS, without templates: the two files behind it
// (transport_plain.cpp, transport_tls.cpp) are the only ones that see Beast's WebSocket, because each such
// instantiation costs a minute of compiler time. Used by the probes in socketio/ and, through http_once, by
// whatever fetches a page.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "probes/net/net_error.hpp"
#include "probes/outcome.hpp"

namespace gatewatch::probes::net {

namespace asio = boost::asio;

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
    std::string method = "GET";
    std::string target;  ///< path and query
    std::string host;    ///< the Host header
    Headers headers;
    std::string body;
};

struct HttpReply {
    unsigned status = 0;
    Headers headers;
    std::string body;
    bool truncated = false;            ///< the body went on beyond max_body_bytes; the rest was not read
    std::chrono::nanoseconds after{};  ///< from sending the request to the end of the reply's header

    /// The first header of that name, compared without case, or "".
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// One WebSocket message.
struct Message {
    bool binary = false;
    std::string data;
};

/// Limits for what a peer may send, so that no peer can exhaust the prober.
inline constexpr std::size_t max_header_bytes = 16 * 1024;
inline constexpr std::size_t max_body_bytes = 1024 * 1024;
inline constexpr std::size_t max_message_bytes = 1024 * 1024;

/// One TCP connection and what is spoken over it. Each operation ends by its absolute deadline with
/// Reason::deadline; after any failure only close() may be called.
class Transport {
  public:
    virtual ~Transport() = default;

    virtual asio::awaitable<NetResult<void>> connect(asio::ip::tcp::endpoint endpoint,
                                                     SteadyTime deadline) = 0;
    /// Does nothing on a plain transport.
    virtual asio::awaitable<NetResult<void>> handshake_tls(std::string host, SteadyTime deadline) = 0;
    virtual asio::awaitable<NetResult<HttpReply>> exchange(HttpRequest request, SteadyTime deadline) = 0;
    /// RFC 6455 opening handshake. A reply with another status than 101 is a value, not an error; its body is
    /// what had come by then.
    virtual asio::awaitable<NetResult<HttpReply>> upgrade(HttpRequest request, SteadyTime deadline) = 0;
    virtual asio::awaitable<NetResult<void>> send_text(std::string text, SteadyTime deadline) = 0;
    virtual asio::awaitable<NetResult<Message>> receive(SteadyTime deadline) = 0;
    /// Says goodbye where the peer still listens, within the deadline, and closes the socket.
    virtual asio::awaitable<void> close(SteadyTime deadline) = 0;
    /// When the peer's certificate runs out; nothing on a plain transport or before the handshake.
    [[nodiscard]] virtual std::optional<WallTime> certificate_not_after() const = 0;
};

struct TlsOptions {
    std::optional<std::filesystem::path> ca_file;  ///< PEM; nothing: the system's
};

[[nodiscard]] std::unique_ptr<Transport> make_plain_transport(asio::any_io_executor executor);
/// Fails if the CA file cannot be read (Reason::local_resource).
[[nodiscard]] NetResult<std::unique_ptr<Transport>> make_tls_transport(asio::any_io_executor executor,
                                                                       const TlsOptions& options);

}  // namespace gatewatch::probes::net
