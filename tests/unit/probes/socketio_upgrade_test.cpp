#include <gmock/gmock.h>

#include "probes/socketio/connect_probes.hpp"
#include "scripted_peer.hpp"

namespace gatewatch::probes::test {
namespace {

using namespace std::chrono_literals;
using asio::awaitable;
using socketio::probe_upgrade;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto text = "text/plain; charset=UTF-8";
constexpr auto ready =
    "40/im,{\"sid\":\"abc\"}\x1e"
    R"(42/im,["connected",{}])";

/// What the client did, one after the other.
std::vector<std::string> seen;

awaitable<void> answer(Peer& peer, std::string reply) {
    auto request = co_await peer.read_request();
    seen.push_back(request.substr(0, request.find(" HTTP/")));
    co_await peer.write(std::move(reply));
    co_await peer.stall();
}

awaitable<void> hear(Peer& peer) {
    auto packet = co_await peer.read_frame();
    seen.push_back(std::move(packet));
}

/// The requests after a failed upgrade: CONNECT, its answer, and the goodbye.
awaitable<void> go_on_by_polling(Peer& peer) {
    if (peer.number() == 3) co_return co_await answer(peer, response("200 OK", text, ready));
    co_await answer(peer, response("200 OK", "text/html", "ok"));
}

TEST(UpgradeProbe, opens_by_polling_moves_to_websocket_and_connects_there) {
    seen.clear();
    auto outcome = run_probe(probe_upgrade, [](Peer& peer) -> awaitable<void> {
        if (peer.number() == 0) co_await answer(peer, response("200 OK", text, open_packet()));
        if (peer.number() == 2) co_await answer(peer, response("200 OK", text, "6"));
        if (peer.number() != 1) co_return;
        co_await peer.accept_websocket();
        co_await hear(peer);
        co_await peer.send_text("3probe");
        co_await hear(peer);
        co_await hear(peer);
        co_await peer.send_text(R"(40/im,{"sid":"abc"})");
        co_await peer.send_text(R"(42/im,["connected",{}])");
        co_await peer.stall();
    });
    EXPECT_EQ(verdict_of(outcome), "ok") << outcome.evidence;
    EXPECT_THAT(seen, ElementsAre("GET /socket.io/?EIO=4&transport=polling", "2probe",
                                  "GET /socket.io/?EIO=4&transport=polling&sid=Lw9KcSJYcAk5pRcOAAAA", "5",
                                  R"(40/im,{"token":"a-token-that-must-not-show"})"));
    EXPECT_EQ(outcome.phase, Phase::ready);
    for (auto phase : {Phase::open, Phase::upgrade, Phase::namespace_, Phase::ready}) {
        EXPECT_TRUE(outcome.phases[static_cast<std::size_t>(phase)]) << name_of(phase);
    }
    ASSERT_TRUE(outcome.handshake);
    EXPECT_TRUE(outcome.handshake->offers_websocket);
    EXPECT_EQ(outcome.namespace_sid, "abc");
    EXPECT_TRUE(outcome.connect_sent);
}

TEST(UpgradeProbe, the_upgrade_asks_for_the_session_that_polling_opened) {
    static std::string request;
    auto outcome = run_probe(probe_upgrade, [](Peer& peer) -> awaitable<void> {
        if (peer.number() == 0) co_await answer(peer, response("200 OK", text, open_packet()));
        if (peer.number() != 1) co_return co_await go_on_by_polling(peer);
        request = co_await peer.read_request();
        peer.finish();
    });
    EXPECT_THAT(request,
                StartsWith("GET /socket.io/?EIO=4&transport=websocket&sid=Lw9KcSJYcAk5pRcOAAAA HTTP/1.1"));
    EXPECT_EQ(verdict_of(outcome), "closed_early");
    EXPECT_EQ(outcome.phase, Phase::upgrade);
}

TEST(UpgradeProbe, a_refused_upgrade_keeps_its_reason_and_tells_that_polling_works) {
    auto outcome = run_probe(probe_upgrade, [](Peer& peer) -> awaitable<void> {
        if (peer.number() == 0) co_await answer(peer, response("200 OK", text, open_packet()));
        if (peer.number() != 1) co_return co_await go_on_by_polling(peer);
        co_await answer(
            peer, response("400 Bad Request", "application/json", R"({"code":3,"message":"Bad request"})"));
    });
    EXPECT_EQ(verdict_of(outcome), "upgrade_refused");
    EXPECT_EQ(outcome.phase, Phase::upgrade);
    EXPECT_EQ(outcome.answer.engine_code, 3);
    EXPECT_EQ(outcome.answer.by, AnsweredBy::engine_io_request);
    EXPECT_THAT(outcome.evidence, StartsWith("the session goes on over polling; the upgrade: HTTP 400"));
    EXPECT_EQ(outcome.namespace_sid, "abc");
}

TEST(UpgradeProbe, a_refused_upgrade_keeps_its_reason_where_polling_fails_too) {
    auto outcome = run_probe(probe_upgrade, [](Peer& peer) -> awaitable<void> {
        if (peer.number() == 0) co_await answer(peer, response("200 OK", text, open_packet()));
        auto code = peer.number() == 1 ? R"({"code":3,"message":"x"})" : R"({"code":1,"message":"x"})";
        co_await answer(peer, response("400 Bad Request", "application/json", code));
    });
    EXPECT_EQ(verdict_of(outcome), "upgrade_refused");
    EXPECT_EQ(outcome.answer.engine_code, 3);
    EXPECT_THAT(outcome.evidence, StartsWith("polling fails too (eio_sid_unknown); the upgrade: HTTP 400"));
}

TEST(UpgradeProbe, fault_33_no_3probe_is_a_failed_probe) {
    auto outcome = run_probe(
        probe_upgrade,
        [](Peer& peer) -> awaitable<void> {
            if (peer.number() == 0) co_await answer(peer, response("200 OK", text, open_packet()));
            if (peer.number() != 1) co_return co_await go_on_by_polling(peer);
            co_await peer.accept_websocket();
            co_await peer.stall();
        },
        2s);
    EXPECT_EQ(verdict_of(outcome), "upgrade_probe_failed");
    EXPECT_EQ(outcome.phase, Phase::upgrade);
    EXPECT_THAT(outcome.evidence, StartsWith("the session goes on over polling"));
}

TEST(UpgradeProbe, fault_33_another_packet_than_3probe_is_a_failed_probe) {
    auto outcome = run_probe(probe_upgrade, [](Peer& peer) -> awaitable<void> {
        if (peer.number() == 0) co_await answer(peer, response("200 OK", text, open_packet()));
        if (peer.number() != 1) co_return co_await go_on_by_polling(peer);
        co_await peer.accept_websocket();
        co_await peer.send_text("3");
        co_await peer.stall();
    });
    EXPECT_EQ(verdict_of(outcome), "upgrade_probe_failed");
    EXPECT_THAT(outcome.evidence, HasSubstr("2probe got no 3probe: 3"));
}

TEST(UpgradeProbe, fault_07_a_silent_upgrade_leaves_time_for_polling) {
    auto outcome = run_probe(
        probe_upgrade,
        [](Peer& peer) -> awaitable<void> {
            if (peer.number() == 0) co_await answer(peer, response("200 OK", text, open_packet()));
            if (peer.number() != 1) co_return co_await go_on_by_polling(peer);
            co_await peer.stall();
        },
        400ms);
    EXPECT_EQ(verdict_of(outcome), "deadline");
    EXPECT_EQ(outcome.phase, Phase::upgrade);
    EXPECT_THAT(outcome.evidence, StartsWith("the session goes on over polling"));
}

TEST(UpgradeProbe, fault_34_a_close_in_the_pending_poll_is_a_failed_probe) {
    auto outcome = run_probe(probe_upgrade, [](Peer& peer) -> awaitable<void> {
        if (peer.number() == 0) co_await answer(peer, response("200 OK", text, open_packet()));
        if (peer.number() == 2)
            co_await answer(peer, response("200 OK", text,
                                           "6\x1e"
                                           "1"));
        if (peer.number() != 1) co_return;
        co_await peer.accept_websocket();
        co_await peer.read_frame();
        co_await peer.send_text("3probe");
        co_await peer.stall();
    });
    EXPECT_EQ(verdict_of(outcome), "upgrade_probe_failed");
    EXPECT_THAT(outcome.evidence, StartsWith("polling fails too (closed_early)"));
}

TEST(UpgradeProbe, what_fails_at_the_open_packet_fails_there) {
    auto outcome = run_probe(probe_upgrade, [](Peer& peer) -> awaitable<void> {
        return answer(peer, response("502 Bad Gateway", "text/html", "<center>nginx</center>"));
    });
    EXPECT_EQ(verdict_of(outcome), "http_bad_gateway");
    EXPECT_EQ(outcome.phase, Phase::open);
}

TEST(UpgradeProbe, a_rejection_on_the_upgraded_session_is_one) {
    auto outcome = run_probe(probe_upgrade, [](Peer& peer) -> awaitable<void> {
        if (peer.number() == 0) co_await answer(peer, response("200 OK", text, open_packet()));
        if (peer.number() == 2) co_await answer(peer, response("200 OK", text, "6"));
        if (peer.number() != 1) co_return;
        co_await peer.accept_websocket();
        co_await peer.read_frame();
        co_await peer.send_text("3probe");
        co_await peer.send_text(R"(40/im,{"sid":"abc"})");
        co_await peer.send_text(R"(42/im,["error",{}])");
        co_await peer.stall();
    });
    EXPECT_EQ(verdict_of(outcome), "sio_rejected");
    EXPECT_EQ(outcome.phase, Phase::ready);
}

}  // namespace
}  // namespace gatewatch::probes::test
