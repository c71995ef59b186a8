// Files that are emptied in place while they are written to and read: the most usual rotation, and the one
// that readers miss.
#include <fcntl.h>
#include <fmt/format.h>

#include <atomic>
#include <random>
#include <set>
#include <thread>

#include "tests/unit/probes/follow_fixture.hpp"

namespace gatewatch::probes::follow {
namespace {

/// Writes numbered lines, and empties the file when it is told to.
class Writer {
  public:
    Writer(const fs::path& path, unsigned seed)
        : fd_(::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600)), random_(seed) {}
    ~Writer() { ::close(fd_); }

    void write(std::size_t bytes) {
        std::string text;
        while (text.size() < bytes) text += line(next_++);
        ASSERT_EQ(::write(fd_, text.data(), text.size()), ssize_t(text.size()));
    }
    void empty() { ASSERT_EQ(::ftruncate(fd_, 0), 0); }
    std::size_t random(std::size_t most) { return random_() % most; }
    unsigned written() const { return next_; }

    static std::string line(unsigned number) {
        return fmt::format("{:08} 验证 Token: eyJhbGciOiJIUzI1NiIs...\n", number);
    }

  private:
    int fd_;
    std::mt19937 random_;
    unsigned next_ = 0;
};

TEST_F(Follow, fault_67_a_file_that_grows_past_the_old_place_after_it_was_emptied_is_always_noticed) {
    const unsigned trials = thorough() ? 10'000 : 100;
    Writer writer(log(), 1);
    writer.write(10);
    start();
    read_.clear();
    unsigned first_unread = writer.written();
    for (unsigned trial = 1; trial <= trials && !HasFailure(); ++trial) {
        writer.write(1 + writer.random(4000));
        step();
        const auto before = fs::file_size(log());
        const auto first = writer.written();
        writer.empty();
        // Now and then it stays short, so that thousands of trials do not write ever longer files.
        const auto regrown = before < 256 * 1024 ? before : 1;
        writer.write(regrown + writer.random(2) * writer.random(8000));
        step();
        EXPECT_EQ(status().truncations, trial);
        EXPECT_EQ(status().possible_losses, trial);
        std::string expected;
        for (auto number = first_unread; number < writer.written(); ++number)
            expected += Writer::line(number);
        std::ranges::replace(expected, '\n', ' ');
        EXPECT_EQ(read_ + " ", expected) << "trial " << trial << " first " << first;
        read_.clear();
        first_unread = writer.written();
    }
}

/// The same with a writer that does not wait: between any two calls of the reader.
TEST_F(Follow, fault_66_no_line_comes_twice_or_in_pieces_while_a_busy_file_is_emptied) {
    const unsigned trials = thorough() ? 1'000 : 100;
    Writer writer(log(), 2);
    start();
    writer.write(10);
    step();
    std::atomic<unsigned> steps = 0;
    std::atomic<bool> done = false;
    std::thread thread([&] {
        for (unsigned emptied = 0; emptied < trials; ++emptied) {
            // Else it would be through before the reader has looked twice.
            const auto enough = steps + writer.random(3);
            while (steps < enough) std::this_thread::yield();
            for (std::size_t i = writer.random(20); i > 0; --i) writer.write(1 + writer.random(2000));
            writer.empty();
        }
        writer.write(1);
        done = true;
    });
    std::vector<std::string> given;
    const Sink sink{.lines =
                        [&](FileId, std::string_view block, Reading) {
                            for (auto& line : lines_of(block)) given.push_back(std::move(line));
                        },
                    .lines_lost = [](FileId) {}};
    while (!done) {
        follower_->step(now_, sink);
        ++steps;
    }
    thread.join();
    while (follower_->step(now_, sink)) {
    }
    ASSERT_FALSE(given.empty());
    unsigned last = 0;
    for (const auto& line : given) {
        const auto number = static_cast<unsigned>(std::stoul(line.substr(0, 8)));
        ASSERT_EQ(line + "\n", Writer::line(number));
        ASSERT_TRUE(number > last || &line == &given.front()) << "line " << number << " after " << last;
        last = number;
    }
    EXPECT_EQ(last + 1, writer.written()) << "what was written last was not read";
    EXPECT_LE(status().truncations, trials);
    EXPECT_GT(status().truncations, 0u);
    EXPECT_GE(status().possible_losses, status().truncations);
}

TEST_F(Follow, fault_67_a_file_that_begins_as_before_and_goes_on_otherwise_is_another_one) {
    const std::string banner = std::string(Position::span - 1, '=') + '\n';
    append(log(), banner);
    start();
    append(log(), "1\n2\n");
    read();
    ASSERT_EQ(::truncate(log().c_str(), 0), 0);
    append(log(), banner + "3\n4\n5\n");
    EXPECT_THAT(read(), testing::EndsWith("= 3 4 5"));
    EXPECT_EQ(status().truncations, 1u);
    EXPECT_EQ(status().possible_losses, 1u);
}

TEST_F(Follow, what_was_cut_off_behind_the_place_that_was_read_up_to_is_a_possible_loss) {
    append(log(), "1\n");
    start();
    const auto size = 6 * 1024 * 1024;
    std::string much;
    while (much.size() < size) much += std::string(99, 'x') + '\n';
    append(log(), much);
    now_ += 100ms;
    follower_->step(now_, sink_);
    ASSERT_GT(status().lag_bytes, 0u);
    ASSERT_EQ(::truncate(log().c_str(), 5 * 1024 * 1024), 0);
    step();
    EXPECT_EQ(status().truncations, 1u);
    EXPECT_EQ(status().possible_losses, 1u);
    EXPECT_EQ(status().lag_bytes, 0u);
}

}  // namespace
}  // namespace gatewatch::probes::follow
