#include "probes/net/connect.hpp"

#include <fmt/format.h>

#include <boost/asio/this_coro.hpp>
#include <boost/url/parse.hpp>
#include <span>
#include <sstream>

#include "probes/net/http_once.hpp"
#include "probes/net/resolve.hpp"

namespace gatewatch::probes::net {
namespace {

using asio::ip::tcp;
using namespace std::chrono_literals;

/// How many addresses an outcome lists; a name may have hundreds.
constexpr std::size_t max_dead = 8;
constexpr auto loopback_patience = 200ms;

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

/// "[::1]:7002 tcp_refused", unless that is the prober's own lack: of ports, or of an address family.
void note_dead(Outcome& outcome, const tcp::endpoint& address, Reason reason) {
    bool no_family = reason == Reason::tcp_unreachable && address.address().is_v6();
    if (no_family || reason == Reason::local_resource || outcome.dead_addresses.size() == max_dead) return;
    outcome.dead_addresses.push_back(fmt::format("{} {}", text_of(address), name_of(reason)));
}

/// Tries those addresses beside the one that works. On loopback the kernel answers at once, so that only a
/// firewall that drops costs the time that is given here. A run without that time does not ask: its own
/// deadline would look like the address's fault.
asio::awaitable<void> try_others(const Way& way, std::size_t from, Outcome& outcome, SteadyTime deadline) {
    auto executor = co_await asio::this_coro::executor;
    auto until = std::chrono::steady_clock::now() + loopback_patience;
    if (until > deadline) co_return;
    for (auto address : std::span(way.addresses).subspan(from)) {
        auto transport = make_plain_transport(executor);
        auto connected = co_await transport->connect(address, until);
        if (!connected) note_dead(outcome, address, connected.error().reason);
        co_await transport->close(until);
    }
}

asio::awaitable<NetResult<std::unique_ptr<Transport>>> connect_any(Way& way, Outcome& outcome,
                                                                   SteadyTime deadline) {
    auto executor = co_await asio::this_coro::executor;
    NetError failure{Reason::dns_error, "no address"};
    std::string tried;
    std::vector<std::pair<tcp::endpoint, Reason>> failed;
    for (std::size_t i = 0; i < way.addresses.size(); ++i) {
        auto address = way.addresses[i];
        outcome.address = text_of(address);
        auto transport = make_transport(executor, way);
        if (!transport) co_return std::unexpected(transport.error());
        auto until = share_of(deadline, way.addresses.size() - i);
        auto connected = co_await (*transport)->connect(address, until);
        if (connected) {
            for (const auto& [dead, reason] : failed) note_dead(outcome, dead, reason);
            if (way.compare_loopback && way.endpoint.host == "localhost")
                co_await try_others(way, i + 1, outcome, deadline);
            way.addresses = {address};
            co_return transport;
        }
        failed.emplace_back(address, connected.error().reason);
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
    Way way{std::move(*endpoint), std::move(ca_file), {}, false};
    Outcome unused;
    PhaseClock clock(unused);
    auto transport = co_await open_connection(way, unused, clock, deadline);
    if (!transport) co_return std::unexpected(transport.error());
    auto reply = co_await (*transport)->exchange(std::move(request), deadline);
    co_await (*transport)->close(deadline);
    co_return reply;
}

}  // namespace gatewatch::probes::net
