#include "tests/unit/probes/token_source_fixture.hpp"

namespace gatewatch::probes {
namespace {

boost::asio::awaitable<void> answer_with_numbered_token(Peer& peer) {
    struct Log : TokenSourceTest {
        using TokenSourceTest::requests;
    };
    Log::requests.push_back(co_await peer.read_request());
    co_await peer.write(test::response("201 Created", "application/json",
                                       fmt::format(R"({{"data":{{"token":"token-{}"}}}})", peer.number())));
    peer.finish();
}

TEST_F(TokenSourceTest, a_login_posts_the_credentials_as_json_and_keeps_the_token) {
    const ScriptedPeer peer(io_, answer_with_numbered_token);
    const auto source = make(login_at(peer));
    EXPECT_EQ(get(*source), "token-0");
    EXPECT_EQ(get(*source), "token-0");
    ASSERT_EQ(requests.size(), 1u);
    EXPECT_THAT(requests[0], AllOf(HasSubstr("POST /auth/login HTTP/1.1"), HasSubstr("application/json"),
                                   HasSubstr(R"({"username":"probe","password":"pass \"word\""})")));
}

TEST_F(TokenSourceTest, probes_that_ask_at_the_same_time_share_one_login) {
    const ScriptedPeer peer(io_, answer_with_numbered_token);
    const auto source = make(login_at(peer));
    EXPECT_THAT(get(*source, 4), testing::Each("token-0"));
    EXPECT_EQ(peer.connections(), 1);
}

TEST_F(TokenSourceTest, a_rejected_token_is_fetched_anew_at_most_once_a_minute) {
    const ScriptedPeer peer(io_, answer_with_numbered_token);
    const auto source = make(login_at(peer));
    EXPECT_EQ(get(*source), "token-0");
    source->rejected();
    fake_now += 59s;
    EXPECT_EQ(get(*source), "token-0");
    fake_now += 1s;
    EXPECT_EQ(get(*source), "token-1");
    fake_now += 2min;
    EXPECT_EQ(get(*source), "token-1");
}

boost::asio::awaitable<void> deny(Peer& peer) {
    co_await peer.read_request();
    co_await peer.write(test::response("401 Unauthorized", "application/json", R"({"message":"no"})"));
    peer.finish();
}

TEST_F(TokenSourceTest, fault_98_denied_credentials_are_not_tried_again_within_the_minute) {
    const ScriptedPeer peer(io_, deny);
    const auto source = make(login_at(peer));
    EXPECT_THAT(get(*source),
                AllOf(HasSubstr("answered 401"), HasSubstr("password_file"), Not(HasSubstr("word\""))));
    EXPECT_THAT(get(*source), HasSubstr("answered 401"));
    EXPECT_EQ(peer.connections(), 1);
    fake_now += 1min;
    EXPECT_THAT(get(*source), HasSubstr("answered 401"));
    EXPECT_EQ(peer.connections(), 2);
}

boost::asio::awaitable<void> fail_then_answer(Peer& peer) {
    const auto request = co_await peer.read_request();
    if (peer.number() == 0) {
        co_await peer.write(test::response("502 Bad Gateway", "text/html", "<html>"));
    } else if (peer.number() == 1) {
        co_await peer.write(test::response("200 OK", "text/html", "<html>"));
    } else {
        co_await peer.write(test::response("200 OK", "application/json", R"({"access_token":"late"})"));
    }
    peer.finish();
}

TEST_F(TokenSourceTest, a_login_that_failed_otherwise_is_tried_again_at_the_next_run) {
    const ScriptedPeer peer(io_, fail_then_answer);
    const auto source = make(login_at(peer));
    EXPECT_THAT(get(*source), HasSubstr("answered 502"));
    EXPECT_THAT(get(*source), HasSubstr("without a token in its JSON"));
    EXPECT_EQ(get(*source), "late");
}

boost::asio::awaitable<void> answer_once(Peer& peer) {
    if (peer.number() == 0) co_return co_await answer_with_numbered_token(peer);
    peer.reset();
}

TEST_F(TokenSourceTest, when_the_refetch_fails_the_old_token_still_shows_what_the_gateway_does) {
    const ScriptedPeer peer(io_, answer_once);
    const auto source = make(login_at(peer));
    EXPECT_EQ(get(*source), "token-0");
    source->rejected();
    fake_now += 1min;
    EXPECT_EQ(get(*source), "token-0");
    EXPECT_EQ(peer.connections(), 2);
}

boost::asio::awaitable<void> never_answer(Peer& peer) {
    co_await peer.stall();
}

TEST_F(TokenSourceTest, a_login_that_hangs_ends_by_the_deadline_for_all_who_wait) {
    const ScriptedPeer peer(io_, never_answer);
    const auto source = make(login_at(peer));
    const auto since = std::chrono::steady_clock::now();
    const auto tokens = get(*source, 3, 200ms);
    EXPECT_EQ(tokens.size(), 3u);
    EXPECT_THAT(tokens, testing::Each(HasSubstr("error")));
    EXPECT_LT(std::chrono::steady_clock::now() - since, 1s);
}

}  // namespace
}  // namespace gatewatch::probes
