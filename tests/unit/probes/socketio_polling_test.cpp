#include <fmt/format.h>
#include <gmock/gmock.h>

#include "probes/socketio/connect_probes.hpp"
#include "scripted_peer.hpp"

namespace gatewatch::probes::test {
namespace {

using namespace std::chrono_literals;
using asio::awaitable;
using socketio::probe_polling;
using testing::HasSubstr;

std::string polling_against(Script script, std::chrono::milliseconds timeout = 5s) {
    auto outcome = run_probe(probe_polling, script, timeout);
    EXPECT_LE(outcome.evidence.size(), max_evidence);
    return verdict_of(outcome);
}

constexpr auto text = "text/plain; charset=UTF-8";

awaitable<void> answer(Peer& peer, std::string reply) {
    auto request = co_await peer.read_request();
    co_await peer.write(std::move(reply));
    co_await peer.stall();
}

/// A server whose body for the third request is given: the packets after the CONNECT.
awaitable<void> serve_session(Peer& peer, std::string packets) {
    if (peer.number() == 0) co_await answer(peer, response("200 OK", text, open_packet()));
    if (peer.number() == 1 || peer.number() > 2) co_await answer(peer, response("200 OK", "text/html", "ok"));
    if (peer.number() == 2) co_await answer(peer, response("200 OK", text, packets));
}

TEST(PollingProbe, passes_with_each_request_on_a_connection_of_its_own) {
    asio::io_context context;
    ScriptedPeer peer(context, [](Peer& one) -> awaitable<void> {
        return serve_session(one,
                             "40/im,{\"sid\":\"abc\"}\x1e"
                             R"(42/im,["connected",{}])");
    });
    auto outcome = run_probe(context, probe_polling, target_at(peer.url()));
    EXPECT_EQ(verdict_of(outcome), "ok") << outcome.evidence;
    EXPECT_EQ(outcome.phase, Phase::ready);
    EXPECT_FALSE(outcome.phases[static_cast<std::size_t>(Phase::upgrade)]);
    EXPECT_EQ(outcome.namespace_sid, "abc");
    EXPECT_EQ(peer.connections(), 4) << "open, CONNECT, poll and the closing packet";
}

TEST(PollingProbe, ack_error_and_disconnect_in_one_body_fail) {
    EXPECT_EQ(polling_against([](Peer& peer) -> awaitable<void> {
                  return serve_session(peer,
                                       "40/im,{\"sid\":\"abc\"}\x1e"
                                       R"(42/im,["error",{"message":"x"}])"
                                       "\x1e"
                                       "41/im,");
              }),
              "sio_rejected");
}

TEST(PollingProbe, an_unknown_session_id_names_missing_stickiness) {
    auto outcome = run_probe(probe_polling, [](Peer& peer) -> awaitable<void> {
        if (peer.number() == 0) co_await answer(peer, response("200 OK", text, open_packet()));
        co_await answer(peer, response("400 Bad Request", "application/json",
                                       R"({"code":1,"message":"Session ID unknown"})"));
    });
    EXPECT_EQ(verdict_of(outcome), "eio_sid_unknown");
    EXPECT_EQ(outcome.phase, Phase::namespace_);
    EXPECT_EQ(outcome.answer.engine_code, 1);
}

TEST(PollingProbe, nests_router_echoes_the_path_that_it_received) {
    auto outcome = run_probe(probe_polling, [](Peer& peer) -> awaitable<void> {
        return answer(
            peer,
            response(
                "404 Not Found", "application/json; charset=utf-8",
                R"({"message":"Cannot GET /im/?EIO=4&transport=polling","error":"Not Found","statusCode":404})"));
    });
    EXPECT_EQ(verdict_of(outcome), "http_not_found");
    EXPECT_EQ(outcome.answer.by, AnsweredBy::nest_router);
    EXPECT_EQ(outcome.answer.echoed_path, "/im/");
}

TEST(PollingProbe, fault_26_every_status_has_its_reason) {
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"201 Created", "http_malformed"}, {"301 Moved", "http_redirect"},
        {"308 Moved", "http_redirect"},    {"400 Bad", "http_client_error"},
        {"401 No", "http_auth"},           {"403 No", "http_denied"},
        {"404 No", "http_not_found"},      {"405 No", "http_not_found"},
        {"407 No", "http_auth"},           {"418 Tea", "http_client_error"},
        {"429 Slow", "http_rate_limited"}, {"431 Big", "http_client_error"},
        {"500 Oh", "http_server_error"},   {"502 Bad", "http_bad_gateway"},
        {"503 Busy", "http_rate_limited"}, {"504 Late", "http_gateway_timeout"},
        {"599 What", "http_server_error"}};
    static std::string reply;
    for (const auto& [status, reason] : expected) {
        reply = response(status, "text/html", "<center>nginx</center>");
        auto outcome =
            run_probe(probe_polling, [](Peer& peer) -> awaitable<void> { return answer(peer, reply); });
        EXPECT_EQ(verdict_of(outcome), reason) << status;
        EXPECT_EQ(outcome.answer.by, AnsweredBy::nginx);
    }
}

TEST(PollingProbe, fault_27_redirects_are_reported_and_not_followed) {
    asio::io_context context;
    ScriptedPeer peer(context, [](Peer& one) -> awaitable<void> {
        return answer(one, "HTTP/1.1 301 Moved\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n");
    });
    auto outcome = run_probe(context, probe_polling, target_at(peer.url()));
    EXPECT_EQ(verdict_of(outcome), "http_redirect");
    EXPECT_EQ(outcome.answer.location, "/again");
    EXPECT_EQ(peer.connections(), 1);
}

