#include "probes/follow/checkpoint_record.hpp"

#include <set>

#include "tests/unit/probes/follow_fixture.hpp"

namespace gatewatch::probes::follow {
namespace {

std::string bytes_of(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

void overwrite(const fs::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

class FollowCheckpoint : public Follow {
  protected:
    fs::path file() const { return options_.checkpoint; }
    void restart() {
        follower_.reset();
        start();
    }
};

struct Killed {};

TEST_F(FollowCheckpoint, a_new_process_goes_on_where_the_one_before_stopped) {
    append(log(), "0\n");
    start();
    append(log(), "1\n2\nbeg");
    EXPECT_EQ(read(), "0< 1 2");
    follower_.reset();
    append(log(), "un\n3\n");
    append(logs() / "b.log", "4\n");
    start();
    EXPECT_EQ(read(), "begun 3 4");
    EXPECT_EQ(status().replayed_lines, 0u);
    EXPECT_EQ(status().possible_losses, 0u);
    EXPECT_EQ(status().detail.en, "");
}

TEST_F(FollowCheckpoint, fault_65_a_file_that_was_renamed_meanwhile_is_drained_first) {
    append(log(), "1\n");
    start();
    read();
    follower_.reset();
    append(log(), "2\n");
    fs::rename(log(), logs() / "app.log.1");
    append(logs() / "app.log.1", "3\n");
    append(log(), "4\n");
    start();
    EXPECT_EQ(read(), "2 3 4");
    EXPECT_EQ(status().rotations, 1u);
    EXPECT_EQ(status().possible_losses, 0u);
    append(logs() / "app.log.1", "5\n");
    EXPECT_EQ(read(), "5");
}

TEST_F(FollowCheckpoint, fault_67_what_was_emptied_or_is_gone_meanwhile_is_a_possible_loss) {
    append(log(), "1\n");
    append(logs() / "b.log", "1\n");
    start();
    read();
    follower_.reset();
    ASSERT_EQ(::truncate(log().c_str(), 0), 0);
    append(log(), "2\n3\n");
    fs::remove(logs() / "b.log");
    start();
    EXPECT_EQ(read(), "2 3");
    EXPECT_EQ(status().truncations, 1u);
    EXPECT_EQ(status().possible_losses, 2u);
    EXPECT_EQ(lost_, 2);
}

TEST_F(FollowCheckpoint, fault_89_lines_that_may_have_been_given_already_come_as_again_and_are_counted) {
    append(log(), "1\n");
    start();
    append(log(), "2\n3\n");
    read_.clear();
    EXPECT_THROW(follower_->step(now_, {.lines = [](FileId, std::string_view, Reading) { throw Killed(); },
                                        .lines_lost = {}}),
                 Killed);
    follower_.reset();
    append(log(), "4\n");
    start();
    EXPECT_EQ(read(), "2? 3? 4");
    EXPECT_EQ(status().replayed_lines, 2u);
    restart();
    EXPECT_EQ(read(), "");
    EXPECT_EQ(status().replayed_lines, 0u);
}

TEST_F(FollowCheckpoint, a_line_that_is_too_long_and_begun_is_counted_once_over_a_restart) {
    append(log(), "");
    start();
    append(log(), std::string(max_line_bytes + 10, 'x'));
    step();
    EXPECT_EQ(status().oversized_lines, 1u);
    restart();
    append(log(), "rest\nnext\n");
    EXPECT_EQ(read(), "next");
    EXPECT_EQ(status().oversized_lines, 0u);
}

TEST_F(FollowCheckpoint, fault_82_a_torn_write_leaves_the_state_before_it) {
    append(log(), "");
    start();
    append(log(), "1\n");
    step();
    append(log(), "2\n");
    step();
    const auto whole = bytes_of(file());
    const auto half = whole.size() / 2;
    std::set<std::string> seen;
    for (const auto place : {std::size_t{0}, half}) {
        const auto length = whole.find('\n', place) - place;
        for (std::size_t cut = 0; cut < length; cut += 7) {
            auto torn = whole;
            torn.replace(place + cut, length - cut, std::string(length - cut, '\0'));
            overwrite(file(), torn);
            read_.clear();
            restart();
            EXPECT_EQ(status().possible_losses, 0u) << place << " cut at " << cut;
            seen.insert(read());
            overwrite(file(), whole);
        }
    }
    // The last record says that all is given; the one before it, that the second line was about to be.
    EXPECT_THAT(seen, testing::UnorderedElementsAre("", "2?"));
}

TEST_F(FollowCheckpoint, fault_82_a_corrupt_one_is_set_aside_and_reported_once) {
    append(log(), "1\n");
    start();
    append(log(), "2\n");
    EXPECT_EQ(read(), "1< 2");
    for (const auto& bytes :
         {std::string(), std::string("{}"), std::string(9000, '\xff'), bytes_of(file()).substr(0, 40)}) {
        follower_.reset();
        overwrite(file(), bytes);
        append(log(), "3\n");
        start();
        EXPECT_THAT(read(), testing::EndsWith("3<")) << "taken up at its end";
        EXPECT_EQ(status().possible_losses, 1u);
        EXPECT_TRUE(status().up);
        EXPECT_THAT(status().detail.en,
                    AllOf(HasSubstr(file().native() + " was damaged"), HasSubstr(".corrupt")));
        EXPECT_THAT(status().detail.zh, HasSubstr("已损坏"));
        EXPECT_EQ(bytes_of(file().native() + ".corrupt"), bytes);
        append(log(), "4\n");
        EXPECT_EQ(read(), "4");
        step(11min);
        EXPECT_EQ(status().detail.en, "");
        restart();
        EXPECT_EQ(status().possible_losses, 0u);
    }
}

/// What no follower writes: it would be read into a buffer that is not so large.
TEST_F(FollowCheckpoint, fault_82_a_place_that_cannot_be_is_as_corrupt) {
    append(log(), std::string(4 * max_line_bytes, 'x'));
    start();
    follower_.reset();
    struct stat info{};
    ASSERT_EQ(::stat(log().c_str(), &info), 0);
    const std::vector<Position> impossible{{.line_start = 0, .seen = 3 * max_line_bytes, .head{}, .tail{}},
                                           {.line_start = 2, .seen = 1, .head{}, .tail{}},
                                           {.line_start = 1, .seen = 1, .head{}, .tail{2, "ab"}}};
    for (const auto& position : impossible) {
        const FileRecord record{
            .path = log(), .key = {.device = info.st_dev, .inode = info.st_ino}, .position = position};
        overwrite(file(), checkpoint_record({.sources = {}, .files = {record}, .unread = {}}, 1));
        restart();
        EXPECT_EQ(status().possible_losses, 1u);
        EXPECT_THAT(status().detail.en, HasSubstr("was damaged"));
    }
}

TEST_F(FollowCheckpoint, fault_82_one_of_a_newer_version_is_kept_for_it) {
    append(log(), "1\n");
    const std::string newer = R"({"gatewatch_log_checkpoint":2,"what":"ever"})"
                              "\n";
    overwrite(file(), newer);
    start();
    EXPECT_EQ(status().possible_losses, 1u);
    EXPECT_THAT(status().detail.en, HasSubstr("newer version"));
    EXPECT_EQ(bytes_of(file().native() + ".newer"), newer);
    restart();
    EXPECT_EQ(status().possible_losses, 0u);
}

TEST_F(FollowCheckpoint, a_source_that_it_does_not_know_is_taken_up_at_the_ends_of_its_files) {
    append(log(), "1\n");
    start();
    read();
    follower_.reset();
    append(log(), "2\n");
    options_.sources.push_back({.directory = logs(),
                                .matches = [](std::string_view name) { return name == "other.log"; },
                                .pattern = "other"});
    append(logs() / "other.log", "old\n");
    append(logs() / "b.log", "new\n");
    start();
    append(logs() / "other.log", "3\n");
    EXPECT_EQ(read(), "2 new old< 3");
}

TEST_F(FollowCheckpoint, no_line_of_the_log_stands_in_it) {
    append(log(), "secret-token-preview\n");
    start();
    step();
    EXPECT_EQ(bytes_of(file()).find("secret"), std::string::npos);
    struct stat info{};
    ASSERT_EQ(::stat(file().c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
}

}  // namespace
}  // namespace gatewatch::probes::follow
