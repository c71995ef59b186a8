// A checkpoint that cannot be written: lines are followed all the same, and the user is told what it costs.
#include <sys/resource.h>

#include <csignal>
#include <optional>

#include "tests/unit/probes/follow_fixture.hpp"
#include "tests/unit/probes/unprivileged.hpp"

namespace gatewatch::probes::follow {
namespace {

class FollowCheckpointTrouble : public Follow {
  protected:
    void SetUp() override {
        Follow::SetUp();
        fs::create_directory(state());
        options_.checkpoint = state() / "checkpoint.json";
    }
    fs::path state() const { return root_ / "state"; }
    fs::path file() const { return options_.checkpoint; }
    void restart() {
        follower_.reset();
        read_.clear();
        start();
    }
};

class FollowReadOnlyState : public FollowCheckpointTrouble {
  protected:
    void SetUp() override {
        FollowCheckpointTrouble::SetUp();
        rights_.emplace(std::vector{root_, logs(), state()});
        append(log(), "");
        start();
        append(log(), "1\n");
        EXPECT_EQ(read(), "1");
    }
    void TearDown() override {
        allow_writing(true);
        rights_.reset();
        FollowCheckpointTrouble::TearDown();
    }
    void allow_writing(bool allowed) const {
        using enum fs::perms;
        if (fs::exists(file())) fs::permissions(file(), allowed ? owner_read | owner_write : owner_read);
        allow_names(allowed);
    }
    void allow_names(bool allowed) const {
        using enum fs::perms;
        fs::permissions(state(), allowed ? owner_all : owner_read | owner_exec);
    }
    std::optional<Unprivileged> rights_;
};

TEST_F(FollowReadOnlyState, fault_82_read_only_at_the_start_is_told_and_the_log_is_followed_on) {
    allow_writing(false);
    append(log(), "2\n");
    restart();
    EXPECT_EQ(read(), "2");
    EXPECT_TRUE(status().up);
    EXPECT_THAT(status().detail.en,
                AllOf(HasSubstr("cannot write " + file().native() + ": Permission denied"),
                      HasSubstr("may be missing or come twice")));
    restart();
    EXPECT_EQ(read(), "2") << "what it says may happen";
    allow_writing(true);
    append(log(), "3\n");
    EXPECT_EQ(read(), "3");
    EXPECT_EQ(status().detail.en, "");
    restart();
    EXPECT_EQ(read(), "");
    EXPECT_EQ(status().possible_losses, 0u);
}

TEST_F(FollowReadOnlyState, fault_82_where_no_new_file_can_be_made_that_of_the_process_before_is_written_on) {
    allow_names(false);
    for (const auto* line : {"2", "3", "4"}) {
        append(log(), std::string(line) + '\n');
        EXPECT_EQ(read(), line);
        EXPECT_EQ(status().detail.en, "");
        restart();
        EXPECT_EQ(read(), "");
    }
}

TEST_F(FollowReadOnlyState, fault_82_read_only_a_damaged_one_is_not_said_to_be_set_aside) {
    std::ofstream(file(), std::ios::trunc) << "{}";
    allow_writing(false);
    restart();
    EXPECT_EQ(status().possible_losses, 1u);
    EXPECT_TRUE(fs::exists(file()));
    append(log(), "2\n");
    EXPECT_EQ(read(), "1< 2");
    EXPECT_THAT(status().detail.en, HasSubstr("cannot write"));
    // There is room for another, and so only the start is left to tell of.
    allow_writing(true);
    append(log(), "3\n");
    EXPECT_EQ(read(), "3");
    EXPECT_THAT(status().detail.en,
                AllOf(HasSubstr("was damaged"), HasSubstr("cannot be set aside"), HasSubstr("Permission")));
    EXPECT_THAT(status().detail.zh, AllOf(HasSubstr("已损坏"), HasSubstr("无法将其改名")));
    EXPECT_FALSE(fs::exists(file().native() + ".corrupt"));
}

TEST_F(FollowCheckpointTrouble, fault_82_a_state_directory_that_is_no_directory_any_more_is_told) {
    append(log(), "");
    start();
    fs::remove_all(state());
    append(state(), "a file");
    append(log(), "1\n");
    EXPECT_EQ(read(), "1");
    EXPECT_TRUE(status().up);
    EXPECT_THAT(status().detail.en, HasSubstr("cannot write " + file().native() + ": Not a directory"));
    restart();
    append(log(), "2\n");
    EXPECT_EQ(read(), "1< 2");
    EXPECT_THAT(status().detail.en, HasSubstr("Not a directory"));
}

TEST_F(FollowCheckpointTrouble, fault_82_one_that_cannot_be_written_is_reported_and_following_goes_on) {
    options_.checkpoint = root_ / "missing" / "checkpoint.json";
    append(log(), "");
    start();
    append(log(), "1\n");
    EXPECT_EQ(read(), "1");
    EXPECT_TRUE(status().up);
    EXPECT_THAT(status().detail.en,
                AllOf(HasSubstr("cannot write " + file().native()), HasSubstr("make room")));
    EXPECT_THAT(status().detail.zh, HasSubstr("无法写入"));
    fs::create_directory(root_ / "missing");
    append(log(), "2\n");
    EXPECT_EQ(read(), "2");
    EXPECT_EQ(status().detail.en, "") << "there is room again";
    fs::remove_all(root_ / "missing");
    append(log(), "3\n");
    EXPECT_EQ(read(), "3");
    EXPECT_THAT(status().detail.en, HasSubstr("cannot write"));
}

/// A full disk: no file may grow past the limit.
TEST_F(FollowCheckpointTrouble, fault_82_on_a_full_disk_it_is_written_over_what_it_was) {
    append(log(), "");
    start();
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    append(log(), "1\n");
    const auto size = fs::file_size(file());
    const rlimit here{.rlim_cur = size, .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &here), 0);
    EXPECT_EQ(read(), "1");
    EXPECT_EQ(status().detail.en, "");
    // It is gone, and there is no room for another.
    fs::remove(file());
    const rlimit full{.rlim_cur = 100, .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
    append(log(), "2\n");
    EXPECT_EQ(read(), "2");
    EXPECT_THAT(status().detail.en, HasSubstr("File too large"));
    EXPECT_TRUE(status().up);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, handler);
    append(log(), "3\n");
    EXPECT_EQ(read(), "3");
    EXPECT_EQ(status().detail.en, "");
}

}  // namespace
}  // namespace gatewatch::probes::follow
