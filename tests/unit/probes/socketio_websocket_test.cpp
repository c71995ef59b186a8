#include <gmock/gmock.h>

#include "probes/socketio/connect_probes.hpp"
#include "scripted_peer.hpp"

namespace gatewatch::probes::test {
namespace {

using namespace std::chrono_literals;
using asio::awaitable;
using socketio::probe_websocket;
using testing::HasSubstr;
using testing::Not;

std::string websocket_against(Script script, std::chrono::milliseconds timeout = 5s) {
    auto outcome = run_probe(probe_websocket, script, timeout);
    EXPECT_LE(outcome.evidence.size(), max_evidence);
    EXPECT_THAT(outcome.evidence, Not(HasSubstr("a-token-that-must-not-show")));
    return verdict_of(outcome);
}

awaitable<void> healthy(Peer& peer) {
    co_await peer.accept_websocket();
    co_await peer.send_text(open_packet());
    auto connect = co_await peer.read_frame();
    EXPECT_EQ(connect, R"(40/im,{"token":"a-token-that-must-not-show"})");
    co_await peer.send_text(R"(40/im,{"sid":"PD2mFrCwh8cYzFi2AAAB"})");
    co_await peer.send_text(R"(42/im,["connected",{"userId":1}])");
    co_await peer.stall();
}

TEST(WebSocketProbe, passes_with_every_phase_timed_and_both_sids) {
    auto outcome = run_probe(probe_websocket, healthy);
    EXPECT_EQ(verdict_of(outcome), "ok") << outcome.evidence;
    EXPECT_EQ(outcome.phase, Phase::ready);
    for (auto phase :
         {Phase::resolve, Phase::connect, Phase::upgrade, Phase::open, Phase::namespace_, Phase::ready}) {
        EXPECT_TRUE(outcome.phases[static_cast<std::size_t>(phase)]) << name_of(phase);
    }
    EXPECT_FALSE(outcome.phases[static_cast<std::size_t>(Phase::tls)]);
    EXPECT_EQ(outcome.engine_sid, "Lw9KcSJYcAk5pRcOAAAA");
    EXPECT_EQ(outcome.namespace_sid, "PD2mFrCwh8cYzFi2AAAB");
    EXPECT_TRUE(outcome.connect_sent);
    EXPECT_LT(outcome.duration, 5s);
    ASSERT_TRUE(outcome.handshake);
    EXPECT_EQ(outcome.handshake->ping_timeout, 20s);
}

awaitable<void> acknowledges_then_rejects(Peer& peer) {
    co_await peer.accept_websocket();
    co_await peer.send_text(open_packet());
    co_await peer.read_frame();
    co_await peer.send_text(R"(40/im,{"sid":"PD2mFrCwh8cYzFi2AAAB"})");
    co_await peer.send_text(R"(42/im,["error",{"message":"无效的认证令牌 a-token-that-must-not-show"}])");
    co_await peer.send_text("41/im,");
    co_await peer.stall();
}

TEST(WebSocketProbe, an_ack_followed_by_a_rejection_fails) {
    auto outcome = run_probe(probe_websocket, acknowledges_then_rejects);
    EXPECT_EQ(verdict_of(outcome), "sio_rejected");
    EXPECT_EQ(outcome.phase, Phase::ready);
    EXPECT_THAT(outcome.evidence, HasSubstr("无效的认证令牌 [redacted]"));
}

TEST(WebSocketProbe, fault_04_refused_and_reset_are_told_apart) {
    EXPECT_EQ(websocket_against([](Peer& peer) -> awaitable<void> {
                  co_await peer.read_request();
                  peer.reset();
              }),
              "tcp_reset");
    asio::io_context fresh;
    EXPECT_EQ(verdict_of(run_probe(fresh, probe_websocket, target_at("http://127.0.0.1:1"), 5s)),
              "tcp_refused");
}

TEST(WebSocketProbe, fault_07_a_half_open_peer_ends_at_the_deadline_in_the_upgrade_phase) {
    auto outcome =
        run_probe(probe_websocket, [](Peer& peer) -> awaitable<void> { co_await peer.stall(); }, 100ms);
    EXPECT_EQ(verdict_of(outcome), "deadline");
    EXPECT_EQ(outcome.phase, Phase::upgrade);
    EXPECT_GE(outcome.duration, 100ms);
}

TEST(WebSocketProbe, fault_08_byte_drip_ends_at_the_absolute_deadline_in_the_upgrade) {
    auto outcome = run_probe(
        probe_websocket,
        [](Peer& peer) -> awaitable<void> {
            co_await peer.read_request();
            co_await peer.drip("HTTP/1.1 101 Switching Protocols\r\nX-Long: " + std::string(10'000, 'x'),
                               20ms);
        },
        200ms);
    EXPECT_EQ(verdict_of(outcome), "deadline");
    EXPECT_EQ(outcome.phase, Phase::upgrade);
    EXPECT_LT(outcome.duration, 2s);
}

TEST(WebSocketProbe, fault_08_byte_drip_ends_at_the_absolute_deadline_in_the_open_packet) {
    auto outcome = run_probe(
        probe_websocket,
        [](Peer& peer) -> awaitable<void> {
            co_await peer.accept_websocket();
            co_await peer.drip("\x81\x7e\x10" + std::string(4000, 'x'), 20ms);
        },
        200ms);
    EXPECT_EQ(verdict_of(outcome), "deadline");
    EXPECT_EQ(outcome.phase, Phase::open);
}

TEST(WebSocketProbe, silence_after_connect_and_after_the_ack_have_reasons_of_their_own) {
    EXPECT_EQ(websocket_against(
                  [](Peer& peer) -> awaitable<void> {
                      co_await peer.accept_websocket();
                      co_await peer.send_text(open_packet());
                      co_await peer.stall();
                  },
                  100ms),
              "sio_unanswered");
    EXPECT_EQ(websocket_against(
                  [](Peer& peer) -> awaitable<void> {
                      co_await peer.accept_websocket();
                      co_await peer.send_text(open_packet());
                      co_await peer.send_text(R"(40/im,{"sid":"x"})");
                      co_await peer.stall();
                  },
                  100ms),
              "sio_ready_missing");
}

TEST(WebSocketProbe, an_event_of_another_name_is_told_where_the_ready_event_never_comes) {
    auto outcome = run_probe(
        probe_websocket,
        [](Peer& peer) -> awaitable<void> {
            co_await peer.accept_websocket();
            co_await peer.send_text(open_packet());
            co_await peer.send_text(R"(40/im,{"sid":"x"})");
            co_await peer.send_text(R"(42/im,["welcome",{}])");
            co_await peer.stall();
        },
        100ms);
    EXPECT_EQ(verdict_of(outcome), "sio_ready_missing");
    EXPECT_EQ(outcome.evidence, R"(no event "connected" came; the gateway sent "welcome")");
}

TEST(WebSocketProbe, engine_io_code_3_to_an_upgrade_is_upgrade_refused) {
    auto outcome = run_probe(probe_websocket, [](Peer& peer) -> awaitable<void> {
        co_await peer.read_request();
        // nginx passes engine.io's refusal on in chunks.
        co_await peer.write(
            "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            "22\r\n{\"code\":3,\"message\":\"Bad request\"}\r\n0\r\n\r\n");
        co_await peer.stall();
    });
    EXPECT_EQ(verdict_of(outcome), "upgrade_refused");
    EXPECT_EQ(outcome.answer.by, AnsweredBy::engine_io_request);
    EXPECT_EQ(outcome.answer.status, 400U);
}

TEST(WebSocketProbe, a_page_that_is_also_at_the_root_is_the_spa_fallback) {
    auto outcome = run_probe(probe_websocket, [](Peer& peer) -> awaitable<void> {
        co_await peer.read_request();
        co_await peer.write(response("200 OK", "text/html", "<!doctype html><title>IM</title>"));
        co_await peer.stall();
    });
    EXPECT_EQ(verdict_of(outcome), "http_html");
    EXPECT_EQ(outcome.answer.by, AnsweredBy::spa_fallback);
}

TEST(WebSocketProbe, a_raw_400_inside_the_upgraded_stream_is_a_version_mismatch) {
    auto outcome = run_probe(probe_websocket, [](Peer& peer) -> awaitable<void> {
        co_await peer.accept_websocket();
        co_await peer.write(
            "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-type: text/html\r\nContent-Length: "
            "28\r\n\r\n"
            "Unsupported protocol version");
        peer.finish();
    });
    EXPECT_EQ(verdict_of(outcome), "eio_version") << outcome.evidence;
    EXPECT_EQ(outcome.answer.by, AnsweredBy::engine_io_raw);
}

TEST(WebSocketProbe, a_name_that_cannot_be_resolved_fails_in_that_phase) {
    asio::io_context context;
    // Longer than a label may be (RFC 1035), so that no name server is asked.
    auto outcome =
        run_probe(context, probe_websocket, target_at("http://" + std::string(64, 'a') + ".invalid"));
    EXPECT_EQ(outcome.phase, Phase::resolve);
    EXPECT_EQ(verdict_of(outcome), "dns_error");
}

TEST(WebSocketProbe, localhost_passes_where_only_one_address_family_answers) {
    asio::io_context context;
    ScriptedPeer peer(context, healthy);
    auto url = peer.url();
    auto target = target_at("http://localhost" + url.substr(url.rfind(':')));
    EXPECT_EQ(verdict_of(run_probe(context, probe_websocket, target)), "ok");
}

}  // namespace
}  // namespace gatewatch::probes::test