TEST(PollingProbe, fault_06_a_reset_in_the_body_is_a_reset) {
    EXPECT_EQ(polling_against([](Peer& peer) -> awaitable<void> {
                  co_await peer.read_request();
                  co_await peer.write(
                      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 500\r\n\r\n0{");
                  peer.reset();
              }),
              "tcp_reset");
}

TEST(PollingProbe, fault_08_byte_drip_ends_at_the_absolute_deadline) {
    auto outcome = run_probe(
        probe_polling,
        [](Peer& peer) -> awaitable<void> {
            co_await peer.read_request();
            co_await peer.drip(response("200 OK", text, std::string(10'000, '0')), 20ms);
        },
        200ms);
    EXPECT_EQ(verdict_of(outcome), "deadline");
    EXPECT_EQ(outcome.phase, Phase::open);
}

TEST(PollingProbe, fault_21_interim_responses_without_end_are_malformed) {
    EXPECT_EQ(polling_against([](Peer& peer) -> awaitable<void> {
                  co_await peer.read_request();
                  std::string flood;
                  for (int i = 0; i < 1000; ++i) flood += "HTTP/1.1 103 Early Hints\r\n\r\n";
                  co_await peer.write(std::move(flood));
                  co_await peer.stall();
              }),
              "http_malformed");
}

TEST(PollingProbe, fault_22_headers_and_bodies_without_end_are_too_large) {
    EXPECT_EQ(polling_against([](Peer& peer) -> awaitable<void> {
                  return answer(peer, "HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
              }),
              "too_large");
    EXPECT_EQ(polling_against([](Peer& peer) -> awaitable<void> {
                  return answer(
                      peer,
                      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 200000000\r\n\r\n" +
                          std::string(3'000'000, 'x'));
              }),
              "too_large");
}

TEST(PollingProbe, fault_22_chunk_extensions_and_trailers_without_end_are_too_large) {
    EXPECT_EQ(polling_against([](Peer& peer) -> awaitable<void> {
                  co_await peer.read_request();
                  co_await peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=");
                  co_await peer.flood("a");
              }),
              "too_large");
    EXPECT_EQ(polling_against([](Peer& peer) -> awaitable<void> {
                  co_await peer.read_request();
                  co_await peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n");
                  co_await peer.flood("A: b\r\n");
              }),
              "too_large");
}

TEST(PollingProbe, fault_100_an_echoed_path_with_the_token_in_it_is_redacted) {
    auto outcome = run_probe(probe_polling, [](Peer& peer) -> awaitable<void> {
        return answer(peer,
                      response("404 Not Found", "application/json",
                               R"({"message":"Cannot GET /x/a-token-that-must-not-show","statusCode":404})"));
    });
    EXPECT_EQ(outcome.answer.echoed_path, "/x/[redacted]");
}

TEST(PollingProbe, fault_25_101_to_a_polling_request_is_malformed) {
    EXPECT_EQ(
        polling_against([](Peer& peer) -> awaitable<void> {
            return answer(
                peer,
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
        }),
        "http_malformed");
}

TEST(PollingProbe, garbage_instead_of_http_is_malformed) {
    EXPECT_EQ(polling_against(
                  [](Peer& peer) -> awaitable<void> { return answer(peer, "SSH-2.0-OpenSSH_9.2\r\n\r\n"); }),
              "http_malformed");
}

TEST(PollingProbe, fault_30_engine_io_codes_each_have_their_reason) {
    const std::vector<std::string> expected = {"eio_transport",   "eio_sid_unknown", "eio_bad_request",
                                               "eio_bad_request", "eio_forbidden",   "eio_version"};
    static std::string reply;
    for (std::size_t code = 0; code < expected.size(); ++code) {
        reply = response("400 Bad Request", "application/json",
                         fmt::format(R"({{"code":{},"message":"x"}})", code));
        EXPECT_EQ(polling_against([](Peer& peer) -> awaitable<void> { return answer(peer, reply); }),
                  expected[code]);
    }
}

TEST(PollingProbe, fault_34_a_noop_ends_a_poll_and_a_close_ends_the_session) {
    EXPECT_EQ(polling_against([](Peer& peer) -> awaitable<void> {
                  return serve_session(peer,
                                       "6\x1e"
                                       "1");
              }),
              "closed_early");
}

TEST(PollingProbe, a_socketio_2_server_is_a_version_mismatch) {
    EXPECT_EQ(polling_against([](Peer& peer) -> awaitable<void> {
                  return answer(peer, response("200 OK", text, R"(96:0{"sid":"x","upgrades":[]}2:40)"));
              }),
              "eio_version");
}

TEST(PollingProbe, fault_14_a_plain_request_to_a_tls_port_is_named) {
    EXPECT_EQ(
        polling_against([](Peer& peer) -> awaitable<void> {
            return answer(
                peer,
                response(
                    "400 Bad Request", "text/html",
                    "<center>The plain HTTP request was sent to HTTPS port</center><center>nginx</center>"));
        }),
        "plain_http_on_tls");
}

TEST(PollingProbe, a_silent_poll_after_connect_is_unanswered) {
    EXPECT_EQ(polling_against(
                  [](Peer& peer) -> awaitable<void> {
                      if (peer.number() != 2) co_return co_await serve_session(peer, "");
                      co_await peer.stall();
                  },
                  200ms),
              "sio_unanswered");
}

}  // namespace
}  // namespace gatewatch::probes::test
