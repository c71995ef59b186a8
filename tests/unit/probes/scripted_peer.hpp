// A server that does exactly what a test's script says, byte by byte: a mock, because no real server
// misbehaves on demand. It listens on a free loopback port and runs the script once for each connection.
// Plain or TLS.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "probes/probe.hpp"

namespace gatewatch::probes::test {

namespace asio = boost::asio;

/// One accepted connection.
class Peer {
  public:
    virtual ~Peer() = default;
    /// Reads a request with its body; "" if the client went away.
    virtual asio::awaitable<std::string> read_request() = 0;
    virtual asio::awaitable<void> write(std::string bytes) = 0;
    /// Until the client closes.
    virtual asio::awaitable<void> stall() = 0;
    /// Writes a byte at a time, `pause` apart, until the client closes.
    virtual asio::awaitable<void> drip(std::string bytes, std::chrono::milliseconds pause) = 0;
    /// Writes the bytes over and over, as fast as the client reads, until the client closes.
    virtual asio::awaitable<void> flood(std::string bytes) = 0;
    virtual void reset() = 0;
    virtual void finish() = 0;  ///< FIN
    /// Which connection of the peer this is, from 0.
    [[nodiscard]] virtual int number() const = 0;

    /// Reads an upgrade request, accepts it (RFC 6455, section 4.2.2) and gives it.
    /// `more_headers`: whole lines.
    asio::awaitable<std::string> accept_websocket(std::string more_headers = {});
    asio::awaitable<void> send_text(std::string text) { return send_frame(0x81, std::move(text)); }
    asio::awaitable<void> send_frame(int first_byte, std::string payload);
    /// The payload of one short masked frame.
    asio::awaitable<std::string> read_frame();

  protected:
    virtual asio::awaitable<std::string> read_exactly(std::size_t bytes) = 0;
};

using Script = asio::awaitable<void> (*)(Peer& peer);

class ScriptedPeer {
  public:
    /// The context must outlive the peer. `tls`: nothing for a plain server.
    ScriptedPeer(asio::io_context& context, Script script, asio::ssl::context* tls = nullptr);
    [[nodiscard]] std::string url() const;
    [[nodiscard]] int connections() const { return *connections_; }

  private:
    asio::awaitable<void> serve(Script script);

    asio::ip::tcp::acceptor acceptor_;
    asio::ssl::context* tls_;
    std::shared_ptr<int> connections_ = std::make_shared<int>(0);
};

/// Response text with a Content-Length.
[[nodiscard]] std::string response(std::string_view status_line, std::string_view content_type,
                                   std::string_view body);

/// The open packet of a healthy server.
[[nodiscard]] std::string open_packet();

/// A target at that URL with the reference deployment's names.
[[nodiscard]] Target target_at(std::string url);

/// Runs one probe against a script to its end.
[[nodiscard]] Outcome run_probe(ProbeFunction probe, Script script,
                                std::chrono::milliseconds timeout = std::chrono::seconds(5),
                                asio::ssl::context* tls = nullptr);
[[nodiscard]] Outcome run_probe(asio::io_context& context, ProbeFunction probe, Target target,
                                std::chrono::milliseconds timeout = std::chrono::seconds(5));

/// "reason" or "ok", for readable assertions.
[[nodiscard]] std::string verdict_of(const Outcome& outcome);

}  // namespace gatewatch::probes::test
