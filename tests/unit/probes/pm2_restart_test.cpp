// Whose attempts are they that a new process reads, of probes of the one before? And: does the log still
// speak in known words?
#include "probes/pm2/own_runs.hpp"
#include "tests/unit/probes/pm2_follow_fixture.hpp"

namespace gatewatch::probes::pm2 {
namespace {

class Pm2Restart : public Pm2Follow {
  protected:
    void SetUp() override {
        Pm2Follow::SetUp();
        fs::create_directory(home_ / "state");
        checkpoint_ = home_ / "state" / "log-im.json";
        append(out(), "");
        start();
    }
    /// The process is gone without a word, and another one starts.
    void kill_and_restart() {
        pipeline_.reset();
        start();
    }
    /// What has been told of attempts, after as long as they are held back: "1/user 2/synthetic".
    std::string attempts() {
        step();
        step(20s);
        std::string text;
        for (const auto& event : pipeline_->attribution().take()) {
            if (event.kind != EventKind::attempt) continue;
            text += fmt::format("{}{}/{}", text.empty() ? "" : " ", std::stoi(event.sid.substr(12)),
                                name_of(event.origin));
        }
        return text;
    }
    void begin(std::uint64_t run) { pipeline_->probe_started(run, now_, wall_); }
    void acknowledge(std::uint64_t run, int number, bool last = true) {
        pipeline_->probe_connected(run, sid(number), last, true, now_, wall_);
    }
    void finish(std::uint64_t run, bool connect_sent, const std::vector<std::string>& sids) {
        pipeline_->probe_finished(run, connect_sent, sids, now_, wall_);
    }
    fs::path runs() const { return checkpoint_.native() + ".runs"; }
};

TEST_F(Pm2Restart, fault_65_a_sid_that_was_acknowledged_before_is_synthetic_and_others_are_users) {
    begin(1);
    acknowledge(1, 1);
    finish(1, true, {sid(1)});
    begin(2);
    finish(2, true, {sid(2)});
    append(out(), attempt(1) + attempt(2) + attempt(3));
    kill_and_restart();
    EXPECT_EQ(attempts(), "1/synthetic 2/synthetic 3/user");
}

TEST_F(Pm2Restart, an_attempt_that_a_run_under_way_at_the_kill_may_have_made_is_unknown) {
    begin(1);
    acknowledge(1, 1);
    begin(2);
    append(out(), attempt(1) + attempt(2));
    kill_and_restart();
    EXPECT_EQ(attempts(), "1/synthetic 2/unknown");
    append(out(), attempt(3));
    EXPECT_EQ(attempts(), "3/user") << "only what was written before it caught up is in doubt";
}

TEST_F(Pm2Restart, a_run_that_got_no_answer_just_before_the_kill_may_still_have_its_line_to_come) {
    begin(1);
    finish(1, true, {});
    append(out(), attempt(1));
    kill_and_restart();
    EXPECT_EQ(attempts(), "1/unknown");
}

TEST_F(Pm2Restart, runs_that_were_over_leave_no_doubt) {
    begin(1);
    finish(1, false, {});
    begin(2);
    acknowledge(2, 2);  // a session that is held open
    begin(3);
    finish(3, true, {});
    now_ += 20s;
    wall_ += 20s;
    begin(4);
    finish(4, false, {});
    append(out(), attempt(5));
    kill_and_restart();
    EXPECT_EQ(attempts(), "5/user");
}

TEST_F(Pm2Restart, a_run_with_more_connects_to_come_is_under_way_until_its_end) {
    begin(1);
    acknowledge(1, 1, false);
    append(out(), attempt(1) + attempt(2));
    kill_and_restart();
    EXPECT_EQ(attempts(), "1/synthetic 2/unknown");
}

TEST_F(Pm2Restart, what_is_known_outlives_several_restarts) {
    begin(1);
    acknowledge(1, 1);
    begin(2);
    for (int i = 0; i < 3; ++i) {
        pipeline_ = std::make_unique<LogPipeline>(settings_, home_ / "state", checkpoint_);  // killed at once
    }
    append(out(), attempt(1) + attempt(2));
    kill_and_restart();
    EXPECT_EQ(attempts(), "1/synthetic 2/unknown");
    begin(1);
    acknowledge(1, 3);
    append(out(), attempt(1) + attempt(3));
    kill_and_restart();
    EXPECT_EQ(attempts(), "1/synthetic 3/synthetic");
}

TEST_F(Pm2Restart,
       fault_80_a_file_of_runs_that_is_torn_or_cannot_be_written_costs_nothing_but_its_knowledge) {
    begin(1);
    acknowledge(1, 1);
    append(runs(), "1795356179000 sid sidsidsid");  // cut by the kill
    append(out(), attempt(1));
    kill_and_restart();
    EXPECT_EQ(attempts(), "1/synthetic");
    begin(2);
    acknowledge(2, 2);
    fs::remove(runs());
    fs::create_directory(runs());
    begin(3);
    acknowledge(3, 3);
    append(out(), attempt(4));
    kill_and_restart();
    EXPECT_EQ(attempts(), "4/user");
}

TEST_F(Pm2Restart, without_a_checkpoint_nothing_is_kept) {
    checkpoint_.clear();
    kill_and_restart();
    begin(1);
    acknowledge(1, 1);
    EXPECT_TRUE(fs::is_empty(home_ / "state") || !fs::exists(home_ / "state" / ".runs"));
}

TEST(Pm2OwnRuns, the_file_stays_small_and_keeps_the_latest) {
    auto pattern = (fs::temp_directory_path() / "gatewatch-runs-XXXXXX").native();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    const fs::path file = fs::path(pattern) / "runs";
    WallTime now = std::chrono::system_clock::now();
    {
        OwnRuns writer(file);
        for (int i = 0; i < 10'000; ++i, now += 1s) {
            writer.begun(static_cast<std::uint64_t>(i), now);
            writer.acknowledged(sid(i), now);
            writer.resolved(static_cast<std::uint64_t>(i), now);
            ASSERT_LE(fs::file_size(file), OwnRuns::most_bytes);
        }
    }
    const OwnRuns reader(file);
    EXPECT_FALSE(reader.left_unresolved());
    EXPECT_EQ(reader.sids().size(), OwnRuns::most_sids);
    EXPECT_EQ(reader.sids().back(), sid(9999));
    fs::remove_all(pattern);
}

class Pm2Wording : public Pm2Restart {
  protected:
    /// Connects for a minute, and lines that say nothing.
    void connect_for_a_minute(const std::string& line, int lines = 300) {
        for (int i = 0; i < 5; ++i) {
            acknowledge(static_cast<std::uint64_t>(i), i);
            for (int j = 0; j < lines / 5; ++j) append(out(), line + "\n");
            step(15s);
        }
    }
};

TEST_F(Pm2Wording, is_reported_as_changed_where_probes_connect_and_many_lines_say_nothing) {
    connect_for_a_minute("client connects");
    EXPECT_TRUE(status().up);
    EXPECT_TRUE(status().wording_drift);
    EXPECT_THAT(status().detail.en, HasSubstr("[gateway.pm2.patterns]"));
    EXPECT_THAT(status().detail.zh, HasSubstr("[gateway.pm2.patterns]"));
    append(out(), "Token 已过期\n");
    step();
    EXPECT_FALSE(status().wording_drift) << "known words are back";
    EXPECT_EQ(status().detail.en, "");
}

TEST_F(Pm2Wording, is_not_reported_as_changed_for_few_lines_few_connects_or_one_known_line_among_them) {
    connect_for_a_minute("client connects", 50);
    EXPECT_FALSE(status().wording_drift) << "few lines";
    kill_and_restart();
    for (int i = 0; i < 300; ++i) append(out(), "started\n");
    step();
    EXPECT_FALSE(status().wording_drift) << "no connects";
    acknowledge(1, 1);
    acknowledge(2, 2);
    acknowledge(3, 3);
    EXPECT_FALSE(status().wording_drift) << "the lines of these may still come";
    kill_and_restart();
    connect_for_a_minute("client connects", 190);
    append(out(), attempt(1));
    step();
    connect_for_a_minute("client connects", 190);
    EXPECT_FALSE(status().wording_drift) << "a known line in between";
}

TEST_F(Pm2Wording, of_connections_that_went_elsewhere_proves_nothing) {
    for (int i = 0; i < 5; ++i) {
        pipeline_->probe_connected(1, sid(i), true, false, now_, wall_);
        for (int j = 0; j < 60; ++j) append(out(), "started\n");
        step(15s);
    }
    EXPECT_FALSE(status().wording_drift);
}

TEST_F(Pm2Wording, in_words_of_the_users_own_is_known) {
    settings_.patterns = {{"attempt", {R"(client (?P<sid>[\w-]{20}) connects)"}}};
    kill_and_restart();
    connect_for_a_minute("client " + sid(7) + " connects");
    EXPECT_FALSE(status().wording_drift);
}

}  // namespace
}  // namespace gatewatch::probes::pm2
