#include "probes/follow/watcher.hpp"

#include <sys/inotify.h>

#include <boost/asio/io_context.hpp>

#include "tests/unit/probes/follow_fixture.hpp"

namespace gatewatch::probes::follow {
namespace {

class FollowWatcher : public Follow {
  protected:
    void watch(fs::path directory) {
        watcher_ = std::make_unique<Watcher>(io_.get_executor(), std::vector{std::move(directory)}, [this] {
            ++looks_;
            return more_-- > 0;
        });
        watcher_->start();
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
    std::vector<int> taken;
    for (int fd = ::inotify_init1(IN_CLOEXEC); fd >= 0; fd = ::inotify_init1(IN_CLOEXEC)) taken.push_back(fd);
    watch(logs());
    EXPECT_TRUE(run_until_looks(4));
    for (const int fd : taken) ::close(fd);
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
