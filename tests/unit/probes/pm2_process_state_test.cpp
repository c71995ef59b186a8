#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>

#include "probes/pm2/process_state.hpp"

namespace gatewatch::probes::pm2 {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using std::chrono::system_clock;
using testing::HasSubstr;

class Pm2ProcessState : public testing::Test {
  protected:
    void SetUp() override {
        auto pattern = (fs::temp_directory_path() / "gatewatch-pm2-XXXXXX").native();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        settings_.home = pattern;
        fs::create_directory(settings_.home / "pids");
        write("pm2.log", "");
    }
    void TearDown() override { fs::remove_all(settings_.home); }

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(settings_.home / name, std::ios::app) << text;
    }
    /// A line as PM2 7 writes it, so long ago; `west` is where the daemon's zone differs from this one.
    void log(std::chrono::seconds ago, const std::string& text, std::chrono::hours west = 0h) const {
        const auto time = system_clock::to_time_t(now_ - ago - west);
        std::tm local{};
        ::localtime_r(&time, &local);
        char stamp[32];
        std::strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%S", &local);
        write("pm2.log", std::string(stamp) + ": PM2 log: " + text + "\n");
    }
    Pm2ProcessSample sample() const { return inspect_processes(settings_, now_); }

    config::Pm2Settings settings_;
    WallTime now_ = system_clock::now();
};

TEST_F(Pm2ProcessState, counts_the_most_exits_of_one_process_in_two_minutes) {
    log(300s, "App [nest-backend:0] exited with code [9] via signal [SIGINT]");
    log(60s, "App [nest-backend:0] exited with code [1] via signal [SIGINT]");
    log(60s, "App [nest-backend:0] starting in -fork mode-");
    log(30s, "App [nest-backend:1] exited with code [1] via signal [SIGINT]");
    log(20s, "App [other:7] exited with code [1] via signal [SIGINT]");
    log(10s, "App [nest-backend:0] exited with code [0] via signal [SIGKILL]");
    const auto result = sample();
    EXPECT_TRUE(result.up) << result.detail.en;
    EXPECT_EQ(result.crashes, 2u);
    EXPECT_NEAR(static_cast<double>(result.crash_gap.count()), 50, 2);
    ASSERT_TRUE(result.last_crash);
    EXPECT_LT(std::chrono::abs(*result.last_crash - (now_ - 10s)), 2s);
    EXPECT_EQ(result.last_exit, "exited with code [0] via signal [SIGKILL]");
}

// The lines of `pm2 restart`, `pm2 reload` of a cluster, and of a start after a stop.
TEST_F(Pm2ProcessState, what_was_asked_for_is_no_crash) {
    log(60s, "Stopping app:nest-backend id:0");
    log(60s, "App [nest-backend:0] exited with code [0] via signal [SIGINT]");
    log(60s, "pid=15986 msg=process tree killed (1 pids)");
    log(60s, "App [nest-backend:0] starting in -fork mode-");
    log(50s, "Stopping app:nest-backend id:_old_2");
    log(50s, "App name:nest-backend id:_old_2 disconnected");
    log(50s, "App [nest-backend:_old_2] exited with code [0] via signal [SIGINT]");
    EXPECT_EQ(sample().crashes, 0u);
    EXPECT_FALSE(sample().last_crash);
    log(40s, "Stopping app:nest-backend id:0");
    log(39s, "App [nest-backend:0] starting in -fork mode-");
    log(30s, "App [nest-backend:0] exited with code [1] via signal [SIGINT]");
    EXPECT_EQ(sample().crashes, 1u);
}

TEST_F(Pm2ProcessState, a_daemon_in_another_time_zone_is_known_by_the_files_own_time) {
    for (const auto west : {8h, -5h}) {
        fs::remove(settings_.home / "pm2.log");
        log(100s, "App [nest-backend:0] exited with code [1] via signal [SIGINT]", west);
        log(5s, "App [nest-backend:0] online", west);
        const auto result = sample();
        EXPECT_EQ(result.crashes, 1u) << west.count();
        ASSERT_TRUE(result.last_crash);
        EXPECT_LT(std::chrono::abs(*result.last_crash - (now_ - 100s)), 2s);
    }
}

TEST_F(Pm2ProcessState, a_time_with_a_zone_is_taken_at_its_word) {
    const auto time = system_clock::to_time_t(now_ - 10s + 8h);
    std::tm utc{};
    ::gmtime_r(&time, &utc);
    char stamp[40];
    std::strftime(stamp, sizeof stamp, "%Y-%m-%d %H:%M:%S +08:00", &utc);
    write("pm2.log",
          std::string(stamp) + ": PM2 log: App [nest-backend:0] exited with code [1] via signal [SIGINT]\n");
    EXPECT_EQ(sample().crashes, 1u);
}

TEST_F(Pm2ProcessState, reads_only_the_end_of_a_long_log) {
    for (int i = 0; i < 40; ++i) write("pm2.log", std::string(8 * 1024, 'x') + "\n");
    log(10s, "App [nest-backend:0] exited with code [1] via signal [SIGINT]");
    EXPECT_EQ(sample().crashes, 1u);
}

TEST_F(Pm2ProcessState, processes_live_whose_pid_file_names_one_that_is_there) {
    const auto self = std::to_string(::getpid());
    write("pids/nest-backend-0.pid", self);
    write("pids/nest-backend-2-1.pid", self);
    write("pids/other-3.pid", self);
    write("pids/nest-backend-4.pid", "not a number");
    const pid_t gone = ::fork();
    if (gone == 0) ::_exit(0);
    ::waitpid(gone, nullptr, 0);
    write("pids/nest-backend-5.pid", std::to_string(gone));
    EXPECT_EQ(sample().alive, 1u);
}

TEST_F(Pm2ProcessState, a_number_that_another_process_has_got_since_is_not_taken_for_it) {
    write("pids/nest-backend-0.pid", std::to_string(::getpid()));
    fs::last_write_time(settings_.home / "pids/nest-backend-0.pid", fs::file_time_type::clock::now() - 24h);
    EXPECT_EQ(sample().alive, 0u);
}

TEST_F(Pm2ProcessState, names_are_compared_as_pm2_writes_them) {
    settings_.app = "im_back end";
    write("pids/im-back-end-0.pid", std::to_string(::getpid()));
    log(10s, "App [im_back end:0] exited with code [3] via signal [SIGINT]");
    EXPECT_EQ(sample().alive, 1u);
    EXPECT_EQ(sample().crashes, 1u);
}

TEST_F(Pm2ProcessState, says_which_file_cannot_be_read) {
    fs::remove(settings_.home / "pm2.log");
    EXPECT_FALSE(sample().up);
    EXPECT_THAT(sample().detail.en, testing::AllOf(HasSubstr("pm2.log"), HasSubstr("home in [gateway.pm2]")));
    fs::remove_all(settings_.home / "pids");
    EXPECT_THAT(sample().detail.en, HasSubstr("cannot list"));
    EXPECT_THAT(sample().detail.zh, HasSubstr("无法列出"));
}

}  // namespace
}  // namespace gatewatch::probes::pm2
