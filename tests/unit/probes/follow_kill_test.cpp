// A process that follows a log and is killed with SIGKILL at any moment, again and again, while the log is
// written to: nothing is lost, and nothing comes twice that is not marked so.
#include <fcntl.h>
#include <sys/wait.h>

#include <csignal>
#include <map>
#include <random>
#include <sstream>
#include <thread>

#include "tests/unit/probes/follow_fixture.hpp"

namespace gatewatch::probes::follow {
namespace {

/// What the process does: writes each block that it is given to a file, in one write.
[[noreturn]] void follow_for_ever(const Options& options, int output) {
    Follower follower(options);
    const Sink sink{.lines =
                        [output](FileId, std::string_view block, Reading reading) {
                            // What the process before has written may end anywhere.
                            std::string text = "\n";
                            for (const auto& line : lines_of(block)) {
                                text += (reading == Reading::again ? "again " : "fresh ") + line + " .\n";
                            }
                            if (::write(output, text.data(), text.size()) < 0) ::_exit(1);
                        },
                    .lines_lost = [](FileId) {}};
    for (;;) {
        follower.step(std::chrono::steady_clock::now(), sink);
    }
}

TEST_F(Follow, fault_89_kill_9_loses_nothing_and_what_comes_twice_is_marked) {
    const int kills = thorough() ? 1'000 : 20;
    append(log(), "");
    start();
    follower_.reset();
    const auto output = root_ / "output";
    std::mt19937 random(3);
    unsigned written = 0;
    for (int i = 0; i < kills; ++i) {
        const int fd = ::open(output.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
        const auto child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) follow_for_ever(options_, fd);
        ::close(fd);
        // Until it has come to life, and a little more: the moment is anywhere.
        const auto before = fs::file_size(output);
        const auto blocks = 1 + random() % 40;
        for (unsigned block = 0; block < blocks || fs::file_size(output) == before; ++block) {
            std::string text;
            for (auto lines = random() % 20; lines > 0; --lines) text += std::to_string(written++) + '\n';
            append(log(), text);
            std::this_thread::sleep_for(std::chrono::microseconds(random() % 300));
        }
        ASSERT_EQ(::kill(child, SIGKILL), 0);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "it ended by itself";
    }
    std::map<std::string, unsigned> fresh;
    std::map<std::string, unsigned> again;
    std::ifstream lines(output);
    for (std::string line; std::getline(lines, line);) {
        if (!line.ends_with(" .")) continue;
        const auto number = line.substr(6, line.size() - 8);
        ++(line.starts_with("again") ? again : fresh)[number];
    }
    follower_ = std::make_unique<Follower>(options_);
    step();
    std::istringstream rest(read_);
    for (std::string line; rest >> line;) {
        const bool is_again = line.ends_with('?');
        ++(is_again ? again : fresh)[is_again ? line.substr(0, line.size() - 1) : line];
    }
    for (unsigned number = 0; number < written; ++number) {
        const auto line = std::to_string(number);
        ASSERT_GE(fresh[line] + again[line], 1u) << "line " << line << " is lost";
        ASSERT_LE(fresh[line], 1u) << "line " << line << " came twice and was not marked";
    }
    EXPECT_EQ(status().possible_losses, 0u);
}

}  // namespace
}  // namespace gatewatch::probes::follow
