#include <gmock/gmock.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include "probes/socketio/connect_probes.hpp"
#include "scripted_peer.hpp"

namespace gatewatch::probes::test {
namespace {

using namespace std::chrono_literals;
using asio::awaitable;
using socketio::probe_websocket;

std::string websocket_against(Script script, std::chrono::milliseconds timeout = 5s) {
    auto outcome = run_probe(probe_websocket, script, timeout);
    EXPECT_LE(outcome.evidence.size(), max_evidence);
    return verdict_of(outcome);
}

TEST(WebSocketViolation, fault_20_a_wrong_accept_key) {
    EXPECT_EQ(websocket_against([](Peer& peer) -> awaitable<void> {
                  co_await peer.read_request();
                  co_await peer.write(
                      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n");
                  co_await peer.stall();
              }),
              "ws_protocol");
}

TEST(WebSocketViolation, fault_54_an_extension_that_was_not_offered) {
    EXPECT_EQ(websocket_against([](Peer& peer) -> awaitable<void> {
                  co_await peer.accept_websocket("Sec-WebSocket-Extensions: permessage-deflate\r\n");
                  co_await peer.stall();
              }),
              "ws_protocol");
}

TEST(WebSocketViolation, fault_22_the_body_of_a_refused_upgrade_without_end) {
    auto outcome = run_probe(probe_websocket, [](Peer& peer) -> awaitable<void> {
        co_await peer.read_request();
        co_await peer.write("HTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: chunked\r\n\r\n5;a=");
        co_await peer.flood("a");
    });
    EXPECT_EQ(verdict_of(outcome), "http_bad_gateway");
    EXPECT_LT(outcome.duration, 5s);
}

TEST(WebSocketViolation, fault_36_a_message_over_a_mebibyte_is_too_large) {
    EXPECT_EQ(websocket_against([](Peer& peer) -> awaitable<void> {
                  co_await peer.accept_websocket();
                  co_await peer.send_text("0" + std::string(2 * 1024 * 1024, 'x'));
                  co_await peer.stall();
              }),
              "too_large");
}

/// What an upgraded connection gives for these bytes. One at a time: a script cannot capture.
std::string after_upgrade(std::string bytes) {
    static std::string sent;
    sent = std::move(bytes);
    return websocket_against([](Peer& peer) -> awaitable<void> {
        co_await peer.accept_websocket();
        co_await peer.write(sent);
        co_await peer.stall();
    });
}

TEST(WebSocketViolation, fault_49_is_reported_at_once) {
    using namespace std::string_literals;
    EXPECT_EQ(after_upgrade("\xc1\x03"
                            "0{}"),
              "ws_protocol")
        << "reserved bit";
    EXPECT_EQ(after_upgrade("\x83\x01x"), "ws_protocol") << "reserved opcode";
    EXPECT_EQ(after_upgrade("\x09\x01x"), "ws_protocol") << "fragmented control frame";
    EXPECT_EQ(after_upgrade("\x89\x7e\x00\x80"s + std::string(128, 'x')), "ws_protocol")
        << "long control frame";
    EXPECT_EQ(after_upgrade("\x81\x83"
                            "mask0{}"),
              "ws_protocol")
        << "masked server frame";
    EXPECT_EQ(after_upgrade("\x81\x7f\x7f\xff\xff\xff\xff\xff\xff\xff"), "too_large") << "63-bit length";
    EXPECT_EQ(after_upgrade("\x81\x03"
                            "4\xff\xfe"),
              "ws_protocol")
        << "bad UTF-8";
}

TEST(WebSocketViolation, fault_51_empty_continuation_frames_without_end) {
    auto outcome = run_probe(
        probe_websocket,
        [](Peer& peer) -> awaitable<void> {
            co_await peer.accept_websocket();
            co_await peer.write(std::string("\x01\x00", 2));
            co_await peer.flood(std::string("\x00\x00", 2));
        },
        60s);
    EXPECT_EQ(verdict_of(outcome), "too_large");
    EXPECT_LT(outcome.duration, 60s);
}

TEST(WebSocketViolation, fault_51_the_deadline_holds_where_data_is_always_ready) {
    auto outcome = run_probe(
        probe_websocket,
        [](Peer& peer) -> awaitable<void> {
            co_await peer.accept_websocket();
            co_await peer.flood("\x89\x01x");
        },
        100ms);
    EXPECT_TRUE(verdict_of(outcome) == "deadline" || verdict_of(outcome) == "too_large")
        << verdict_of(outcome);
    EXPECT_LT(outcome.duration, 5s);
}

TEST(WebSocketViolation, fault_52_53_a_close_with_and_without_a_close_frame_is_early) {
    EXPECT_EQ(after_upgrade("\x88\x02\x03\xe9"), "closed_early");
    EXPECT_EQ(after_upgrade("\x88\x01\x03"), "ws_protocol") << "a close frame of one byte";
    EXPECT_EQ(websocket_against([](Peer& peer) -> awaitable<void> {
                  co_await peer.accept_websocket();
                  co_await peer.send_text(open_packet());
                  peer.finish();
              }),
              "closed_early");
}

/// Set by a script once it has brought the probe where it should hang.
bool arrived = false;

const std::vector<std::pair<Phase, Script>> hangs = {{Phase::upgrade,
                                                      [](Peer& peer) -> awaitable<void> {
                                                          co_await peer.read_request();
                                                          arrived = true;
                                                          co_await peer.stall();
                                                      }},
                                                     {Phase::open,
                                                      [](Peer& peer) -> awaitable<void> {
                                                          co_await peer.accept_websocket();
                                                          arrived = true;
                                                          co_await peer.stall();
                                                      }},
                                                     {Phase::namespace_,
                                                      [](Peer& peer) -> awaitable<void> {
                                                          co_await peer.accept_websocket();
                                                          co_await peer.send_text(open_packet());
                                                          co_await peer.read_frame();
                                                          arrived = true;
                                                          co_await peer.stall();
                                                      }},
                                                     {Phase::ready, [](Peer& peer) -> awaitable<void> {
                                                          co_await peer.accept_websocket();
                                                          co_await peer.send_text(open_packet());
                                                          co_await peer.read_frame();
                                                          co_await peer.send_text(R"(40/im,{"sid":"x"})");
                                                          arrived = true;
                                                          co_await peer.stall();
                                                      }}};

TEST(WebSocketProbe, fault_87_a_terminal_cancellation_ends_every_phase) {
    for (const auto& [phase, script] : hangs) {
        asio::io_context context;
        ScriptedPeer peer(context, script);
        arrived = false;
        auto now = std::chrono::steady_clock::now();
        probes::Run run{now, now + 1h, std::nullopt};
        asio::cancellation_signal signal;
        bool ended = false;
        asio::co_spawn(context, probe_websocket(target_at(peer.url()), std::move(run)),
                       asio::bind_cancellation_slot(
                           signal.slot(), [&](std::exception_ptr, const Outcome&) { ended = true; }));
        while (!arrived) context.run_one();
        signal.emit(asio::cancellation_type::terminal);
        while (!ended && context.run_one_for(30s) > 0) {
        }
        EXPECT_TRUE(ended) << name_of(phase);
    }
}

}  // namespace
}  // namespace gatewatch::probes::test
