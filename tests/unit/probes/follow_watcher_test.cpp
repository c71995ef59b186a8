#include "probes/follow/watcher.hpp"

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/resource.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <cstring>

#include "tests/unit/probes/follow_fixture.hpp"

namespace gatewatch::probes::follow {
namespace {

class FollowWatcher : public Follow {
  protected:
    void watch(fs::path directory) {
        make_watcher(std::move(directory));
        watcher_->start();
    }
    void make_watcher(fs::path directory) {
        watcher_ = std::make_unique<Watcher>(io_.get_executor(), std::vector{std::move(directory)}, [this] {
            ++looks_;
            return more_-- > 0;
        });
    }
    bool run_until_looks(int looks) {
        const auto end = std::chrono::steady_clock::now() + 10s;
        while (looks_ < looks && std::chrono::steady_clock::now() < end) io_.run_one_for(100ms);
        return looks_ >= looks;
    }

    boost::asio::io_context io_;
    std::unique_ptr<Watcher> watcher_;
    int looks_ = 0;
    int more_ = 0;
};

/// While it lives, inotify_init1 fails as it does where the user has no instance left (EMFILE, see its
/// manual). To use up the instances would take them from the tests that run beside this one.
class NoMoreDescriptors {
  public:
    NoMoreDescriptors() {
        EXPECT_EQ(::getrlimit(RLIMIT_NOFILE, &before_), 0);
        const rlimit none{.rlim_cur = 0, .rlim_max = before_.rlim_max};
        EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    }
    NoMoreDescriptors(const NoMoreDescriptors&) = delete;
    NoMoreDescriptors& operator=(const NoMoreDescriptors&) = delete;
    ~NoMoreDescriptors() { EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before_), 0); }

  private:
    rlimit before_{};
};

/// Gets the same events as the watcher, whose queue nobody can see.
class Witness {
  public:
    explicit Witness(fs::path directory)
        : directory_(std::move(directory)), fd_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
        EXPECT_GE(::inotify_add_watch(fd_, directory_.c_str(), IN_ALL_EVENTS), 0);
    }
    ~Witness() { ::close(fd_); }

    void flood() const {
        int most = 0;
        std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> most;
        ASSERT_GT(most, 0);
        // A file that is made and removed is two events at least that are not alike.
        for (int i = 0; i <= most / 2; ++i) {
            const auto file = directory_ / "passing";
            ::close(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
            ::unlink(file.c_str());
        }
    }
    [[nodiscard]] bool saw_overflow() const {
        alignas(inotify_event) std::array<char, 64 * 1024> events;
        bool overflow = false;
        for (ssize_t got = 0; (got = ::read(fd_, events.data(), events.size())) > 0;) {
            for (ssize_t at = 0; at < got;) {
                inotify_event event{};
                std::memcpy(&event, events.data() + at, sizeof event);
                overflow = overflow || (event.mask & IN_Q_OVERFLOW) != 0;
                at += static_cast<ssize_t>(sizeof event + event.len);
            }
        }
        return overflow;
    }

  private:
    fs::path directory_;
    int fd_;
};

TEST_F(FollowWatcher, looks_at_once_and_after_a_change_and_again_while_there_is_more) {
    watch(logs());
    EXPECT_EQ(looks_, 1);
    more_ = 3;
    append(log(), "1\n");
    EXPECT_TRUE(run_until_looks(5));
}

TEST_F(FollowWatcher, fault_79_looks_also_while_the_directory_is_missing_and_watches_it_when_it_comes) {
    fs::remove(logs());
    watch(logs());
    EXPECT_TRUE(run_until_looks(3));
    fs::create_directory(logs());
    EXPECT_TRUE(run_until_looks(4));
}

TEST_F(FollowWatcher, fault_80_polls_where_no_instance_of_inotify_is_left) {
    make_watcher(logs());
    {
        const NoMoreDescriptors limit;
        ASSERT_LT(::inotify_init1(IN_CLOEXEC), 0);
        ASSERT_EQ(errno, EMFILE);
        watcher_->start();
    }
    EXPECT_TRUE(run_until_looks(4));
}

/// Nobody takes the events while thousands of files come and go, until the kernel drops them, and with them
/// that of a new line.
TEST_F(FollowWatcher, fault_80_lines_are_given_although_the_queue_of_events_overflowed) {
    append(log(), "");
    follower_ = std::make_unique<Follower>(options_);
    watcher_ = std::make_unique<Watcher>(io_.get_executor(), std::vector{logs()}, [this] {
        ++looks_;
        return follower_->step(now_ += 100ms, sink_);
    });
    watcher_->start();
    const int looks = looks_;
    Witness witness(logs());
    witness.flood();
    append(log(), "1\n");
    ASSERT_TRUE(witness.saw_overflow());
    ASSERT_TRUE(run_until_looks(looks + 1));
    EXPECT_EQ(std::exchange(read_, {}), "1");
    append(log(), "2\n");
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (read_.empty() && std::chrono::steady_clock::now() < end) io_.run_one_for(100ms);
    EXPECT_EQ(read_, "2");
    EXPECT_EQ(status().possible_losses, 0u);
}

TEST_F(FollowWatcher, no_look_comes_after_it_was_stopped) {
    watch(logs());
    more_ = 1;
    append(log(), "1\n");
    EXPECT_TRUE(run_until_looks(2));
    watcher_->stop();
    const int looks = looks_;
    io_.run_for(100ms);
    EXPECT_EQ(looks_, looks);
}

}  // namespace
}  // namespace gatewatch::probes::follow
