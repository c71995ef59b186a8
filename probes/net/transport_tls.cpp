#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/websocket/ssl.hpp>

#include "probes/net/tls.hpp"
#include "probes/net/transport_impl.hpp"

namespace gatewatch::probes::net {
namespace {

using TlsStream = asio::ssl::stream<beast::tcp_stream>;

/// Holds the context before the stream that is built upon it.
struct ContextHolder {
    asio::ssl::context context;
};

class TlsTransport final : private ContextHolder, public StreamTransport<TlsStream> {
  public:
    TlsTransport(asio::any_io_executor executor, asio::ssl::context tls_context)
        : ContextHolder{std::move(tls_context)}, StreamTransport<TlsStream>(std::move(executor), context) {}

    asio::awaitable<NetResult<void>> handshake_tls(std::string host, SteadyTime deadline) override {
        if (!prepare_tls(stream().native_handle(), host, seen_)) {
            co_return std::unexpected(
                NetError{Reason::local_resource, "OpenSSL could not prepare a connection"});
        }
        tcp().expires_at(deadline);
        auto [error] = co_await stream().async_handshake(asio::ssl::stream_base::client, tuple_awaitable);
        if (error) co_return std::unexpected(tls_failure(error, host, seen_));
        co_return NetResult<void>{};
    }

    [[nodiscard]] std::optional<WallTime> certificate_not_after() const override { return seen_.not_after; }

  private:
    PeerCertificate seen_;
};

}  // namespace

NetResult<std::unique_ptr<Transport>> make_tls_transport(asio::any_io_executor executor,
                                                         const TlsOptions& options) {
    auto context = make_tls_context(options.ca_file);
    if (!context) return std::unexpected(context.error());
    return std::make_unique<TlsTransport>(std::move(executor), std::move(*context));
}

}  // namespace gatewatch::probes::net
