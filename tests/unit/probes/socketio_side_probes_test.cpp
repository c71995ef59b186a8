#include <fmt/format.h>
#include <gmock/gmock.h>

#include "probes/socketio/codec.hpp"
#include "probes/socketio/side_probes.hpp"
#include "scripted_peer.hpp"

namespace gatewatch::probes::test {
namespace {

using namespace std::chrono_literals;
using namespace socketio;
using asio::awaitable;
using testing::HasSubstr;
using testing::Not;

constexpr auto token = "a-token-that-must-not-show";

/// Everything that is shown to people.
std::string shown(const Outcome& outcome) {
    auto text = outcome.evidence + outcome.answer.excerpt;
    for (const auto& line : outcome.transcript) text += "\n" + line.text;
    return text;
}

/// What the peer was sent: the request of the upgrade, and the CONNECT.
std::string request;
std::string connect_packet;
/// What it says after the CONNECT.
std::vector<std::string> answers;

awaitable<void> gateway(Peer& peer) {
    request = co_await peer.accept_websocket();
    co_await peer.send_text(open_packet());
    connect_packet = co_await peer.read_frame();
    for (const auto& packet : answers) co_await peer.send_text(packet);
    co_await peer.stall();
}

const std::vector<std::string> accepting = {R"(40/im,{"sid":"PD2mFrCwh8cYzFi2AAAB"})",
                                            R"(42/im,["connected",{"userId":1}])"};
const std::vector<std::string> rejecting = {
    R"(40/im,{"sid":"PD2mFrCwh8cYzFi2AAAB"})",
    R"(42/im,["error",{"message":"无效的认证令牌 a-token-that-must-not-show"}])", "41/im,"};

Outcome against(ProbeFunction probe, std::vector<std::string> says, std::chrono::milliseconds timeout = 5s) {
    answers = std::move(says);
    return run_probe(probe, gateway, timeout);
}

TEST(HeaderTokenProbe, logs_in_with_the_token_in_the_header_alone_and_shows_it_nowhere) {
    auto outcome = against(probe_header_token, accepting);
    EXPECT_EQ(verdict_of(outcome), "ok") << outcome.evidence;
    EXPECT_EQ(outcome.probe, ProbeKind::header_token);
    EXPECT_THAT(request, HasSubstr(fmt::format("\r\nAuthorization: Bearer {}\r\n", token)));
    EXPECT_EQ(connect_packet, "40/im,");
    EXPECT_THAT(shown(outcome), Not(HasSubstr(token)));
}

TEST(HeaderTokenProbe, fails_where_the_header_does_not_reach_the_gateway) {
    auto outcome = against(probe_header_token, rejecting);
    EXPECT_EQ(verdict_of(outcome), "sio_rejected");
    EXPECT_EQ(outcome.phase, Phase::ready);
    EXPECT_THAT(shown(outcome), Not(HasSubstr(token)));
}

struct Negative {
    ProbeFunction run;
    ProbeKind kind;
    std::string_view sent;
};
const Negative negatives[] = {
    {probe_expired_token, ProbeKind::expired_token, "an expired token"},
    {probe_revoked_token, ProbeKind::revoked_token, "a revoked token"},
    {probe_missing_token, ProbeKind::missing_token, "a connection without a token"}};

TEST(NegativeProbes, pass_when_the_gateway_rejects_after_the_ack) {
    for (const auto& probe : negatives) {
        auto outcome = against(probe.run, rejecting);
        EXPECT_EQ(verdict_of(outcome), "ok") << outcome.evidence;
        EXPECT_EQ(outcome.probe, probe.kind);
        EXPECT_FALSE(outcome.reason);
        EXPECT_TRUE(outcome.connect_sent);
        EXPECT_EQ(outcome.namespace_sid, "PD2mFrCwh8cYzFi2AAAB");
        EXPECT_THAT(outcome.evidence, testing::StartsWith(fmt::format("{} was turned down", probe.sent)));
    }
}

TEST(NegativeProbes, pass_with_a_bare_disconnect_and_with_a_connect_error) {
    EXPECT_EQ(verdict_of(against(probe_revoked_token, {R"(40/im,{"sid":"x"})", "41/im,"})), "ok");
    EXPECT_EQ(verdict_of(against(probe_revoked_token, {"41/im,"})), "ok");
    EXPECT_EQ(verdict_of(against(probe_revoked_token, {R"(44/im,{"message":"unauthorized"})"})), "ok");
}

TEST(NegativeProbes, fail_when_the_ready_event_comes) {
    for (const auto& probe : negatives) {
        auto outcome = against(probe.run, accepting);
        EXPECT_EQ(verdict_of(outcome), "accepted_bad_token");
        EXPECT_FALSE(outcome.ok);
        EXPECT_EQ(outcome.evidence,
                  fmt::format(R"(the gateway accepted {}: the event "connected" came)", probe.sent));
    }
}

TEST(NegativeProbes, without_a_ready_event_silence_is_acceptance_and_half_the_run_is_given_for_a_no) {
    asio::io_context context;
    answers = {accepting[0]};
    ScriptedPeer peer(context, gateway);
    auto target = target_at(peer.url());
    target.ready_event.clear();
    target.settle = 10ms;
    auto outcome = run_probe(context, probe_expired_token, target, 400ms);
    EXPECT_EQ(verdict_of(outcome), "accepted_bad_token");
    EXPECT_GE(outcome.duration, 190ms) << "half of what is left when it begins, not the 10 ms";
    EXPECT_EQ(outcome.evidence, "the gateway accepted an expired token: nothing was said against it");
}

TEST(NegativeProbes, whatever_else_fails_keeps_its_reason) {
    EXPECT_EQ(verdict_of(against(probe_expired_token, {accepting[0]}, 150ms)), "sio_ready_missing");
    EXPECT_EQ(verdict_of(against(probe_expired_token, {}, 150ms)), "sio_unanswered");
    EXPECT_EQ(verdict_of(against(probe_expired_token, {R"(44/im,{"message":"Invalid namespace"})"})),
              "sio_namespace_invalid");
    asio::io_context context;
    EXPECT_EQ(verdict_of(run_probe(context, probe_missing_token, target_at("http://127.0.0.1:1"))),
              "tcp_refused");
}

TEST(NegativeProbes, fault_100_send_their_token_and_show_it_nowhere) {
    auto expired = against(probe_expired_token, rejecting);
    EXPECT_EQ(connect_packet, fmt::format(R"(40/im,{{"token":"{}"}})", token));
    EXPECT_THAT(shown(expired), Not(HasSubstr(token)));
    EXPECT_THAT(shown(expired), HasSubstr("[redacted]"));
    static_cast<void>(against(probe_missing_token, rejecting));
    EXPECT_EQ(connect_packet, "40/im,") << "none is sent even where the run holds one";
    EXPECT_THAT(request, Not(HasSubstr("Authorization")));
}

/// The server of Engine.IO 3 to the first request, with the body that a test wants; what the second was.
std::string body;
std::string farewell;

awaitable<void> old_server(Peer& peer) {
    auto received = co_await peer.read_request();
    (peer.number() == 0 ? request : farewell) = received;
    co_await peer.write(response("200 OK", "text/plain; charset=UTF-8", peer.number() == 0 ? body : "ok"));
    co_await peer.stall();
}

Outcome asked_for_eio_3(std::string answer) {
    body = std::move(answer);
    farewell.clear();
    return run_probe(probe_other_eio, old_server);
}

constexpr auto open_v3 =
    R"({"sid":"Lw9KcSJYcAk5pRcOAAAA","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":5000})";

TEST(OtherEioProbe, passes_when_the_server_opens_a_session_which_is_then_closed) {
    auto outcome = asked_for_eio_3(fmt::format("{}:0{}2:40", std::string_view(open_v3).size() + 1, open_v3));
    EXPECT_EQ(verdict_of(outcome), "ok") << outcome.evidence;
    EXPECT_EQ(outcome.probe, ProbeKind::other_eio);
    EXPECT_EQ(outcome.phase, Phase::open);
    EXPECT_EQ(outcome.answer.by, AnsweredBy::engine_io);
    EXPECT_EQ(outcome.engine_sid, "Lw9KcSJYcAk5pRcOAAAA");
    ASSERT_TRUE(outcome.handshake);
    EXPECT_TRUE(outcome.handshake->offers_websocket);
    EXPECT_EQ(outcome.handshake->ping_timeout, 5s);
    EXPECT_FALSE(outcome.connect_sent);
    EXPECT_THAT(outcome.evidence, testing::StartsWith("the server opened a session of Engine.IO 3: 9"));
    EXPECT_THAT(request, testing::StartsWith("GET /socket.io/?EIO=3&transport=polling&b64=1 HTTP/1.1\r\n"));
    EXPECT_THAT(farewell, testing::StartsWith("POST /socket.io/?EIO=3&transport=polling&b64=1&sid=Lw9K"));
    EXPECT_THAT(farewell, testing::EndsWith("\r\n1:1"));
}

TEST(OtherEioProbe, a_server_of_the_current_version_alone_fails_with_code_5) {
    auto outcome = run_probe(probe_other_eio, [](Peer& peer) -> awaitable<void> {
        co_await peer.read_request();
        co_await peer.write(response("400 Bad Request", "application/json",
                                     R"({"code":5,"message":"Unsupported protocol version"})"));
        co_await peer.stall();
    });
    EXPECT_EQ(verdict_of(outcome), "eio_version");
    EXPECT_EQ(outcome.answer.engine_code, 5);
}

TEST(OtherEioProbe, what_is_no_open_packet_of_engine_io_3_fails) {
    EXPECT_EQ(verdict_of(asked_for_eio_3(open_packet())), "eio_version");
    EXPECT_THAT(farewell, testing::IsEmpty());
    for (std::string answer : {"", "hello", "99:0{}", "2:40", "1:", "99999999999999999999999:0{}",
                               R"(10:0{"sid":""})", "4:0{}x"}) {
        EXPECT_EQ(verdict_of(asked_for_eio_3(answer)), "eio_malformed") << answer;
    }
    auto page = run_probe(probe_other_eio, [](Peer& peer) -> awaitable<void> {
        co_await peer.read_request();
        co_await peer.write(response("200 OK", "text/html", "<title>IM</title>"));
        co_await peer.stall();
    });
    EXPECT_EQ(verdict_of(page), "http_html");
    EXPECT_EQ(page.answer.by, AnsweredBy::spa_fallback);
}

TEST(OtherEioProbe, what_fails_before_an_answer_keeps_its_reason) {
    asio::io_context context;
    EXPECT_EQ(verdict_of(run_probe(context, probe_other_eio, target_at("http://127.0.0.1:1"))),
              "tcp_refused");
    auto silent =
        run_probe(probe_other_eio, [](Peer& peer) -> awaitable<void> { co_await peer.stall(); }, 100ms);
    EXPECT_EQ(verdict_of(silent), "deadline");
    EXPECT_EQ(silent.phase, Phase::open);
}

}  // namespace
}  // namespace gatewatch::probes::test
