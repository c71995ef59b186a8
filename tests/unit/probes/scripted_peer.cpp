#include "scripted_peer.hpp"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <tuple>

namespace gatewatch::probes::test {
namespace {

using asio::ip::tcp;
constexpr auto token = asio::as_tuple(asio::use_awaitable);

tcp::socket& lowest(tcp::socket& stream) {
    return stream;
}
tcp::socket& lowest(asio::ssl::stream<tcp::socket>& stream) {
    return stream.next_layer();
}

std::size_t content_length(std::string_view head) {
    auto at = head.find("Content-Length: ");
    return at == std::string_view::npos ? 0 : static_cast<std::size_t>(std::atol(head.data() + at + 16));
}

template <class Stream>
class StreamPeer final : public Peer {
  public:
    StreamPeer(Stream stream, int number) : stream_(std::move(stream)), number_(number) {}

    asio::awaitable<std::string> read_request() override {
        auto [error, size] =
            co_await asio::async_read_until(stream_, asio::dynamic_buffer(read_), "\r\n\r\n", token);
        if (error) co_return "";
        auto whole = size + content_length(std::string_view(read_).substr(0, size));
        if (whole > read_.size()) {
            auto [body_error, more] = co_await asio::async_read(
                stream_, asio::dynamic_buffer(read_), asio::transfer_exactly(whole - read_.size()), token);
            if (body_error) co_return "";
        }
        auto request = read_.substr(0, whole);
        read_.erase(0, whole);
        co_return request;
    }
    asio::awaitable<void> write(std::string bytes) override {
        co_await asio::async_write(stream_, asio::buffer(bytes), token);
    }
    asio::awaitable<void> stall() override {
        std::string rest;
        co_await asio::async_read(stream_, asio::dynamic_buffer(rest), token);
    }
    asio::awaitable<void> drip(std::string bytes, std::chrono::milliseconds pause) override {
        asio::steady_timer timer(stream_.get_executor());
        for (char byte : bytes) {
            auto [error, written] = co_await asio::async_write(stream_, asio::buffer(&byte, 1), token);
            if (error) co_return;
            timer.expires_after(pause);
            co_await timer.async_wait(token);
        }
    }
    asio::awaitable<void> flood(std::string bytes) override {
        std::string much;
        while (much.size() < 64 * 1024) much += bytes;
        boost::system::error_code error;
        while (!error)
            std::tie(error, std::ignore) = co_await asio::async_write(stream_, asio::buffer(much), token);
    }
    void reset() override {
        lowest(stream_).set_option(asio::socket_base::linger(true, 0));
        lowest(stream_).close();
    }
    void finish() override { lowest(stream_).shutdown(tcp::socket::shutdown_send); }
    [[nodiscard]] int number() const override { return number_; }

  protected:
    asio::awaitable<std::string> read_exactly(std::size_t bytes) override {
        while (read_.size() < bytes) {
            auto [error, more] = co_await asio::async_read(
                stream_, asio::dynamic_buffer(read_), asio::transfer_exactly(bytes - read_.size()), token);
            if (error) co_return "";
        }
        auto taken = read_.substr(0, bytes);
        read_.erase(0, bytes);
        co_return taken;
    }

