// What is kept of nginx's logs, and for how long.
#include "agent/edge_window.hpp"

#include <gtest/gtest.h>

#include "tests/unit/agent/edge_support.hpp"

namespace gatewatch::agent::test {
namespace {

using probes::SteadyTime;

const SteadyTime start{1'000s};

/// Counts over 60 s.
class EdgeWindowOfAMinute : public testing::Test {
  protected:
    EdgeWindowOfAMinute() { set_lines(0, start); }
    void set_lines(std::uint64_t lines, SteadyTime now, bool up = true) {
        probes::EdgeLogStatus status;
        status.up = up;
        status.access_lines = lines;
        window.set_status(status, now);
    }
    [[nodiscard]] EdgeEvidence at(SteadyTime now) const { return *window.evidence(now); }

    EdgeWindow window{edge_gateway()};
};

TEST_F(EdgeWindowOfAMinute, CountsUsersAndItsOwnProbesApart) {
    window.add(edge_request(EdgeTransport::websocket, 400), start);
    window.add(edge_request(EdgeTransport::websocket, 400), start + 10s);
    window.add(edge_request(EdgeTransport::polling, 200, true), start + 10s);
    const auto evidence = at(start + 20s);
    EXPECT_EQ(evidence.window, 60s);
    EXPECT_EQ(count(evidence.users, EdgeTransport::websocket, EdgeStatus::bad_request), 2U);
    EXPECT_EQ(count(evidence.users, EdgeTransport::polling, EdgeStatus::success), 0U);
    EXPECT_EQ(count(evidence.own, EdgeTransport::polling, EdgeStatus::success), 1U);
    EXPECT_TRUE(evidence.own_seen);
}

TEST_F(EdgeWindowOfAMinute, ForgetsWhatIsOlderThanItsLength) {
    window.add(edge_request(EdgeTransport::websocket, 400), start);
    window.add(edge_request(EdgeTransport::websocket, 502, false, "127.0.0.1:7012"), start + 50s);
    const auto evidence = at(start + 70s);
    EXPECT_EQ(count(evidence.users, EdgeTransport::websocket, EdgeStatus::bad_request), 0U);
    EXPECT_EQ(count(evidence.users, EdgeTransport::websocket, EdgeStatus::bad_gateway), 1U);
    EXPECT_EQ(evidence.upstreams[static_cast<std::size_t>(EdgeStatus::bad_gateway)], "127.0.0.1:7012");
    EXPECT_EQ(count(at(start + 200s).users, EdgeTransport::websocket, EdgeStatus::bad_gateway), 0U);
}

TEST_F(EdgeWindowOfAMinute, KeepsThatNginxHadNoConnectionLeftWhateverComesAfterIt) {
    window.add(edge_trouble(EdgeError::no_connection), start);
    window.add(edge_trouble(EdgeError::no_connection), start + 5s);
    window.add(edge_trouble(EdgeError::refused), start + 10s);
    const auto evidence = at(start + 20s);
    EXPECT_EQ(evidence.last_trouble->error, EdgeError::refused);
    EXPECT_EQ(evidence.troubles, 1U);
    ASSERT_TRUE(evidence.used_up);
    EXPECT_EQ(evidence.times_used_up, 2U);
    EXPECT_FALSE(at(start + 66s).used_up);
}

TEST_F(EdgeWindowOfAMinute, KeepsTheLastTroubleForAsLong) {
    window.add(edge_trouble(EdgeError::refused), start);
    window.add(edge_trouble(EdgeError::timed_out), start + 5s);
    window.add(edge_trouble(EdgeError::refused), start + 10s);
    const auto evidence = at(start + 20s);
    ASSERT_TRUE(evidence.last_trouble);
    EXPECT_EQ(evidence.last_trouble->error, EdgeError::refused);
    EXPECT_EQ(evidence.troubles, 2U);
    EXPECT_FALSE(at(start + 71s).last_trouble);
}

TEST_F(EdgeWindowOfAMinute, IsCompleteWhenTheLogsWereFollowedForAllOfIt) {
    EXPECT_FALSE(at(start + 59s).complete);
    EXPECT_TRUE(at(start + 60s).complete);
    set_lines(0, start + 70s, false);
    set_lines(0, start + 71s);
    EXPECT_FALSE(at(start + 100s).complete);
    EXPECT_TRUE(at(start + 131s).complete);
}

TEST_F(EdgeWindowOfAMinute, CountsTheLinesOfTheAccessLogWhateverTheyAreAbout) {
    set_lines(5, start + 10s);
    set_lines(7, start + 30s);
    EXPECT_EQ(at(start + 40s).lines, 7U);
    EXPECT_EQ(at(start + 85s).lines, 2U);
}

TEST(EdgeWindow, knows_nothing_before_the_first_status) {
    EXPECT_FALSE(EdgeWindow(edge_gateway()).evidence(start));
}

TEST(EdgeWindow, cannot_tell_its_own_where_the_format_has_no_user_agent) {
    auto gateway = edge_gateway();
    EXPECT_TRUE([&] {
        EdgeWindow window(gateway);
        window.set_status({}, start);
        return window.evidence(start)->tells_own;
    }());
    gateway.nginx->log_format = "$request $status";
    EdgeWindow window(gateway);
    window.set_status({}, start);
    EXPECT_FALSE(window.evidence(start)->tells_own);
}

TEST(EdgeWindow, holds_no_more_than_a_few_slices_whatever_comes) {
    auto gateway = edge_gateway();
    gateway.interval = 1ms;  // counts over ten seconds all the same
    EdgeWindow window(gateway);
    window.set_status({}, start);
    for (int i = 0; i < 100'000; ++i) {
        window.add(edge_request(EdgeTransport::polling, 200), start + i * 1ms);
    }
    const auto evidence = *window.evidence(start + 100s);
    EXPECT_EQ(evidence.window, 10s);
    const auto counted = count(evidence.users, EdgeTransport::polling, EdgeStatus::success);
    EXPECT_GE(counted, 8'000U);
    EXPECT_LE(counted, 10'001U);
}

}  // namespace
}  // namespace gatewatch::agent::test
