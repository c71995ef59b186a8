#include "probes/net/transport_impl.hpp"

namespace gatewatch::probes::net {
namespace {

class PlainTransport final : public StreamTransport<beast::tcp_stream> {
  public:
    using StreamTransport::StreamTransport;

    asio::awaitable<NetResult<void>> handshake_tls(std::string, SteadyTime) override {
        co_return NetResult<void>{};
    }
    [[nodiscard]] std::optional<WallTime> certificate_not_after() const override { return std::nullopt; }
};

}  // namespace

std::unique_ptr<Transport> make_plain_transport(asio::any_io_executor executor) {
    return std::make_unique<PlainTransport>(std::move(executor));
}

}  // namespace gatewatch::probes::net
