#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <iterator>
#include <optional>
#include <thread>

#include "probes/mysql/session.hpp"
#include "probes/mysql/token_collector.hpp"
#include "tests/unit/probes/mysql_test_server.hpp"

namespace gatewatch::probes::mysql {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using std::chrono::steady_clock;
using test::MysqlServer;
using testing::HasSubstr;

/// A sanitizer adds one of its own with the first that the program makes.
std::ptrdiff_t threads() {
    std::thread([] {}).join();
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
}

class MysqlCollector : public testing::Test {
  protected:
    /// Waits for abandoned workers, since the test program destroys the library's statics at its end, which
    /// the agent never does.
    void TearDown() override {
        collector_.reset();
        EXPECT_TRUE(run_until([this] { return threads() <= threads_before_; }));
        const Session last{config::MysqlSettings{}};  // takes the driver's lock after they did
    }

    TokenCollector& collector(config::MysqlSettings settings) {
        collector_ = std::make_unique<TokenCollector>(
            io_.get_executor(), std::move(settings),
            [this](MysqlSample sample) { samples_.push_back(std::move(sample)); });
        return *collector_;
    }

    /// Runs the event loop until the condition holds; false if it does not within the time.
    bool run_until(const std::function<bool()>& condition, steady_clock::duration limit = 15s) {
        const auto end = steady_clock::now() + limit;
        while (!condition()) {
            if (steady_clock::now() >= end) return false;
            io_.restart();
            io_.run_one_for(10ms);
        }
        return true;
    }

    bool next_sample() {
        const auto before = samples_.size();
        return run_until([&] { return samples_.size() > before; });
    }

