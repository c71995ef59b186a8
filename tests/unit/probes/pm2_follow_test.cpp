#include <fcntl.h>
#include <sys/stat.h>

#include "probes/follow/position.hpp"
#include "probes/pm2/log_names.hpp"
#include "tests/unit/probes/pm2_follow_fixture.hpp"

namespace gatewatch::probes::pm2 {
namespace {

TEST_F(Pm2Follow, files_that_exist_are_followed_from_their_end_and_later_ones_from_their_beginning) {
    append(out(), attempt(1));
    start();
    append(out(), attempt(2));
    step();
    append(logs() / "nest-backend-out-3.log", attempt(3));
    EXPECT_EQ(read(), "2 3");
    EXPECT_TRUE(status().up) << status().detail.en;
    EXPECT_EQ(status().lag_bytes, 0u);
}

TEST_F(Pm2Follow, a_line_that_had_begun_before_the_start_and_ends_after_it_is_read_whole) {
    append(out(), attempt(1) + attempt(2).substr(0, 20));
    start();
    append(out(), attempt(2).substr(20));
    EXPECT_EQ(read(), "2");
}

TEST_F(Pm2Follow, the_past_is_not_told_again_however_long_it_is) {
    std::string past;
    for (int i = 0; i < 5000; ++i) past += attempt(i);
    append(out(), past);
    start();
    append(out(), attempt(7777));
    EXPECT_EQ(read(), "7777");
}

TEST_F(Pm2Follow, only_the_apps_own_files_are_read) {
    start();
    settings_.app = "with_time";
    for (const auto* name : {"nest-backend-out.log.1", "nest-backend-output.log", "nest-backend-out-x.log",
                             "nest-backend.log", "nest-backend-out-.log", "other-out.log"}) {
        append(logs() / name, attempt(1));
    }
    append(logs() / "nest-backend-error-12.log", attempt(2));
    EXPECT_EQ(read(), "2");
    EXPECT_TRUE(is_log_name("with-time-out-0.log", sanitised("with_time")));
}

TEST_F(Pm2Follow, fault_65_rename_rotation_drains_the_old_file_first) {
    append(out(), "");
    start();
    append(out(), attempt(1));
    fs::rename(out(), logs() / "nest-backend-out.log.1");
    append(logs() / "nest-backend-out.log.1", attempt(2));
    append(out(), attempt(3));
    EXPECT_EQ(read(), "1 2 3");
    EXPECT_EQ(status().rotations, 1u);
    EXPECT_EQ(status().possible_losses, 0u);
}

TEST_F(Pm2Follow, fault_66_copytruncate_goes_on_from_the_beginning) {
    append(out(), attempt(1));
    start();
    append(out(), attempt(2) + attempt(3));
    EXPECT_EQ(read(), "2 3");
    fs::copy_file(out(), logs() / "nest-backend-out__2026-11-22_00-00-00.log");
    truncate(out());
    append(out(), attempt(4));
    EXPECT_EQ(read(), "4");
    EXPECT_EQ(status().truncations, 1u);
    EXPECT_EQ(status().rotations, 0u);
}

TEST_F(Pm2Follow, fault_67_copytruncate_regrown_past_the_offset_is_noticed) {
    append(out(), attempt(1));
    start();
    append(out(), attempt(2));
    EXPECT_EQ(read(), "2");
    truncate(out());
    append(out(), attempt(3) + attempt(4) + attempt(5));
    EXPECT_EQ(read(), "3 4 5");
    EXPECT_EQ(status().truncations, 1u);
    EXPECT_EQ(status().possible_losses, 1u);
}

TEST_F(Pm2Follow, fault_67_regrown_to_the_very_same_size_is_noticed_too) {
    append(out(), attempt(1));
    start();
    truncate(out());
    append(out(), attempt(2));
    const timespec later[2] = {{.tv_sec = 2'000'000'000, .tv_nsec = 0},
                               {.tv_sec = 2'000'000'000, .tv_nsec = 0}};
    ASSERT_EQ(::utimensat(AT_FDCWD, out().c_str(), later, 0), 0);
    EXPECT_EQ(read(), "2");
}

TEST_F(Pm2Follow, fault_68_inode_reused_for_the_new_file_is_noticed) {
    append(out(), attempt(1));
    start();
    struct stat before{};
    ::stat(out().c_str(), &before);
    fs::remove(out());
    append(out(), attempt(2));
    struct stat after{};
    ::stat(out().c_str(), &after);
    // The open file keeps its inode, so that no new one can have it.
    EXPECT_NE(before.st_ino, after.st_ino);
    EXPECT_EQ(read(), "2");
    EXPECT_EQ(status().rotations, 1u);
}

TEST_F(Pm2Follow, fault_69_flush_is_one_truncation_and_a_possible_loss) {
    append(out(), "");
    start();
    append(out(), attempt(1));
    EXPECT_EQ(read(), "1");
    truncate(out());
    EXPECT_EQ(read(), "");
    append(out(), attempt(2));
    EXPECT_EQ(read(), "2");
    EXPECT_EQ(status().truncations, 1u);
    EXPECT_EQ(status().possible_losses, 1u) << "what came just before the flush, nobody can know";
}

TEST_F(Pm2Follow, a_flush_of_lines_that_were_not_read_is_a_possible_loss) {
    append(out(), "");
    start();
    append(out(), "half a line");
    step();
    truncate(out());
    step();
    EXPECT_EQ(status().possible_losses, 1u);
}

TEST_F(Pm2Follow, fault_70_writer_still_on_the_renamed_file_is_followed) {
    append(out(), "");
    start();
    fs::rename(out(), logs() / "renamed");
    append(logs() / "renamed", attempt(1));
    EXPECT_EQ(read(), "1");
    append(logs() / "renamed", attempt(2));
    append(out(), attempt(3));
    EXPECT_EQ(read(), "2 3");
    append(logs() / "renamed", attempt(4));
    EXPECT_EQ(read(), "4");
}

TEST_F(Pm2Follow, fault_71_rotated_copies_that_match_the_glob_are_not_read) {
    append(out(), "");
    start();
    append(logs() / "nest-backend-out__2026-11-22_00-00-00.log", attempt(1));
    append(logs() / "nest-backend-out-0__2026-11-22_00-00-00.log", attempt(1));
    fs::rename(out(), logs() / "nest-backend-out-9.log");
    append(logs() / "nest-backend-out-9.log", attempt(2));
    append(out(), attempt(3));
    EXPECT_EQ(read(), "2 3");
    for (int i = 0; i < 100; ++i) step();
    EXPECT_EQ(read(), "") << "the renamed file has a name of ours and was read a second time";
}

TEST_F(Pm2Follow, fault_72_partial_line_completed_later_is_one_line) {
    append(out(), "");
    start();
    const auto line = attempt(1);
    for (const char c : line) {
        append(out(), std::string(1, c));
        step();
    }
    EXPECT_EQ(read(), "1");
    EXPECT_EQ(status().unparsed_lines, 0u);
}

TEST_F(Pm2Follow, fault_72_partial_line_never_completed_counts_when_its_file_is_over) {
    append(out(), "");
    start();
    auto line = attempt(1);
    line.pop_back();
    append(out(), line);
    EXPECT_EQ(read(), "");
    fs::rename(out(), logs() / "renamed");
    append(out(), attempt(2));
    EXPECT_EQ(read(), "2");
    for (int i = 0; i < 60; ++i) step();
    EXPECT_EQ(read(), "1");
}

TEST_F(Pm2Follow, fault_73_a_character_that_two_reads_share_stays_whole) {
    append(out(), "");
    start();
    const auto line = attempt(1);
    append(out(), line.substr(0, 1));
    step();
    append(out(), line.substr(1, line.size() - 4));
    step();
    append(out(), line.substr(line.size() - 3));
    EXPECT_EQ(read(), "1");
}

TEST_F(Pm2Follow, fault_74_records_with_many_lines_are_read_from_the_file) {
    append(out(), "");
    start();
    append(out(), "{\"message\":\"客户端 " + sid(1) + " 尝试连接\\n客户端 " + sid(2) +
                      " 尝试连接\\n\",\"type\":\"out\"}\n");
    EXPECT_EQ(read(), "1 2");
}

TEST_F(Pm2Follow, fault_76_line_over_512_kib_is_skipped_and_counted) {
    append(out(), "");
    start();
    append(out(), std::string(3 * follow::max_line_bytes, 'x') + attempt(1) + attempt(2));
    step();
    EXPECT_EQ(read(), "2");
    EXPECT_EQ(status().unparsed_lines, 1u);
}

TEST_F(Pm2Follow, fault_77_sparse_hole_and_nul_runs_are_passed_in_bounded_steps) {
    append(out(), attempt(1));
    start();
    // A writer without O_APPEND goes on at its old place after a truncation.
    truncate(out());
    ASSERT_EQ(::truncate(out().c_str(), 20 * 1024 * 1024), 0);
    append(out(), attempt(2));
    step();
    EXPECT_GE(status().lag_bytes, 16u * 1024 * 1024);
    for (int i = 0; i < 25; ++i) step();
    EXPECT_EQ(read(), "2");
    EXPECT_EQ(status().lag_bytes, 0u);
    EXPECT_EQ(status().unparsed_lines, 0u);
}

TEST_F(Pm2Follow, fault_78_lines_in_other_encodings_between_good_ones_do_no_harm) {
    append(out(), "");
    start();
    append(out(), attempt(1) + "\xbf\xcd\xbb\xa7\xb6\xcb\r\n\xff\xfe\x1b[31m\x1b[\n" + attempt(2));
    EXPECT_EQ(read(), "1 2");
}

}  // namespace
}  // namespace gatewatch::probes::pm2
