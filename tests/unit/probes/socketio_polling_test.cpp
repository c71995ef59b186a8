#include "polling_fixture.hpp"

namespace gatewatch::probes::test {
namespace {

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
    ASSERT_TRUE(outcome.handshake);
    EXPECT_TRUE(outcome.handshake->offers_websocket);
    EXPECT_EQ(outcome.handshake->ping_interval, 25s);
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

TEST(PollingProbe, a_server_that_answers_at_once_and_says_nothing_is_not_hammered) {
    asio::io_context context;
    ScriptedPeer peer(context, [](Peer& one) -> awaitable<void> {
        return one.number() < 2 ? serve_session(one, "") : answer(one, response("200 OK", text, "6"));
    });
    const auto outcome = run_probe(context, probe_polling, target_at(peer.url()));
    EXPECT_EQ(verdict_of(outcome), "flood") << outcome.evidence;
    EXPECT_LE(peer.connections(), 110);
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

/// The healthy exchange, or a rejected one, as a page of another origin than the server's would see it.
Outcome polling_from_another_origin(Script script) {
    asio::io_context context;
    ScriptedPeer peer(context, script);
    auto target = target_at(peer.url());
    target.origin = "http://im.example.com";
    return run_probe(context, probe_polling, target);
}

TEST(PollingProbe, an_answer_that_a_browser_would_refuse_fails_a_login_that_works) {
    auto outcome = polling_from_another_origin([](Peer& peer) -> awaitable<void> {
        return serve_session(peer,
                             "40/im,{\"sid\":\"abc\"}\x1e"
                             R"(42/im,["connected",{}])");
    });
    EXPECT_EQ(verdict_of(outcome), "cors");
    EXPECT_EQ(outcome.cors, CorsFault::missing);
    EXPECT_EQ(outcome.phase, Phase::ready);
    EXPECT_EQ(outcome.evidence, "to the Origin http://im.example.com came no Access-Control-Allow-Origin");
}

TEST(PollingProbe, what_fails_for_everyone_is_not_put_on_cors) {
    auto outcome = polling_from_another_origin(
        [](Peer& peer) -> awaitable<void> { return serve_session(peer, R"(44/im,{"message":"no"})"); });
    EXPECT_EQ(verdict_of(outcome), "sio_connect_error");
    EXPECT_FALSE(outcome.cors);
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
