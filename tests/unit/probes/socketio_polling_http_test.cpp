// What the polling probe makes of answers that are wrong as HTTP, or come from something else.
#include "polling_fixture.hpp"

namespace gatewatch::probes::test {
namespace {

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

}  // namespace
}  // namespace gatewatch::probes::test
