// Sids that a `check` leaves for the daemon.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "probes/pm2/log_collector.hpp"
#include "tests/unit/probes/pm2_follow_fixture.hpp"

namespace gatewatch::probes::pm2 {
namespace {

/// Another process's lock, as far as flock() can tell: one of another open file.
class ForeignLock {
  public:
    explicit ForeignLock(const fs::path& file) : fd_(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {
        EXPECT_EQ(::flock(fd_, LOCK_EX | LOCK_NB), 0);
    }
    ForeignLock(const ForeignLock&) = delete;
    ForeignLock& operator=(const ForeignLock&) = delete;
    ~ForeignLock() { ::close(fd_); }

  private:
    int fd_;
};

TEST_F(Pm2Follow, sids_that_a_check_has_left_are_synthetic) {
    append(out(), "");
    fs::create_directory(home_ / "state");
    start();
    append(out(), attempt(1) + attempt(2));
    step();
    EXPECT_EQ(leave_sids(home_ / "state", {sid(1), "not a sid"}), Text{});
    EXPECT_EQ(leave_sids(home_ / "state", {sid(3)}), Text{});
    append(out(), attempt(3));
    step();
    step(2s);
    std::vector<std::pair<std::string, Origin>> told;
    for (const auto& event : pipeline_->attribution().take()) told.emplace_back(event.sid, event.origin);
    EXPECT_THAT(
        told, testing::ElementsAre(std::pair(sid(1), Origin::synthetic), std::pair(sid(3), Origin::synthetic),
                                   std::pair(sid(2), Origin::user)));
}

TEST_F(Pm2Follow, the_file_of_left_sids_does_not_grow_without_end) {
    fs::create_directory(home_ / "state");
    std::vector<std::string> many;
    for (int i = 0; i < 100; ++i) many.push_back(sid(i));
    const auto file = home_ / "state" / "check-sids";
    for (int i = 0; i < 30; ++i) append(file, "1000000000 " + sid(i) + "\n");
    append(file, std::string(70'000, '#') + "\n");
    EXPECT_EQ(leave_sids(home_ / "state", many), Text{});
    EXPECT_LT(fs::file_size(file), 10'000u);
    LeftSids reader(home_ / "state");
    EXPECT_EQ(reader.poll(std::chrono::system_clock::now()).size(), 100u);
    EXPECT_TRUE(reader.poll(std::chrono::system_clock::now()).empty());
}

TEST_F(Pm2Follow, sids_that_cannot_be_left_are_an_error_with_its_place) {
    EXPECT_THAT(leave_sids(home_ / "absent", {sid(1)}).en,
                AllOf(HasSubstr("absent"), HasSubstr("state_directory")));
}

TEST_F(Pm2Follow, a_foreign_lock_ends_in_an_error_and_not_in_a_check_that_hangs) {
    fs::create_directory(home_ / "state");
    const auto file = home_ / "state" / "check-sids";
    ASSERT_EQ(leave_sids(home_ / "state", {sid(1)}), Text{});
    const auto before = std::chrono::steady_clock::now();
    {
        const ForeignLock lock(file);
        EXPECT_THAT(leave_sids(home_ / "state", {sid(2)}).en,
                    AllOf(HasSubstr(file.native()), HasSubstr("locked"), HasSubstr("fuser")));
    }
    EXPECT_LT(std::chrono::steady_clock::now() - before, 2s);
    EXPECT_EQ(leave_sids(home_ / "state", {sid(2)}), Text{});
}

TEST_F(Pm2Follow, a_foreign_lock_does_not_hide_left_sids_from_the_daemon) {
    append(out(), "");
    fs::create_directory(home_ / "state");
    start();
    ASSERT_EQ(leave_sids(home_ / "state", {sid(1)}), Text{});
    const ForeignLock lock(home_ / "state" / "check-sids");
    append(out(), attempt(1));
    step();
    const auto events = pipeline_->attribution().take();
    ASSERT_EQ(events.size(), 1u);
    EXPECT_EQ(events[0].origin, Origin::synthetic);
}

TEST_F(Pm2Follow, nobody_else_can_open_the_file_of_left_sids_and_so_lock_it) {
    fs::create_directory(home_ / "state");
    ASSERT_EQ(leave_sids(home_ / "state", {sid(1)}), Text{});
    struct stat info{};
    ASSERT_EQ(::stat((home_ / "state" / "check-sids").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777u, 0600u);
}

TEST_F(Pm2Follow, what_root_leaves_belongs_to_the_owner_of_the_directory) {
    fs::create_directory(home_ / "state");
    constexpr uid_t nobody = 65534;
    if (::geteuid() == 0) ASSERT_EQ(::chown((home_ / "state").c_str(), nobody, nobody), 0);
    ASSERT_EQ(leave_sids(home_ / "state", {sid(1)}), Text{});
    struct stat directory{}, file{};
    ASSERT_EQ(::stat((home_ / "state").c_str(), &directory), 0);
    ASSERT_EQ(::stat((home_ / "state" / "check-sids").c_str(), &file), 0);
    EXPECT_EQ(file.st_uid, directory.st_uid);
}

}  // namespace
}  // namespace gatewatch::probes::pm2