  private:
    Stream stream_;
    int number_;
    std::string read_;
};

asio::awaitable<void> serve_plain(tcp::socket socket, Script script, int number) {
    StreamPeer<tcp::socket> peer(std::move(socket), number);
    co_await script(peer);
}

asio::awaitable<void> serve_tls(tcp::socket socket, Script script, int number, asio::ssl::context* tls) {
    asio::ssl::stream<tcp::socket> stream(std::move(socket), *tls);
    auto [error] = co_await stream.async_handshake(asio::ssl::stream_base::server, token);
    if (error) co_return;
    StreamPeer<asio::ssl::stream<tcp::socket>> peer(std::move(stream), number);
    co_await script(peer);
}

std::string accept_key(std::string_view request) {
    constexpr std::string_view name = "Sec-WebSocket-Key: ";
    auto at = request.find(name) + name.size();
    auto key = std::string(request.substr(at, request.find("\r\n", at) - at)) +
               "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    unsigned char digest[SHA_DIGEST_LENGTH];
    SHA1(reinterpret_cast<const unsigned char*>(key.data()), key.size(), digest);
    unsigned char text[64];
    EVP_EncodeBlock(text, digest, SHA_DIGEST_LENGTH);
    return reinterpret_cast<const char*>(text);
}

}  // namespace

asio::awaitable<std::string> Peer::accept_websocket(std::string more_headers) {
    auto request = co_await read_request();
    if (request.empty()) co_return request;
    co_await write(
        fmt::format("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Accept: {}\r\n{}\r\n",
                    accept_key(request), more_headers));
    co_return request;
}

asio::awaitable<void> Peer::send_frame(int first_byte, std::string payload) {
    std::string frame(1, static_cast<char>(first_byte));
    if (payload.size() < 126) {
        frame += static_cast<char>(payload.size());
    } else {
        frame += '\x7f';
        for (int shift = 56; shift >= 0; shift -= 8)
            frame += static_cast<char>((payload.size() >> shift) & 0xffU);
    }
    co_await write(frame + payload);
}

asio::awaitable<std::string> Peer::read_frame() {
    auto head = co_await read_exactly(2);
    if (head.size() < 2) co_return "";
    std::size_t size = static_cast<unsigned char>(head[1]) & 0x7fU;
    if (size == 126) {
        auto extended = co_await read_exactly(2);
        if (extended.size() < 2) co_return "";
        size = static_cast<unsigned char>(extended[0]) * 256U + static_cast<unsigned char>(extended[1]);
    }
    auto body = co_await read_exactly(4 + size);
    if (body.size() < 4 + size) co_return "";
    std::string payload = body.substr(4);
    for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ body[i % 4]);
    co_return payload;
}

ScriptedPeer::ScriptedPeer(asio::io_context& context, Script script, asio::ssl::context* tls)
    : acceptor_(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)), tls_(tls) {
    asio::co_spawn(context, serve(script), asio::detached);
}

std::string ScriptedPeer::url() const {
    return fmt::format("{}://127.0.0.1:{}", tls_ != nullptr ? "https" : "http",
                       acceptor_.local_endpoint().port());
}

asio::awaitable<void> ScriptedPeer::serve(Script script) {
    while (true) {
        auto [error, socket] = co_await acceptor_.async_accept(token);
        if (error) co_return;
        auto executor = socket.get_executor();
        // Two packets in a row must not wait for the client's acknowledgement: tests measure times.
        socket.set_option(tcp::no_delay(true));
        int number = (*connections_)++;
        if (tls_ != nullptr) {
            asio::co_spawn(executor, serve_tls(std::move(socket), script, number, tls_), asio::detached);
        } else {
            asio::co_spawn(executor, serve_plain(std::move(socket), script, number), asio::detached);
        }
    }
}

std::string response(std::string_view status_line, std::string_view content_type, std::string_view body) {
    return fmt::format("HTTP/1.1 {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{}",
                       status_line, content_type, body.size(), body);
}

std::string open_packet() {
    return R"(0{"sid":"Lw9KcSJYcAk5pRcOAAAA","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})";
}

Target target_at(std::string url) {
    Target target;
    target.origin = url;
    target.url = std::move(url);
    target.path = "/socket.io/";
    target.namespace_ = "/im";
    target.ready_event = "connected";
    target.reject_event = "error";
    target.settle = std::chrono::milliseconds(50);
    return target;
}

Outcome run_probe(asio::io_context& context, ProbeFunction probe, Target target,
                  std::chrono::milliseconds timeout) {
    auto now = std::chrono::steady_clock::now();
    Run run{now, now + timeout, Secret("a-token-that-must-not-show")};
    std::optional<Outcome> result;
    asio::co_spawn(context, probe(std::move(target), std::move(run)),
                   [&](std::exception_ptr error, Outcome outcome) {
                       if (error) std::rethrow_exception(error);
                       result = std::move(outcome);
                   });
    while (!result) context.run_one();
    return *result;
}

Outcome run_probe(ProbeFunction probe, Script script, std::chrono::milliseconds timeout,
                  asio::ssl::context* tls) {
    asio::io_context context;
    ScriptedPeer peer(context, script, tls);
    return run_probe(context, probe, target_at(peer.url()), timeout);
}

std::string verdict_of(const Outcome& outcome) {
    return outcome.ok ? "ok" : std::string(name_of(*outcome.reason));
}

}  // namespace gatewatch::probes::test
