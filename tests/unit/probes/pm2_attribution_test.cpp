#include "pm2_attribution_fixture.hpp"

namespace gatewatch::probes::pm2 {
namespace {

TEST_F(Pm2Attribution, an_attempt_without_a_probe_is_a_users_after_two_seconds) {
    line(EventKind::attempt, other);
    at(1900ms);
    EXPECT_EQ(settled(), "");
    at(2000ms);
    EXPECT_EQ(settled(), "attempt/user");
}

TEST_F(Pm2Attribution, an_attempt_is_synthetic_as_soon_as_its_probe_has_told_its_sid) {
    subject_.probe_started(1, now_);
    at(100ms);
    line(EventKind::attempt, own);
    at(150ms);
    EXPECT_EQ(settled(), "");
    subject_.probe_finished(1, true, {own}, now_);
    EXPECT_EQ(settled(), "attempt/synthetic");
}

TEST_F(Pm2Attribution, a_line_that_is_read_after_the_probe_ended_is_synthetic_at_once) {
    subject_.probe_started(1, now_);
    subject_.probe_finished(1, true, {own}, now_);
    at(300ms);
    line(EventKind::attempt, own);
    line(EventKind::accepted);
    line(EventKind::disconnect, own);
    EXPECT_EQ(settled(), "attempt/synthetic accepted/synthetic disconnect/synthetic");
}

TEST_F(Pm2Attribution, a_probe_that_hangs_after_its_ack_still_gets_its_attempt) {
    subject_.probe_started(1, now_);
    at(100ms);
    line(EventKind::attempt, own);
    at(9900ms);
    EXPECT_EQ(settled(), "");
    subject_.probe_finished(1, true, {own}, now_);
    EXPECT_EQ(settled(), "attempt/synthetic");
}

TEST_F(Pm2Attribution, a_probe_that_holds_its_session_for_long_keeps_nobody_waiting) {
    subject_.probe_started(1, now_);
    line(EventKind::attempt, own);
    at(100ms);
    subject_.add_synthetic(own, now_);
    subject_.probe_connected(1, now_);
    EXPECT_EQ(settled(), "attempt/synthetic");
    at(20s);
    line(EventKind::attempt, other);
    at(22s);
    EXPECT_EQ(settled(), "attempt/user");
    subject_.probe_finished(1, true, {own}, now_);
    EXPECT_EQ(settled(), "");
}

TEST_F(Pm2Attribution, every_session_of_a_probe_that_connects_more_than_once_is_synthetic) {
    subject_.probe_started(1, now_);
    line(EventKind::attempt, own);
    line(EventKind::attempt, other);
    subject_.probe_finished(1, true, {own, other}, now_);
    EXPECT_EQ(settled(), "attempt/synthetic attempt/synthetic");
}

TEST_F(Pm2Attribution, attempts_in_the_window_of_a_probe_without_an_ack_are_unknown) {
    subject_.probe_started(1, now_);
    at(100ms);
    line(EventKind::attempt, other);
    at(3s);
    subject_.probe_finished(1, true, {}, now_);
    at(3200ms);
    EXPECT_EQ(settled(), "attempt/unknown");
    line(EventKind::attempt, own);  // 200 ms after its end: the line may have been late
    at(3600ms);
    line(EventKind::disconnect, other);
    EXPECT_EQ(settled(), "disconnect/unknown");
    at(5200ms);
    EXPECT_EQ(settled(), "attempt/unknown");
}

TEST_F(Pm2Attribution, attempts_outside_that_window_are_users) {
    line(EventKind::attempt, other);
    at(100ms);
    subject_.probe_started(1, now_);
    at(200ms);
    subject_.probe_finished(1, true, {}, now_);
    at(1300ms);
    line(EventKind::attempt, own);
    at(4s);
    EXPECT_EQ(settled(), "attempt/user attempt/user");
}

TEST_F(Pm2Attribution, a_probe_that_never_sent_connect_owns_no_attempt) {
    subject_.probe_started(1, now_);
    line(EventKind::attempt, other);
    subject_.probe_finished(1, false, {}, now_);
    at(2s);
    EXPECT_EQ(settled(), "attempt/user");
}

TEST_F(Pm2Attribution, while_a_probe_runs_on_and_on_its_attempt_ends_as_unknown) {
    subject_.probe_started(1, now_);
    line(EventKind::attempt, other);
    at(14900ms);
    EXPECT_EQ(settled(), "");
    at(15s);
    EXPECT_EQ(settled(), "attempt/unknown");
}

TEST_F(Pm2Attribution, a_verdict_belongs_to_the_only_connection_that_waits_for_one) {
    line(EventKind::attempt, own);
    line(EventKind::token_auth_present);
    line(EventKind::verify);
    line(EventKind::rejected_expired);
    line(EventKind::disconnect, own);
    line(EventKind::attempt, other);
    line(EventKind::token_auth_absent);
    line(EventKind::rejected_missing);
    subject_.add_synthetic(own, now_);
    EXPECT_EQ(settled(),
              "attempt/synthetic token_auth_present/synthetic verify/synthetic rejected_expired/synthetic "
              "disconnect/synthetic");
    at(2s);
    EXPECT_EQ(settled(), "attempt/user token_auth_absent/user rejected_missing/user");
}

TEST_F(Pm2Attribution, fault_75_interleaved_writers_leave_verdicts_unknown_until_all_have_theirs) {
    subject_.add_synthetic(own, now_);
    line(EventKind::attempt, own);
    line(EventKind::attempt, other);
    line(EventKind::accepted);
    line(EventKind::rejected_expired);
    EXPECT_EQ(settled(), "attempt/synthetic accepted/unknown rejected_expired/unknown");
    const std::string third = "thirdthirdthirdthir3";
    subject_.add_synthetic(third, now_);
    line(EventKind::attempt, third);
    line(EventKind::accepted);
    EXPECT_EQ(settled(), "attempt/synthetic accepted/synthetic");
}

TEST_F(Pm2Attribution, a_verdict_of_a_connection_that_left_before_it_is_given_to_nobody_else) {
    subject_.add_synthetic(own, now_);
    line(EventKind::attempt, other);
    line(EventKind::attempt, own);
    line(EventKind::disconnect, other);
    line(EventKind::rejected_expired);
    EXPECT_EQ(settled(), "attempt/synthetic rejected_expired/unknown");
}

TEST_F(Pm2Attribution, verdicts_of_two_files_are_told_apart) {
    subject_.add_synthetic(own, now_);
    line(EventKind::attempt, own, 1);
    line(EventKind::attempt, other, 2);
    line(EventKind::accepted, {}, 1);
    line(EventKind::error, {}, 3);
    EXPECT_EQ(settled(), "attempt/synthetic accepted/synthetic error/unknown");
}

TEST_F(Pm2Attribution, a_verdict_without_an_attempt_is_unknown) {
    line(EventKind::accepted);
    EXPECT_EQ(settled(), "accepted/unknown");
}

TEST_F(Pm2Attribution, where_lines_were_lost_order_proves_nothing_for_a_moment) {
    subject_.add_synthetic(own, now_);
    line(EventKind::attempt, own);
    subject_.lines_lost(0, now_);
    line(EventKind::attempt, own);
    line(EventKind::accepted);
    EXPECT_EQ(settled(), "attempt/synthetic attempt/synthetic accepted/unknown");
    at(1s);
    line(EventKind::attempt, own);
    line(EventKind::accepted);
    EXPECT_EQ(settled(), "attempt/synthetic accepted/synthetic");
}

TEST_F(Pm2Attribution, a_connection_from_before_the_start_may_own_the_first_verdict) {
    subject_.add_synthetic(own, now_);
    subject_.line_before_start(0, {EventKind::attempt, other, ""}, now_);
    line(EventKind::attempt, own);
    line(EventKind::accepted);
    EXPECT_EQ(settled(), "attempt/synthetic accepted/unknown");
}

TEST_F(Pm2Attribution, a_verdict_that_never_came_leaves_later_ones_unproven_for_a_while_only) {
    line(EventKind::attempt, own);  // its process was killed
    const auto connect = [this](std::chrono::milliseconds when, const std::string& sid) {
        at(when);
        line(EventKind::attempt, sid);
        at(when + 100ms);
        line(EventKind::accepted);
        subject_.add_synthetic(sid, now_);
    };
    // New ones come without a pause, so that somebody always seems to wait.
    for (int i = 1; i < 30; ++i) connect(std::chrono::seconds(i), "sid-" + std::to_string(i));
    settled();
    connect(31s, "later");
    EXPECT_EQ(settled(), "attempt/synthetic accepted/synthetic");
}

TEST_F(Pm2Attribution, a_killed_process_whose_connections_left_keeps_nobody_unproven_for_long) {
    line(EventKind::attempt, own);
    line(EventKind::attempt, other);
    line(EventKind::disconnect, own);
    for (int i = 1; i < 30; ++i) {
        at(std::chrono::seconds(i));
        line(EventKind::attempt, "sid-" + std::to_string(i));
        line(EventKind::accepted);
    }
    at(31s);
    settled();
    line(EventKind::attempt, "later");
    line(EventKind::accepted);
    subject_.add_synthetic("later", now_);
    EXPECT_EQ(settled(), "attempt/synthetic accepted/synthetic");
}

TEST_F(Pm2Attribution, a_connection_whose_verdict_never_came_is_forgotten) {
    line(EventKind::attempt, other);
    at(31s);
    subject_.add_synthetic(own, now_);
    line(EventKind::attempt, own);
    line(EventKind::accepted);
    EXPECT_EQ(settled(), "attempt/user attempt/synthetic accepted/synthetic");
}

TEST_F(Pm2Attribution, a_flood_of_attempts_is_let_go_in_bounded_memory) {
    for (int i = 0; i < 50'000; ++i)
        line(EventKind::attempt, "flood" + std::to_string(100'000'000'000'000 + i));
    subject_.settle(now_);
    EXPECT_GE(subject_.take().size(), 30'000u);
    at(2s);
    subject_.settle(now_);
    EXPECT_EQ(subject_.take().size(), 20'000u);
}

TEST_F(Pm2Attribution, one_line_again_and_again_is_held_64_times_and_then_unknown_at_once) {
    for (int i = 0; i < 1000; ++i) line(EventKind::attempt, own);
    EXPECT_EQ(subject_.take().size(), 936u);
    line(EventKind::attempt, own);
    EXPECT_EQ(settled(), "attempt/unknown");
    line(EventKind::attempt, other);
    EXPECT_EQ(settled(), "");
    subject_.add_synthetic(own, now_);
    const auto held = subject_.take();
    EXPECT_EQ(held.size(), 64u);
    for (const auto& event : held) EXPECT_EQ(event.origin, Origin::synthetic);
}

}  // namespace
}  // namespace gatewatch::probes::pm2
