#include <sys/stat.h>

#include <optional>
#include <utility>
#include <vector>

#include "probes/pm2/left_sids.hpp"
#include "probes/pm2/log_collector.hpp"
#include "tests/unit/probes/pm2_follow_fixture.hpp"
#include "tests/unit/probes/unprivileged.hpp"

namespace gatewatch::probes::pm2 {
namespace {

TEST_F(Pm2Follow, fault_79_directory_missing_at_start_is_read_from_its_beginning_when_it_comes) {
    fs::remove(logs());
    start();
    EXPECT_FALSE(status().up);
    EXPECT_THAT(status().detail.en,
                AllOf(HasSubstr(logs().native()), HasSubstr("correct home or app in [gateway.pm2]")));
    fs::create_directory(logs());
    append(out(), attempt(1));
    EXPECT_EQ(read(), "1");
    EXPECT_TRUE(status().up) << status().detail.en;
}

TEST_F(Pm2Follow, fault_79_a_directory_without_the_apps_files_says_so) {
    start();
    EXPECT_FALSE(status().up);
    EXPECT_THAT(status().detail.en,
                AllOf(HasSubstr("no log file of 'nest-backend'"), HasSubstr("home or app in [gateway.pm2]")));
}

TEST_F(Pm2Follow, fault_79_a_name_that_loops_dangles_or_is_no_file_is_left_alone_until_it_is_one) {
    ASSERT_EQ(::mkfifo(out().c_str(), 0600), 0);
    fs::create_symlink("/dev/zero", logs() / "nest-backend-out-1.log");
    fs::create_symlink("nest-backend-out-2.log", logs() / "nest-backend-out-2.log");
    fs::create_symlink("nowhere", logs() / "nest-backend-out-3.log");
    start();
    EXPECT_FALSE(status().up);
    append(logs() / "nowhere", attempt(3));
    step();
    fs::remove(out());
    append(out(), attempt(4));
    EXPECT_EQ(read(), "3 4");
    EXPECT_TRUE(status().up) << status().detail.en;
}

TEST_F(Pm2Follow, fault_79_a_symlink_that_is_swapped_leads_to_the_other_file) {
    append(home_ / "a", "");
    fs::create_symlink(home_ / "a", out());
    start();
    append(home_ / "a", attempt(1));
    fs::remove(out());
    append(home_ / "b", attempt(2));
    fs::create_symlink(home_ / "b", out());
    EXPECT_EQ(read(), "1 2");
}

TEST_F(Pm2Follow, a_symlink_beside_its_target_is_not_read_twice) {
    append(out(), "");
    fs::create_symlink(out(), logs() / "nest-backend-out-0.log");
    start();
    append(out(), attempt(1));
    EXPECT_EQ(read(), "1");
}

TEST_F(Pm2Follow, work_in_one_step_is_bounded) {
    append(out(), "");
    start();
    std::string much;
    constexpr std::size_t budget = 4 * 1024 * 1024;
    while (much.size() + 100 <= 3 * budget) much += std::string(99, 'x') + '\n';
    append(out(), much);
    step();
    EXPECT_EQ(status().lag_bytes, much.size() - budget);
    step();
    step();
    EXPECT_EQ(status().lag_bytes, 0u);
}

class Pm2FollowUnprivileged : public Pm2Follow {
  protected:
    void SetUp() override {
        Pm2Follow::SetUp();
        rights_.emplace(std::vector{home_, logs()});
    }
    void TearDown() override {
        rights_.reset();
        Pm2Follow::TearDown();
    }
    std::optional<Unprivileged> rights_;
};

TEST_F(Pm2FollowUnprivileged, fault_79_permission_lost_and_regained_on_the_directory) {
    append(out(), attempt(1));
    fs::permissions(logs(), fs::perms::none);
    start();
    EXPECT_FALSE(status().up);
    EXPECT_THAT(status().detail.en, AllOf(HasSubstr("Permission denied"), HasSubstr("let the user")));
    fs::permissions(logs(), fs::perms::owner_all);
    EXPECT_EQ(read(), "") << "what stood there before is not news";
    append(out(), attempt(2));
    EXPECT_EQ(read(), "2");
    EXPECT_TRUE(status().up) << status().detail.en;
}

TEST_F(Pm2FollowUnprivileged, fault_79_permission_lost_and_regained_on_a_new_file) {
    append(out(), attempt(1));
    start();
    fs::rename(out(), logs() / "renamed");
    append(logs() / "renamed", attempt(2));
    append(out(), attempt(3));
    fs::permissions(out(), fs::perms::none);
    EXPECT_EQ(read(), "2");
    EXPECT_FALSE(status().up);
    EXPECT_THAT(status().detail.en, HasSubstr(out().native()));
    fs::permissions(out(), fs::perms::owner_all);
    EXPECT_EQ(read(), "3");
    EXPECT_TRUE(status().up) << status().detail.en;
}

}  // namespace
}  // namespace gatewatch::probes::pm2
