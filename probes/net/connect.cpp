#include "probes/net/connect.hpp"

#include <fmt/format.h>

#include <boost/asio/this_coro.hpp>
#include <boost/url/parse.hpp>
#include <sstream>

#include "probes/net/http_once.hpp"
#include "probes/net/resolve.hpp"

namespace gatewatch::probes::net {
namespace {

using asio::ip::tcp;

std::string text_of(const tcp::endpoint& endpoint) {
    std::ostringstream out;
    out << endpoint;
    return out.str();
}

NetResult<std::unique_ptr<Transport>> make_transport(asio::any_io_executor executor, const Way& way) {
    if (!way.endpoint.tls) return make_plain_transport(std::move(executor));
    return make_tls_transport(std::move(executor), TlsOptions{way.ca_file});
}

/// The deadline for one of `left` addresses: an equal share of what remains.
SteadyTime share_of(SteadyTime deadline, std::size_t left) {
    auto now = std::chrono::steady_clock::now();
    if (deadline <= now) return deadline;
    return now + (deadline - now) / static_cast<long>(left);
}

asio::awaitable<NetResult<std::unique_ptr<Transport>>> connect_any(Way& way, Outcome& outcome,
                                                                   SteadyTime deadline) {
    auto executor = co_await asio::this_coro::executor;
    NetError failure{Reason::dns_error, "no address"};
    std::string tried;
    for (std::size_t i = 0; i < way.addresses.size(); ++i) {
        auto address = way.addresses[i];
        outcome.address = text_of(address);
        auto transport = make_transport(executor, way);
        if (!transport) co_return std::unexpected(transport.error());
        auto until = share_of(deadline, way.addresses.size() - i);
        auto connected = co_await (*transport)->connect(address, until);
        if (connected) {
            way.addresses = {address};
            co_return transport;
        }
        tried += (tried.empty() ? "" : "; ") + connected.error().detail;
        // An address family that this host lacks says nothing about the target where another address answers.
        if (i == 0 || connected.error().reason != Reason::tcp_unreachable) failure = connected.error();
    }
    failure.detail = tried;
    co_return std::unexpected(failure);
}

}  // namespace

NetResult<Endpoint> parse_endpoint(const std::string& url) {
    auto parsed = boost::urls::parse_uri(url);
    if (!parsed) return std::unexpected(NetError{Reason::internal, fmt::format("not a URL: {}", url)});
    Endpoint endpoint;
    endpoint.tls = parsed->scheme_id() == boost::urls::scheme::https;
    if (!endpoint.tls && parsed->scheme_id() != boost::urls::scheme::http) {
        return std::unexpected(NetError{Reason::internal, fmt::format("not an http or https URL: {}", url)});
    }
    endpoint.host = parsed->host_type() == boost::urls::host_type::ipv6 ? std::string(parsed->host_address())
                                                                        : std::string(parsed->host());
    endpoint.port =
        parsed->has_port() && parsed->port_number() != 0 ? parsed->port_number() : (endpoint.tls ? 443 : 80);
    endpoint.host_header = std::string(parsed->encoded_host_and_port());
    endpoint.target = std::string(parsed->encoded_resource());
    if (endpoint.target.empty() || endpoint.target.front() != '/') endpoint.target.insert(0, "/");
    return endpoint;
}

asio::awaitable<NetResult<std::unique_ptr<Transport>>> open_connection(Way& way, Outcome& outcome,
                                                                       PhaseClock& clock,
                                                                       SteadyTime deadline) {
    if (way.addresses.empty()) {
        clock.enter(Phase::resolve);
        auto found = co_await resolve(way.endpoint.host, deadline);
        if (!found) co_return std::unexpected(found.error());
        for (auto& address : *found) way.addresses.emplace_back(address, way.endpoint.port);
    }
    clock.enter(Phase::connect);
    auto transport = co_await connect_any(way, outcome, deadline);
    if (!transport || !way.endpoint.tls) co_return transport;
    clock.enter(Phase::tls);
    auto secured = co_await (*transport)->handshake_tls(way.endpoint.host, deadline);
    outcome.tls_not_after = (*transport)->certificate_not_after();
    if (!secured) co_return std::unexpected(secured.error());
    co_return transport;
}

asio::awaitable<NetResult<HttpReply>> http_once(std::string url, HttpRequest request,
                                                std::optional<std::filesystem::path> ca_file,
                                                SteadyTime deadline) {
    auto endpoint = parse_endpoint(url);
    if (!endpoint) co_return std::unexpected(endpoint.error());
    request.target = endpoint->target;
    request.host = endpoint->host_header;
    Way way{std::move(*endpoint), std::move(ca_file), {}};
    Outcome unused;
    PhaseClock clock(unused);
    auto transport = co_await open_connection(way, unused, clock, deadline);
    if (!transport) co_return std::unexpected(transport.error());
    auto reply = co_await (*transport)->exchange(std::move(request), deadline);
    co_await (*transport)->close(deadline);
    co_return reply;
}

}  // namespace gatewatch::probes::net
