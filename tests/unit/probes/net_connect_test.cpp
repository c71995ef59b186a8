#include "probes/net/connect.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>

namespace gatewatch::probes::net {
namespace {

using namespace std::chrono_literals;
using asio::ip::tcp;
using testing::ElementsAre;
using testing::IsEmpty;

/// A port that listens; nothing is accepted from its queue.
tcp::acceptor listening(asio::io_context& context, const char* address, unsigned short port = 0) {
    return tcp::acceptor(context, tcp::endpoint(asio::ip::make_address(address), port));
}

/// An address of a loopback network that is this host's own on every Linux, and where nothing listens.
tcp::endpoint refusing(unsigned short port) {
    return {asio::ip::make_address("127.0.0.2"), port};
}

Way way_to(std::string host, std::vector<tcp::endpoint> addresses) {
    Way way;
    way.endpoint.host = std::move(host);
    way.endpoint.port = addresses.empty() ? 80 : addresses.front().port();
    way.addresses = std::move(addresses);
    return way;
}

struct Opened {
    Outcome outcome;
    bool connected = false;
    Reason reason = Reason::internal;
    std::chrono::nanoseconds took{};
};

Opened open(asio::io_context& context, Way& way, std::chrono::milliseconds timeout = 5s) {
    Opened opened;
    PhaseClock clock(opened.outcome);
    std::optional<NetResult<std::unique_ptr<Transport>>> result;
    auto start = std::chrono::steady_clock::now();
    asio::co_spawn(context, open_connection(way, opened.outcome, clock, start + timeout),
                   [&](std::exception_ptr error, NetResult<std::unique_ptr<Transport>> transport) {
                       if (error) std::rethrow_exception(error);
                       result = std::move(transport);
                   });
    context.restart();
    while (!result) context.run_one();
    opened.took = std::chrono::steady_clock::now() - start;
    opened.connected = result->has_value();
    if (!opened.connected) opened.reason = result->error().reason;
    return opened;
}

TEST(Connect, an_address_that_fails_before_another_works_is_listed) {
    asio::io_context context;
    auto server = listening(context, "127.0.0.1");
    auto good = server.local_endpoint();
    auto way = way_to("im.example.test", {refusing(good.port()), good});
    auto opened = open(context, way);
    ASSERT_TRUE(opened.connected);
    EXPECT_EQ(opened.outcome.address, fmt::format("127.0.0.1:{}", good.port()));
    EXPECT_THAT(opened.outcome.dead_addresses,
                ElementsAre(fmt::format("127.0.0.2:{} tcp_refused", good.port())));
    EXPECT_THAT(way.addresses, ElementsAre(good))
        << "the next connection goes straight to the one that works";
}

TEST(Connect, of_a_name_that_is_not_localhost_no_more_addresses_are_tried_than_needed) {
    asio::io_context context;
    auto server = listening(context, "127.0.0.1");
    auto good = server.local_endpoint();
    auto way = way_to("im.example.test", {good, refusing(good.port())});
    EXPECT_THAT(open(context, way).outcome.dead_addresses, IsEmpty());
}

TEST(Connect, of_localhost_the_address_after_the_one_that_works_is_tried_too_once_in_a_run) {
    asio::io_context context;
    auto server = listening(context, "127.0.0.1");
    auto good = server.local_endpoint();
    auto way = way_to("localhost", {good, refusing(good.port())});
    auto first = open(context, way);
    ASSERT_TRUE(first.connected);
    EXPECT_EQ(first.outcome.address, fmt::format("127.0.0.1:{}", good.port()));
    EXPECT_THAT(first.outcome.dead_addresses,
                ElementsAre(fmt::format("127.0.0.2:{} tcp_refused", good.port())));
    EXPECT_THAT(open(context, way).outcome.dead_addresses, IsEmpty())
        << "it is asked at the first connection";
}

TEST(Connect, localhost_with_both_addresses_alive_has_no_dead_one) {
    asio::io_context context;
    auto server = listening(context, "127.0.0.1");
    auto other = listening(context, "127.0.0.2");
    auto way = way_to("localhost", {server.local_endpoint(), other.local_endpoint()});
    EXPECT_THAT(open(context, way).outcome.dead_addresses, IsEmpty());
}

TEST(Connect, localhost_is_both_loopback_addresses_but_one_that_the_host_lacks_is_not_dead) {
    asio::io_context context;
    auto server = listening(context, "127.0.0.1");
    auto port = server.local_endpoint().port();
    boost::system::error_code no_ipv6;
    tcp::socket probe(context);
    probe.open(tcp::v6(), no_ipv6);
    if (!no_ipv6) probe.bind({asio::ip::address_v6::loopback(), 0}, no_ipv6);
    auto way = way_to("localhost", {});
    way.endpoint.port = port;
    auto opened = open(context, way);
    ASSERT_TRUE(opened.connected);
    std::vector<std::string> expected;
    if (!no_ipv6) expected.push_back(fmt::format("[::1]:{} tcp_refused", port));
    EXPECT_EQ(opened.outcome.dead_addresses, expected);
}

TEST(Connect, fault_05_an_other_address_that_drops_costs_little_and_nothing_where_little_is_left) {
    asio::io_context context;
    auto server = listening(context, "127.0.0.1");
    auto good = server.local_endpoint();
    // A queue that is full answers no SYN.
    tcp::acceptor mute(context);
    mute.open(tcp::v4());
    mute.bind(refusing(0));
    mute.listen(0);
    std::vector<tcp::socket> waiting;
    waiting.reserve(4);
    for (int i = 0; i < 4; ++i) {
        waiting.emplace_back(context).async_connect(mute.local_endpoint(), [](auto) {});
        context.poll();
    }
    auto way = way_to("localhost", {good, mute.local_endpoint()});
    auto opened = open(context, way);
    ASSERT_TRUE(opened.connected);
    EXPECT_THAT(opened.outcome.dead_addresses,
                ElementsAre(fmt::format("127.0.0.2:{} tcp_timeout", mute.local_endpoint().port())));
    EXPECT_LT(opened.took, 1s);
    way = way_to("localhost", {good, mute.local_endpoint()});
    EXPECT_THAT(open(context, way, 100ms).outcome.dead_addresses, IsEmpty());
}

TEST(Connect, where_every_address_fails_the_first_is_the_reason_and_none_is_listed) {
    asio::io_context context;
    auto closed = refusing(1);
    auto way = way_to("localhost", {closed, {asio::ip::make_address("127.0.0.3"), 1}});
    auto opened = open(context, way);
    EXPECT_FALSE(opened.connected);
    EXPECT_EQ(opened.reason, Reason::tcp_refused);
    EXPECT_THAT(opened.outcome.dead_addresses, IsEmpty());
}

}  // namespace
}  // namespace gatewatch::probes::net
