#include "probes/net/resolve.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace gatewatch::probes::net {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using asio::ip::udp;
using Addresses = std::vector<asio::ip::address>;

constexpr int mute = -1;
constexpr int servfail = 2;
constexpr int nxdomain = 3;

/// What a name server answers: a code for each type of question, 0 with an address for A.
struct Answers {
    int a = 0;
    int aaaa = 0;
};

/// A name server that fails in the way a test wants: a mock, because no real one can be told to.
asio::awaitable<void> serve(udp::socket& socket, Answers answers) {
    std::array<unsigned char, 512> question{};
    while (true) {
        udp::endpoint client;
        auto [error, size] = co_await socket.async_receive_from(asio::buffer(question), client,
                                                                asio::as_tuple(asio::use_awaitable));
        if (error || size < 17) co_return;
        std::size_t end = 12;
        while (question[end] != 0) end += question[end] + 1U;
        bool is_a = question[end + 2] == 1;
        int code = is_a ? answers.a : answers.aaaa;
        if (code == mute) continue;
        std::string reply(reinterpret_cast<const char*>(question.data()), end + 5);
        reply[2] = '\x81';
        reply[3] = static_cast<char>(0x80 | code);
        bool answered = is_a && code == 0;
        reply[7] = answered ? '\x01' : '\x00';
        reply[9] = reply[11] = '\x00';
        if (answered)
            reply += std::string("\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x09", 16);
        co_await socket.async_send_to(asio::buffer(reply), client, asio::as_tuple(asio::use_awaitable));
    }
}

NetResult<Addresses> lookup(std::string host, Answers answers, std::chrono::milliseconds timeout = 20s) {
    asio::io_context context;
    udp::socket socket(context, udp::endpoint(asio::ip::address_v4::loopback(), 0));
    asio::co_spawn(context, serve(socket, answers), asio::detached);
    std::optional<NetResult<Addresses>> result;
    auto server = fmt::format("127.0.0.1:{}", socket.local_endpoint().port());
    asio::co_spawn(context, resolve(std::move(host), std::chrono::steady_clock::now() + timeout, server),
                   [&](std::exception_ptr error, NetResult<Addresses> found) {
                       if (error) std::rethrow_exception(error);
                       result = std::move(found);
                   });
    while (!result) context.run_one();
    return *result;
}

TEST(Resolve, literals_and_localhost_ask_nobody) {
    EXPECT_EQ(lookup("127.0.0.1", {mute, mute}), Addresses{asio::ip::make_address("127.0.0.1")});
    EXPECT_EQ(lookup("::1", {mute, mute}), Addresses{asio::ip::make_address("::1")});
    EXPECT_EQ(lookup("localhost", {mute, mute})->size(), 2U);
}

TEST(Resolve, a_name_server_is_asked_and_its_answer_taken) {
    EXPECT_EQ(lookup("im.example.test", {0, 0}), Addresses{asio::ip::make_address("127.0.0.9")});
}

TEST(Resolve, fault_01_nxdomain) {
    auto result = lookup("im.example.test", {nxdomain, nxdomain});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().reason, Reason::dns_nxdomain);
    EXPECT_THAT(result.error().detail, testing::HasSubstr("im.example.test"));
}

TEST(Resolve, fault_02_a_mute_resolver_ends_at_the_deadline) {
    auto start = std::chrono::steady_clock::now();
    auto result = lookup("im.example.test", {mute, mute}, 150ms);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().reason, Reason::dns_timeout);
    EXPECT_GE(std::chrono::steady_clock::now() - start, 150ms);
}

TEST(Resolve, fault_03_a_broken_aaaa_does_not_hide_a_good_a) {
    EXPECT_EQ(lookup("im.example.test", {0, servfail}), Addresses{asio::ip::make_address("127.0.0.9")});
}

TEST(Resolve, a_failing_server_is_an_error_of_its_own) {
    auto result = lookup("im.example.test", {servfail, servfail});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().reason, Reason::dns_error);
}

}  // namespace
}  // namespace gatewatch::probes::net
