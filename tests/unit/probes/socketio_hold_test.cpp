#include <gmock/gmock.h>

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "probes/socketio/connect_probes.hpp"
#include "probes/socketio/session.hpp"
#include "scripted_peer.hpp"

namespace gatewatch::probes::test {
namespace {

using namespace std::chrono_literals;
using asio::awaitable;
using socketio::probe_hold;
using socketio::Session;
using testing::ElementsAre;
using testing::HasSubstr;

const SteadyTime start{};

/// A session that is ready at `start`, of a server that pings every 25 s and waits 20 s for the answer.
Session held_until(SteadyTime end) {
    Session session({"/im", "connected", "error", 1s, std::nullopt});
    session.receive(open_packet(), start);
    session.receive(R"(40/im,{"sid":"s"})", start);
    session.receive(R"(42/im,["connected",{}])", start);
    EXPECT_TRUE(session.passed());
    static_cast<void>(session.take_outgoing());
    session.hold(start, end);
    EXPECT_FALSE(session.ended());
    EXPECT_EQ(session.phase(), Phase::hold);
    return session;
}

std::string state_of(const Session& session) {
    if (session.failed()) return std::string(name_of(session.failure().reason));
    return session.passed() ? "ok" : "held";
}

TEST(HeldSession, passes_once_it_has_answered_two_pings) {
    auto session = held_until(start + 70s);
    session.receive("2", start + 25s);
    EXPECT_THAT(session.take_outgoing(), ElementsAre("3"));
    EXPECT_EQ(state_of(session), "held");
    session.receive("2", start + 50s);
    EXPECT_THAT(session.take_outgoing(), ElementsAre("3"));
    EXPECT_EQ(state_of(session), "ok");
}

TEST(HeldSession, passes_after_one_ping_where_there_is_no_room_for_two) {
    auto session = held_until(start + 40s);
    session.receive("2", start + 25s);
    EXPECT_EQ(state_of(session), "ok");
}

TEST(HeldSession, passes_at_its_end_where_there_is_no_room_for_a_ping) {
    auto session = held_until(start + 10s);
    EXPECT_EQ(session.due(), start + 10s);
    session.time_passed(start + 9s);
    EXPECT_EQ(state_of(session), "held");
    session.time_passed(start + 10s);
    EXPECT_EQ(state_of(session), "ok");
}

TEST(HeldSession, passes_at_its_end_while_a_late_ping_is_still_in_time) {
    auto session = held_until(start + 44s);
    session.time_passed(start + 44s);
    EXPECT_EQ(state_of(session), "ok");
}

TEST(HeldSession, fault_31_no_ping_in_time) {
    auto session = held_until(start + 70s);
    EXPECT_EQ(session.due(), start + 45s);
    session.time_passed(start + 45s);
    EXPECT_EQ(state_of(session), "eio_ping_missed");
}

TEST(HeldSession, fault_31_no_second_ping_in_time) {
    auto session = held_until(start + 100s);
    session.receive("2", start + 25s);
    EXPECT_EQ(session.due(), start + 70s);
    session.receive(R"(42/im,["news",1])", start + 60s);
    session.time_passed(start + 70s);
    EXPECT_EQ(state_of(session), "eio_ping_missed");
}

TEST(HeldSession, fault_32_a_ping_flood_ends_it_and_does_not_pass_for_two_pings) {
    auto session = held_until(start + 70s);
    for (int i = 0; i < 1000; ++i) session.receive("2", start + 25s);
    EXPECT_EQ(state_of(session), "held");
    for (int i = 0; i < 1000; ++i) session.receive("2", start + 25s);
    EXPECT_EQ(state_of(session), "flood");
}

TEST(HeldSession, may_hear_much_from_a_busy_gateway) {
    auto session = held_until(start + 70s);
    for (int i = 0; i < 5000; ++i) session.receive(R"(42/im,["news",1])", start + i * 4ms);
    EXPECT_EQ(state_of(session), "held");
}

TEST(HeldSession, fault_34_a_close_packet_ends_it_early) {
    auto session = held_until(start + 70s);
    session.receive("6", start + 1s);
    EXPECT_EQ(state_of(session), "held");
    session.receive("1", start + 1s);
    EXPECT_EQ(state_of(session), "closed_early");
}

TEST(HeldSession, a_disconnect_by_the_gateway_is_a_rejection) {
    auto session = held_until(start + 70s);
    session.receive("41/im,", start + 1s);
    EXPECT_EQ(state_of(session), "sio_rejected");
}

awaitable<void> pause(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

/// Until the session is ready. `pings`: the open packet's pingInterval and pingTimeout.
awaitable<void> log_in(Peer& peer, std::string pings) {
    co_await peer.accept_websocket();
    co_await peer.send_text(R"(0{"sid":"Lw9KcSJYcAk5pRcOAAAA","upgrades":[],)" + pings + "}");
    co_await peer.read_frame();
    co_await peer.send_text(R"(40/im,{"sid":"PD2mFrCwh8cYzFi2AAAB"})");
    co_await peer.send_text(R"(42/im,["connected",{"userId":1}])");
}

const std::string quick = R"("pingInterval":40,"pingTimeout":5000)";
const std::string usual = R"("pingInterval":25000,"pingTimeout":20000)";

int pongs = 0;

TEST(HoldProbe, passes_after_two_pings_and_says_how_long_it_held) {
    pongs = 0;
    auto outcome = run_probe(probe_hold, [](Peer& peer) -> awaitable<void> {
        co_await log_in(peer, quick);
        for (int i = 0; i < 2; ++i) {
            co_await pause(40ms);
            co_await peer.send_text("2");
            auto answer = co_await peer.read_frame();
            if (answer == "3") ++pongs;
        }
        co_await peer.stall();
    });
    EXPECT_EQ(verdict_of(outcome), "ok") << outcome.evidence;
    EXPECT_EQ(pongs, 2);
    EXPECT_EQ(outcome.probe, ProbeKind::hold);
    EXPECT_EQ(outcome.phase, Phase::hold);
    auto held = outcome.phases[static_cast<std::size_t>(Phase::hold)];
    ASSERT_TRUE(held);
    EXPECT_GE(*held, 60ms) << "two pings, 40 ms apart";
    ASSERT_TRUE(outcome.handshake);
    EXPECT_EQ(outcome.handshake->ping_interval, 40ms);
    EXPECT_EQ(outcome.handshake->ping_timeout, 5s);
    EXPECT_FALSE(outcome.handshake->offers_websocket);
    EXPECT_FALSE(outcome.silence);
}

TEST(HoldProbe, raises_no_alarm_where_its_time_is_too_short_for_a_ping) {
    auto outcome = run_probe(
        probe_hold,
        [](Peer& peer) -> awaitable<void> {
            co_await log_in(peer, usual);
            co_await peer.stall();
        },
        200ms);
    EXPECT_EQ(verdict_of(outcome), "ok") << outcome.evidence;
    EXPECT_LT(outcome.duration, 25s);
}

TEST(HoldProbe, fault_53_an_end_without_a_close_frame_is_an_idle_cut_after_so_much_silence) {
    auto outcome = run_probe(probe_hold, [](Peer& peer) -> awaitable<void> {
        co_await log_in(peer, usual);
        co_await pause(60ms);
        peer.finish();
    });
    EXPECT_EQ(verdict_of(outcome), "idle_cut") << outcome.evidence;
    EXPECT_EQ(outcome.phase, Phase::hold);
    ASSERT_TRUE(outcome.silence);
    EXPECT_GE(*outcome.silence, 50ms);
    EXPECT_LT(*outcome.silence, 5s);
    EXPECT_EQ(outcome.handshake->ping_interval, 25s);
    EXPECT_THAT(outcome.evidence, HasSubstr("it pings every 25.0 s"));
}

TEST(HoldProbe, fault_04_a_reset_of_a_quiet_session_is_an_idle_cut) {
    auto outcome = run_probe(probe_hold, [](Peer& peer) -> awaitable<void> {
        co_await log_in(peer, usual);
        co_await pause(60ms);
        peer.reset();
    });
    EXPECT_EQ(verdict_of(outcome), "idle_cut") << outcome.evidence;
}

TEST(HoldProbe, fault_52_a_close_frame_is_an_early_close_and_no_idle_cut) {
    auto outcome = run_probe(probe_hold, [](Peer& peer) -> awaitable<void> {
        co_await log_in(peer, usual);
        co_await peer.send_frame(0x88, "\x03\xe9");
        co_await peer.stall();
    });
    EXPECT_EQ(verdict_of(outcome), "closed_early");
    EXPECT_EQ(outcome.phase, Phase::hold);
    EXPECT_FALSE(outcome.silence);
}

TEST(HoldProbe, fault_31_a_half_open_connection_is_a_missed_ping) {
    auto outcome = run_probe(probe_hold, [](Peer& peer) -> awaitable<void> {
        co_await log_in(peer, R"("pingInterval":50,"pingTimeout":50)");
        co_await peer.stall();
    });
    EXPECT_EQ(verdict_of(outcome), "eio_ping_missed") << outcome.evidence;
    EXPECT_EQ(outcome.phase, Phase::hold);
}

TEST(HoldProbe, a_rejected_token_fails_before_anything_is_held) {
    auto outcome = run_probe(probe_hold, [](Peer& peer) -> awaitable<void> {
        co_await peer.accept_websocket();
        co_await peer.send_text(open_packet());
        co_await peer.read_frame();
        co_await peer.send_text(R"(40/im,{"sid":"x"})");
        co_await peer.send_text(R"(42/im,["error",{}])");
        co_await peer.stall();
    });
    EXPECT_EQ(verdict_of(outcome), "sio_rejected");
    EXPECT_EQ(outcome.phase, Phase::ready);
}

TEST(HoldProbe, an_end_before_ready_is_no_idle_cut) {
    auto outcome = run_probe(probe_hold, [](Peer& peer) -> awaitable<void> {
        co_await peer.accept_websocket();
        co_await peer.send_text(open_packet());
        co_await peer.read_frame();
        peer.finish();
    });
    EXPECT_EQ(verdict_of(outcome), "closed_early");
}

}  // namespace
}  // namespace gatewatch::probes::test
