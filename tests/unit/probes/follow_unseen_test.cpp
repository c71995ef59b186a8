// Files that are filled and emptied while the reader does not look: between two looks, and between a look and
// the read that follows it.
#include <fcntl.h>
#include <fmt/format.h>

#include <thread>

#include "probes/follow/followed_file.hpp"
#include "tests/unit/probes/follow_fixture.hpp"

namespace gatewatch::probes::follow {
namespace {

void empty(const fs::path& file) {
    ASSERT_EQ(::truncate(file.c_str(), 0), 0);
}

/// The reader has seen the file empty.
class FollowUnseen : public Follow {
  protected:
    void SetUp() override {
        Follow::SetUp();
        append(log(), "");
        start();
        settle();
    }
    void fill_and_empty() const {
        append(log(), "1\n");
        empty(log());
    }
    /// Until the file's last change is so long past that the next one bears another time, and that it cannot
    /// be the beginning of a write that is still under way.
    void settle() const {
        struct stat info{};
        do {
            ASSERT_EQ(::stat(log().c_str(), &info), 0);
            std::this_thread::yield();
        } while (!is_settled(change_time(info)));
    }
};

TEST_F(FollowUnseen, fault_69_what_came_and_went_between_two_looks_is_a_possible_loss) {
    fill_and_empty();
    settle();
    step();
    EXPECT_EQ(status().truncations, 1u);
    EXPECT_EQ(status().possible_losses, 1u);
    EXPECT_EQ(lost_, 1);
    step();
    EXPECT_EQ(status().possible_losses, 1u) << "once";
    append(log(), "2\n");
    EXPECT_EQ(read(), "2");
    fill_and_empty();
    step();
    fill_and_empty();
    settle();
    step();
    EXPECT_EQ(status().possible_losses, 3u) << "it was seen to be emptied, and was filled and emptied again";
}

TEST_F(FollowUnseen, fault_69_it_is_one_also_if_the_next_line_comes_before_it_can_be_told_from_a_write) {
    fill_and_empty();
    step();
    settle();
    append(log(), "2\n");
    EXPECT_EQ(read(), "2");
    EXPECT_EQ(status().possible_losses, 1u);
}

TEST_F(FollowUnseen, fault_69_it_is_told_once_over_restarts) {
    follower_.reset();
    fill_and_empty();
    settle();
    start();
    EXPECT_EQ(status().possible_losses, 1u);
    EXPECT_EQ(lost_, 1);
    follower_.reset();
    start();
    EXPECT_EQ(status().possible_losses, 0u);
}

TEST_F(FollowUnseen, a_flush_of_an_empty_file_is_one_too_since_its_time_says_no_more) {
    ::close(::open(log().c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
    settle();
    step();
    EXPECT_EQ(status().possible_losses, 1u);
}

TEST_F(FollowUnseen, a_file_that_grows_or_gets_other_rights_or_another_name_has_lost_nothing) {
    fs::permissions(log(), fs::perms::owner_all);
    settle();
    step();
    fs::rename(log(), logs() / "b.log");
    fs::rename(logs() / "b.log", log());
    settle();
    step();
    append(log(), "1\n");
    EXPECT_EQ(read(), "1");
    follower_.reset();
    start();
    settle();
    step();
    EXPECT_EQ(status().truncations, 0u);
    EXPECT_EQ(status().possible_losses, 0u);
}

/// A reader whose files get another content under its hands: after it has looked and before it has read, in
/// the moment in which it gives the lines "go".
class FollowBetween : public Follow {
  protected:
    void SetUp() override {
        Follow::SetUp();
        append(log(), "");
        append(other(), "");
        start();
        for (int i = 0; i < 100; ++i) expected_ += fmt::format(" new-{}", i);
    }
    fs::path other() const { return logs() / "b.log"; }
    /// What one step gives, without "go" and what stands before it in the same file.
    std::string step_and_swap(const fs::path& file, const std::string& banner = {}) {
        std::string given;
        bool swapped = false;
        const Sink sink{.lines =
                            [&](FileId, std::string_view block, Reading) {
                                const auto lines = lines_of(block);
                                if (!swapped && lines.back() == "go") {
                                    swapped = true;
                                    empty(file);
                                    append(file, banner);
                                    for (int i = 0; i < 100; ++i) append(file, fmt::format("new-{}\n", i));
                                    return;
                                }
                                for (const auto& line : lines) given += ' ' + line;
                            },
                        .lines_lost = [](FileId) {}};
        while (follower_->step(now_, sink)) {
        }
        EXPECT_TRUE(swapped);
        return given;
    }
    std::string expected_;
};

TEST_F(FollowBetween, fault_67_what_stands_behind_the_old_place_then_is_not_taken_for_its_continuation) {
    append(other(), "old\n");
    EXPECT_EQ(read(), "old");
    append(log(), "go\n");
    append(other(), "gone\n");
    EXPECT_EQ(step_and_swap(other()), expected_);
    EXPECT_EQ(status().truncations, 1u);
    EXPECT_EQ(status().possible_losses, 1u);
}

TEST_F(FollowBetween, fault_67_it_is_noticed_too_where_both_contents_begin_alike) {
    const std::string banner = std::string(Position::span - 1, '=') + '\n';
    append(other(), banner + "old\n");
    read();
    append(log(), "go\n");
    append(other(), "gone\n");
    EXPECT_EQ(step_and_swap(other(), banner), ' ' + banner.substr(0, banner.size() - 1) + expected_);
    EXPECT_EQ(status().possible_losses, 1u);
}

TEST_F(FollowBetween, fault_67_it_is_noticed_too_where_nothing_of_the_old_content_had_been_read) {
    append(log(), "go\n");
    append(other(), "gone\n");
    EXPECT_EQ(step_and_swap(other()), expected_);
    EXPECT_EQ(status().truncations, 1u);
    EXPECT_EQ(status().possible_losses, 1u);
}

TEST_F(FollowBetween, fault_67_it_is_noticed_too_in_the_midst_of_one_file) {
    std::string much;
    while (much.size() < FollowedFile::chunk - 3) much += "x\n";
    much.resize(FollowedFile::chunk - 3);
    much.back() = '\n';
    append(log(), much + "go\n" + much);
    std::string banner;
    std::string begin;
    while (banner.size() < 3 * FollowedFile::chunk) {
        banner += std::string(999, 'y') + '\n';
        begin += ' ' + std::string(999, 'y');
    }
    EXPECT_TRUE(step_and_swap(log(), banner) == begin + expected_);
    EXPECT_EQ(status().possible_losses, 1u);
}

}  // namespace
}  // namespace gatewatch::probes::follow
