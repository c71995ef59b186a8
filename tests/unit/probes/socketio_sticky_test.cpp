#include <fmt/format.h>
#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>

#include "probes/socketio/connect_probes.hpp"
#include "scripted_peer.hpp"

namespace gatewatch::probes::test {
namespace {

using namespace std::chrono_literals;
using asio::awaitable;
using socketio::probe_sticky;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

/// What the server below does, and what it has seen. Scripts cannot capture.
struct Server {
    int sessions = 0;
    std::vector<std::string> goodbyes{};  ///< the sids that were closed
    int lost_from = 100;                  ///< sessions from this one on are not found again
    int lost_until = 100;
    bool same_sid = false;
    int broken_from = 100;            ///< handshakes from this one on are answered by 502
    std::string handshake_headers{};  ///< whole lines
    std::string packets = R"(40/im,{"sid":"namespace-)";
};
Server server;

constexpr auto text = "text/plain; charset=UTF-8";

std::string handshake() {
    if (server.sessions >= server.broken_from)
        return response("502 Bad Gateway", "text/html", "<center>nginx</center>");
    int number = server.same_sid ? 0 : server.sessions;
    ++server.sessions;
    auto reply = response("200 OK", text,
                          fmt::format(R"(0{{"sid":"engine-{}","upgrades":["websocket"],)"
                                      R"("pingInterval":25000,"pingTimeout":20000}})",
                                      number));
    return reply.insert(reply.find("\r\n") + 2, server.handshake_headers);
}

std::string reply_to(const std::string& request) {
    auto at = request.find("&sid=");
    if (at == std::string::npos) return handshake();
    auto sid = request.substr(at + 5, request.find(' ', at) - at - 5);
    int number = std::atoi(sid.c_str() + sid.rfind('-') + 1);
    if (request.ends_with("\r\n\r\n1")) server.goodbyes.push_back(sid);
    if (number >= server.lost_from && number < server.lost_until)
        return response("400 Bad Request", "application/json",
                        R"({"code":1,"message":"Session ID unknown"})");
    if (request.starts_with("POST")) return response("200 OK", "text/html", "ok");
    return response("200 OK", text, fmt::format("{}{}\"}}", server.packets, number));
}

Outcome sticky_against(Server with) {
    server = std::move(with);
    return run_probe(probe_sticky, [](Peer& peer) -> awaitable<void> {
        auto request = co_await peer.read_request();
        co_await peer.write(reply_to(request));
        co_await peer.stall();
    });
}

TEST(StickyProbe, passes_where_every_session_is_found_again_and_closes_them_all) {
    auto outcome = sticky_against({});
    EXPECT_EQ(verdict_of(outcome), "ok") << outcome.evidence;
    EXPECT_EQ(outcome.tries, 4U);
    EXPECT_EQ(outcome.lost, 0U);
    EXPECT_FALSE(outcome.repeated_sid);
    EXPECT_THAT(server.goodbyes, ElementsAre("engine-0", "engine-1", "engine-2", "engine-3"));
    EXPECT_THAT(namespace_sids_of(outcome),
                ElementsAre("namespace-0", "namespace-1", "namespace-2", "namespace-3"));
    EXPECT_TRUE(outcome.connect_sent);
}

TEST(StickyProbe, tells_every_namespace_sid_at_once) {
    server = {};
    asio::io_context context;
    ScriptedPeer peer(context, [](Peer& one) -> awaitable<void> {
        auto request = co_await one.read_request();
        co_await one.write(reply_to(request));
        co_await one.stall();
    });
    std::vector<std::string> told;
    auto now = std::chrono::steady_clock::now();
    probes::Run run{now, now + 5s, std::nullopt, [&](const std::string& sid) { told.push_back(sid); }};
    bool ended = false;
    asio::co_spawn(context, probe_sticky(target_at(peer.url()), std::move(run)),
                   [&](std::exception_ptr, const Outcome&) { ended = true; });
    while (!ended) context.run_one();
    EXPECT_THAT(told, ElementsAre("namespace-0", "namespace-1", "namespace-2", "namespace-3"));
}

TEST(StickyProbe, counts_the_sessions_that_were_lost) {
    auto outcome = sticky_against({.lost_from = 1, .lost_until = 3});
    EXPECT_EQ(verdict_of(outcome), "eio_sid_unknown");
    EXPECT_EQ(outcome.tries, 4U);
    EXPECT_EQ(outcome.lost, 2U);
    EXPECT_EQ(outcome.phase, Phase::namespace_);
    EXPECT_EQ(outcome.answer.engine_code, 1);
    EXPECT_THAT(outcome.evidence, StartsWith("2 of 4 sessions were lost; the first: HTTP 400"));
    EXPECT_THAT(namespace_sids_of(outcome), ElementsAre("namespace-0", "namespace-3"));
    EXPECT_THAT(outcome.namespace_sid, IsEmpty()) << "a lost CONNECT may have been taken";
    EXPECT_EQ(server.goodbyes.size(), 4U);
}

TEST(StickyProbe, one_lost_session_of_four_fails) {
    auto outcome = sticky_against({.lost_from = 3, .lost_until = 4});
    EXPECT_EQ(verdict_of(outcome), "eio_sid_unknown");
    EXPECT_EQ(outcome.lost, 1U);
}

TEST(StickyProbe, a_sid_that_comes_again_is_told_and_the_session_left_alone) {
    auto outcome = sticky_against({.same_sid = true});
    EXPECT_EQ(verdict_of(outcome), "eio_sid_unknown");
    EXPECT_TRUE(outcome.repeated_sid);
    EXPECT_EQ(outcome.lost, 3U);
    EXPECT_THAT(server.goodbyes, ElementsAre("engine-0"));
    EXPECT_THAT(outcome.evidence, HasSubstr("the sid of an earlier one"));
}

TEST(StickyProbe, a_handshake_from_a_cache_is_told_by_its_headers) {
    for (std::string header : {"Age: 7\r\n", "X-Cache: HIT\r\n", "X-Cache-Status: hit\r\n"}) {
        auto outcome = sticky_against({.handshake_headers = header});
        EXPECT_EQ(verdict_of(outcome), "eio_sid_unknown") << header;
        EXPECT_TRUE(outcome.repeated_sid) << header;
        EXPECT_THAT(server.goodbyes, IsEmpty()) << "the session may be a user's";
    }
    for (std::string header : {"Age: 0\r\n", "X-Cache: MISS\r\n", "X-Cache-Status: BYPASS\r\n"}) {
        auto outcome = sticky_against({.handshake_headers = header});
        EXPECT_EQ(verdict_of(outcome), "ok") << header;
        EXPECT_FALSE(outcome.repeated_sid) << header;
    }
}

TEST(StickyProbe, another_failure_ends_the_run_with_its_own_reason) {
    auto outcome = sticky_against({.broken_from = 2});
    EXPECT_EQ(verdict_of(outcome), "http_bad_gateway");
    EXPECT_EQ(outcome.tries, 3U);
    EXPECT_EQ(outcome.lost, 0U);
    EXPECT_EQ(outcome.phase, Phase::open);
    EXPECT_THAT(namespace_sids_of(outcome), ElementsAre("namespace-0", "namespace-1"));
}

TEST(StickyProbe, a_rejected_token_says_nothing_against_stickiness) {
    auto outcome = sticky_against({.packets = R"(44/im,{"message":"no )"});
    EXPECT_EQ(verdict_of(outcome), "ok") << outcome.evidence;
}

TEST(StickyProbe, fault_28_an_open_packet_without_sid_is_malformed) {
    auto outcome = run_probe(probe_sticky, [](Peer& peer) -> awaitable<void> {
        co_await peer.read_request();
        co_await peer.write(response("200 OK", text, "0{}"));
        co_await peer.stall();
    });
    EXPECT_EQ(verdict_of(outcome), "eio_malformed");
    EXPECT_EQ(outcome.tries, 1U);
}

TEST(StickyProbe, fault_07_a_connect_without_an_answer_is_unanswered) {
    server = {};
    auto outcome = run_probe(
        probe_sticky,
        [](Peer& peer) -> awaitable<void> {
            auto request = co_await peer.read_request();
            if (peer.number() != 2) co_await peer.write(reply_to(request));
            co_await peer.stall();
        },
        200ms);
    EXPECT_EQ(verdict_of(outcome), "sio_unanswered");
}

}  // namespace
}  // namespace gatewatch::probes::test