    const std::ptrdiff_t threads_before_ = threads();
    asio::io_context io_;
    std::vector<MysqlSample> samples_;
    std::unique_ptr<TokenCollector> collector_;
};

class MysqlCollectorWithServer : public MysqlCollector {
  protected:
    void SetUp() override {
        server_.reset();
        server_.execute(
            {"INSERT INTO im_system.user_tokens (user_id, token, expires_at) "
             "VALUES (1, 'own', NOW() + INTERVAL 1 DAY)"});
    }
    MysqlServer& server_ = MysqlServer::shared();
};

std::optional<std::uint64_t> valid(const MysqlSample& sample) {
    return sample.tokens[0];
}

TEST_F(MysqlCollectorWithServer, samples_at_once_and_then_on_a_grid_without_overlap) {
    auto settings = server_.settings();
    settings.interval = 100ms;
    const auto began = std::chrono::system_clock::now();
    collector(settings).start();
    ASSERT_TRUE(run_until([&] { return samples_.size() >= 4; }));
    for (std::size_t i = 0; i < samples_.size(); ++i) {
        EXPECT_EQ(valid(samples_[i]), 1u) << samples_[i].detail.en;
        // None comes before its place on the grid.
        EXPECT_GE(samples_[i].taken - began, static_cast<int>(i) * 100ms - 5ms);
    }
}

TEST_F(MysqlCollectorWithServer, the_own_token_is_the_one_that_was_set_before_the_sample) {
    auto& subject = collector(server_.settings());
    subject.sample_now();
    subject.set_probe_token(Secret("own"));
    subject.sample_now();
    ASSERT_TRUE(run_until([&] { return samples_.size() == 2; }));
    EXPECT_EQ(samples_[0].own, OwnToken::not_looked_up);
    EXPECT_EQ(samples_[1].own, OwnToken::valid);
}

TEST_F(MysqlCollectorWithServer, a_token_is_fetched_for_a_user) {
    std::expected<Secret, Text> fetched = std::unexpected(Text{"nothing yet", "尚无"});
    asio::co_spawn(
        io_, collector(server_.settings()).fetch_token(1),
        [&](std::exception_ptr, std::expected<Secret, Text> result) { fetched = std::move(result); });
    ASSERT_TRUE(run_until([&] { return fetched.has_value(); }));
    EXPECT_EQ(fetched->reveal(), "own");
}

TEST_F(MysqlCollectorWithServer, fault_59_restart_is_a_failed_sample_at_most_and_then_counts_come_back) {
    auto& subject = collector(server_.settings());
    subject.sample_now();
    ASSERT_TRUE(next_sample());
    EXPECT_TRUE(samples_.back().up) << samples_.back().detail.en;

    server_.kill();
    subject.sample_now();
    ASSERT_TRUE(next_sample());
    EXPECT_FALSE(samples_.back().up);
    EXPECT_THAT(samples_.back().detail.en, HasSubstr("connection refused"));

    server_.start();
    subject.sample_now();
    ASSERT_TRUE(next_sample());
    EXPECT_EQ(valid(samples_.back()), 1u) << samples_.back().detail.en;
}

TEST_F(MysqlCollectorWithServer, fault_59_restart_between_two_samples_goes_unnoticed) {
    auto& subject = collector(server_.settings());
    subject.sample_now();
    ASSERT_TRUE(next_sample());
    server_.kill();
    server_.start();
    subject.sample_now();
    ASSERT_TRUE(next_sample());
    EXPECT_TRUE(samples_.back().up) << samples_.back().detail.en;
}

TEST_F(MysqlCollectorWithServer, fault_59_restart_in_the_middle_of_a_query_ends_that_sample_at_once) {
    server_.execute(
        {"CREATE VIEW im_system.slow_tokens AS SELECT * FROM im_system.user_tokens WHERE SLEEP(5) = 0"});
    auto settings = server_.settings();
    settings.table = "slow_tokens";
    const auto sleeps = [&] {
        return !server_
                    .query(
                        "SELECT 1 FROM information_schema.PROCESSLIST WHERE USER = 'gatewatch' "
                        "AND STATE = 'User sleep'")
                    .empty();
    };
    // The session lets a query last 1.5 s, which a busy machine may need for the look and the kill: then it
    // was not in the middle, and another goes.
    for (int attempt = 0; attempt < 10; ++attempt) {
        samples_.clear();
        collector(settings).sample_now();
        ASSERT_TRUE(run_until([&] { return !samples_.empty() || sleeps(); }));
        server_.kill();
        ASSERT_TRUE(run_until([&] { return !samples_.empty(); }));
        server_.start();
        if (!samples_.back().detail.en.contains("read limit")) break;
    }
    EXPECT_FALSE(samples_.back().up);
    EXPECT_THAT(samples_.back().detail.en, HasSubstr("connection was lost"));
}

TEST_F(MysqlCollectorWithServer, fault_64_a_failed_sample_never_leaves_the_last_value) {
    auto& subject = collector(server_.settings());
    subject.set_probe_token(Secret("own"));
    subject.sample_now();
    ASSERT_TRUE(next_sample());
    ASSERT_EQ(valid(samples_.back()), 1u);
    server_.execute({"RENAME TABLE im_system.user_tokens TO im_system.moved"});
    subject.sample_now();
    ASSERT_TRUE(next_sample());
    const auto& failed = samples_.back();
    EXPECT_FALSE(failed.up);
    for (const auto& count : failed.tokens) EXPECT_FALSE(count.has_value());
    EXPECT_EQ(failed.own, OwnToken::not_looked_up);
    EXPECT_FALSE(failed.own_expiry.has_value());
    EXPECT_FALSE(failed.clock_skew.has_value());
    EXPECT_THAT(failed.detail.en, HasSubstr("unknown table"));
}

TEST_F(MysqlCollector, fault_55_mute_at_connect_delays_neither_the_event_loop_nor_the_end) {
    auto mute = std::make_optional<test::MuteListener>();
    config::MysqlSettings settings;
    settings.address = "127.0.0.1:" + std::to_string(mute->port());
    auto& subject = collector(settings);
    subject.start();
    EXPECT_FALSE(run_until([&] { return !samples_.empty(); }, 50ms));
    const auto since = steady_clock::now();
    subject.stop();
    collector_.reset();
    EXPECT_LT(steady_clock::now() - since, 500ms);
    // The abandoned worker comes back from the library only now; what it found reaches nobody.
    mute.reset();
    EXPECT_FALSE(run_until([&] { return !samples_.empty(); }, 300ms));
}

TEST_F(MysqlCollector, a_fetch_that_the_database_does_not_answer_ends_by_its_deadline) {
    const test::MuteListener mute;
    config::MysqlSettings settings;
    settings.address = "127.0.0.1:" + std::to_string(mute.port());
    std::optional<std::expected<Secret, Text>> fetched;
    asio::co_spawn(
        io_, collector(settings).fetch_token(1, steady_clock::now() + 50ms),
        [&](std::exception_ptr, std::expected<Secret, Text> result) { fetched = std::move(result); });
    ASSERT_TRUE(run_until([&] { return fetched.has_value(); }, 1s));
    EXPECT_THAT(fetched->error().en, HasSubstr("has not answered"));
}

TEST_F(MysqlCollector, a_fetch_ends_with_the_collector) {
    const test::MuteListener mute;
    config::MysqlSettings settings;
    settings.address = "127.0.0.1:" + std::to_string(mute.port());
    auto& subject = collector(settings);
    std::optional<std::expected<Secret, Text>> fetched;
    asio::co_spawn(io_, subject.fetch_token(1), [&](std::exception_ptr, std::expected<Secret, Text> result) {
        fetched = std::move(result);
    });
    run_until([] { return false; }, 20ms);
    subject.stop();
    ASSERT_TRUE(run_until([&] { return fetched.has_value(); }, 1s));
    EXPECT_THAT(fetched->error().en, HasSubstr("stopped"));
}

}  // namespace
}  // namespace gatewatch::probes::mysql
