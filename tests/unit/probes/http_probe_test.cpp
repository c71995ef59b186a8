#include "probes/http_probe.hpp"

#include <gmock/gmock.h>

#include "scripted_peer.hpp"

namespace gatewatch::probes::test {
namespace {

using namespace std::chrono_literals;
using asio::awaitable;
using testing::HasSubstr;
using testing::Not;

/// A server that answers everything so, and what it was asked.
std::string reply;
std::string asked;

awaitable<void> answers(Peer& peer) {
    asked = co_await peer.read_request();
    co_await peer.write(reply);
    co_await peer.stall();
}

Outcome ask_for(std::string path, std::string answer) {
    reply = std::move(answer);
    asio::io_context context;
    ScriptedPeer peer(context, answers);
    auto target = target_at(peer.url());
    target.http_path = std::move(path);
    return run_probe(context, probe_http, std::move(target));
}

TEST(HttpProbe, passes_with_2xx_of_its_path_and_sends_neither_token_nor_origin) {
    auto outcome = ask_for("/api/health", response("204 No Content", "application/json", ""));
    EXPECT_EQ(verdict_of(outcome), "ok") << outcome.evidence;
    EXPECT_EQ(outcome.probe, ProbeKind::http);
    EXPECT_EQ(outcome.phase, Phase::open);
    EXPECT_EQ(outcome.answer.status, 204U);
    EXPECT_THAT(asked, testing::StartsWith("GET /api/health HTTP/1.1\r\n"));
    EXPECT_THAT(asked, Not(HasSubstr("a-token-that-must-not-show")));
    EXPECT_THAT(asked, Not(HasSubstr("Origin:")));
    ASSERT_EQ(outcome.transcript.size(), 2U);
    EXPECT_EQ(outcome.transcript[0].text, "GET /api/health");
}

TEST(HttpProbe, any_other_status_of_its_path_fails_for_its_own_reason) {
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"302 Found", "http_redirect"},    {"401 No", "http_auth"},         {"404 No", "http_not_found"},
        {"429 Slow", "http_rate_limited"}, {"500 Oh", "http_server_error"}, {"502 Bad", "http_bad_gateway"}};
    for (const auto& [status, reason] : expected) {
        auto outcome = ask_for("/api/health", response(status, "text/plain", "sorry"));
        EXPECT_EQ(verdict_of(outcome), reason);
        EXPECT_THAT(outcome.evidence, HasSubstr("sorry"));
    }
}

TEST(HttpProbe, without_a_path_the_root_passes_below_500) {
    for (std::string status : {"200 OK", "302 Found", "401 No", "404 Not Found"}) {
        EXPECT_EQ(verdict_of(ask_for("", response(status, "text/html", "x"))), "ok") << status;
    }
    EXPECT_THAT(asked, testing::StartsWith("GET / HTTP/1.1\r\n"));
    EXPECT_EQ(verdict_of(ask_for("", response("502 Bad Gateway", "text/html", "x"))), "http_bad_gateway");
}

TEST(HttpProbe, fault_14_a_port_that_wants_tls_is_no_working_http) {
    auto outcome = ask_for(
        "", response("400 Bad Request", "text/html",
                     "<center>The plain HTTP request was sent to HTTPS port</center><center>nginx</center>"));
    EXPECT_EQ(verdict_of(outcome), "plain_http_on_tls");
}

TEST(HttpProbe, what_fails_below_http_keeps_its_reason) {
    asio::io_context context;
    EXPECT_EQ(verdict_of(run_probe(context, probe_http, target_at("http://127.0.0.1:1"))), "tcp_refused");
    auto silent = run_probe(probe_http, [](Peer& peer) -> awaitable<void> { co_await peer.stall(); }, 100ms);
    EXPECT_EQ(verdict_of(silent), "deadline");
    EXPECT_EQ(silent.phase, Phase::open);
    EXPECT_EQ(verdict_of(ask_for("", "SSH-2.0-OpenSSH_9.2\r\n\r\n")), "http_malformed");
}

}  // namespace
}  // namespace gatewatch::probes::test
