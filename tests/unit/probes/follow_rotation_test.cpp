// Files that are renamed or removed while they are written to and read, by a writer that does not wait.
#include <fcntl.h>
#include <fmt/format.h>

#include <atomic>
#include <random>
#include <thread>

#include "tests/unit/probes/follow_fixture.hpp"

namespace gatewatch::probes::follow {
namespace {

/// Writes numbered lines, and goes on in another file as PM2 does: it has the old one open for a while.
class RotatedWriter {
  public:
    explicit RotatedWriter(fs::path log) : log_(std::move(log)), fd_(open()) {}
    ~RotatedWriter() { ::close(fd_); }

    void write(unsigned lines) {
        for (; lines > 0; --lines) {
            const auto text = line(next_++) + '\n';
            if (::write(fd_, text.data(), text.size()) != ssize_t(text.size())) std::abort();
        }
    }
    void rotate(unsigned number) {
        if (random_() % 3 == 0) {
            fs::remove(log_);
        } else {
            fs::rename(log_, fmt::format("{}.{}", log_.native(), number));
            fs::remove(fmt::format("{}.{}", log_.native(), number - 50));
        }
        write(random(10));
        const int fresh = open();
        if (random_() % 2 == 0) write(random(10));
        ::close(std::exchange(fd_, fresh));
        write(1);
    }
    unsigned random(unsigned limit) { return static_cast<unsigned>(random_() % limit); }
    [[nodiscard]] unsigned written() const { return next_; }

    static std::string line(unsigned number) { return fmt::format("{:08} 尝试连接", number); }

  private:
    [[nodiscard]] int open() const {
        return ::open(log_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    }

    fs::path log_;
    std::mt19937 random_{5};
    unsigned next_ = 0;
    int fd_;
};

TEST_F(Follow, fault_65_and_70_each_line_comes_once_and_in_order_while_a_busy_log_is_rotated) {
    const unsigned rotations = thorough() ? 10'000 : 200;
    RotatedWriter writer(log());
    start();
    std::atomic<unsigned> steps = 0;
    std::atomic<unsigned> rotated = 0;
    std::atomic<bool> done = false;
    std::thread thread([&] {
        for (unsigned i = 0; i < rotations; ++i) {
            writer.write(writer.random(30));
            writer.rotate(i);
            ++rotated;
            // A file that comes and goes while nobody looks is seen by nobody.
            const auto enough = steps + 2 + writer.random(3);
            while (steps < enough) std::this_thread::yield();
        }
        done = true;
    });
    unsigned next = 0;
    std::string wrong;
    const Sink sink{.lines =
                        [&](FileId, std::string_view block, Reading) {
                            for (const auto& line : lines_of(block)) {
                                if (line != RotatedWriter::line(next) && wrong.empty())
                                    wrong = fmt::format("'{}' in place of line {}", line, next);
                                ++next;
                            }
                        },
                    .lines_lost = [](FileId) {}};
    // Time goes by as the writer gets on, or one that waits for its core would seem to have left its old
    // file.
    const auto begin = now_;
    while (!done) {
        follower_->step(now_ = begin + rotated.load() * 100ms, sink);
        ++steps;
    }
    thread.join();
    while (follower_->step(now_, sink)) {
    }
    EXPECT_EQ(wrong, "");
    EXPECT_EQ(next, writer.written());
    EXPECT_EQ(status().rotations, rotations);
    // A look that falls between the time of a file's first write and its size takes the next write for one
    // after a loss: very few do, of thousands of looks a second.
    EXPECT_LE(status().possible_losses, 1 + rotations / 50);
}

}  // namespace
}  // namespace gatewatch::probes::follow
