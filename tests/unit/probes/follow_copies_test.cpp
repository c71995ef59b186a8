// Patterns that more names match than should: rotated copies, thousands of old files.
#include "probes/pm2/log_names.hpp"
#include "tests/unit/probes/follow_fixture.hpp"

namespace gatewatch::probes::follow {
namespace {

class FollowCopies : public Follow {
  protected:
    void SetUp() override {
        Follow::SetUp();
        follow_names([](std::string_view name) { return name.ends_with(".log"); }, true);
    }
};

TEST_F(FollowCopies, fault_71_a_copy_is_not_read_while_it_is_made_nor_after) {
    append(log(), "1\n");
    start();
    append(log(), "2\n3\n");
    EXPECT_EQ(read(), "1< 2 3");
    append(logs() / "copy.log", "1\n2");
    EXPECT_EQ(read(), "");
    append(logs() / "copy.log", "\n3\n");
    EXPECT_EQ(read(), "");
    ASSERT_EQ(::truncate(log().c_str(), 0), 0);
    append(log(), "4\n");
    EXPECT_EQ(read(), "4");
    EXPECT_EQ(status().lag_bytes, 0u);
}

TEST_F(FollowCopies, fault_71_what_only_the_copy_holds_is_read_from_it) {
    append(log(), "1\n");
    start();
    append(log(), "2\n");
    EXPECT_EQ(read(), "1< 2");
    append(log(), "3\n");
    fs::copy_file(log(), logs() / "copy.log");
    ASSERT_EQ(::truncate(log().c_str(), 0), 0);
    EXPECT_EQ(read(), "3");
    EXPECT_EQ(status().possible_losses, 1u);
}

TEST_F(FollowCopies, a_file_that_begins_like_another_and_goes_on_otherwise_is_read_whole) {
    append(log(), "banner\n");
    start();
    append(log(), "1\n");
    EXPECT_EQ(read(), "banner< 1");
    append(logs() / "other.log", "banner\n");
    EXPECT_EQ(read(), "");
    append(logs() / "other.log", "2\n");
    EXPECT_EQ(read(), "banner 2");
}

TEST_F(FollowCopies, fault_71_a_file_that_is_renamed_to_a_name_that_matches_is_not_read_again) {
    append(log(), "1\n");
    start();
    fs::rename(log(), logs() / "old.log");
    append(logs() / "old.log", "2\n");
    append(log(), "3\n");
    EXPECT_EQ(read(), "1< 2 3");
    for (int i = 0; i < 30; ++i) step(1s);
    append(logs() / "old.log", "4\n");
    EXPECT_EQ(read(), "4");
}

TEST_F(FollowCopies, fault_81_of_10000_matching_files_those_are_followed_that_change) {
    for (int i = 0; i < 10'000; ++i) append(logs() / ("old-" + std::to_string(i) + ".log"), "old\n");
    start();
    read_.clear();
    EXPECT_TRUE(status().up);
    EXPECT_THAT(status().detail.en, HasSubstr("more than 256 log files"));
    append(logs() / "old-7.log", "1\n");
    append(log(), "2\n");
    step(2s);
    const auto given = read();
    EXPECT_THAT(given, HasSubstr(" 1"));
    EXPECT_THAT(given, HasSubstr("2"));
    EXPECT_EQ(status().lag_bytes, 0u);
}

TEST(FollowNames, fault_71_rotated_and_combined_files_are_known_by_their_names) {
    for (const auto* name : {"out__2026-11-22_00-00-00.log", "out-0__2026-11-22_00-00-00.log.gz", "out.log.1",
                             "out.log-20261122", "out.log.2.gz", "out.log.old"}) {
        EXPECT_TRUE(pm2::is_rotated_name(name)) << name;
    }
    for (const auto* name : {"out.log", "out-0.log", "out-20261122.log", "out_2026.log"}) {
        EXPECT_FALSE(pm2::is_rotated_name(name)) << name;
    }
    config::Pm2Settings settings;
    settings.files = {"/var/log/nest/*.log", "/var/log/nest/combined.log"};
    const auto sources = pm2::log_sources(settings);
    ASSERT_EQ(sources.size(), 2u);
    EXPECT_TRUE(sources[0].matches("out.log"));
    EXPECT_FALSE(sources[0].matches("combined.outerr.log"));
    EXPECT_FALSE(sources[0].matches("out__2026-11-22_00-00-00.log"));
    EXPECT_TRUE(sources[1].matches("combined.log")) << "it is written out";
}

}  // namespace
}  // namespace gatewatch::probes::follow
