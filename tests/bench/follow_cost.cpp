// What following a log of a thousand lines a second costs beside `tail -F` on the same file at the same time:
// each in a process of its own, their CPU time by the kernel's word. The writer writes each line by itself,
// as PM2 does. Prints both in ms and their ratio. Run by tests/bench/run.
//   bench_follow_cost DIRECTORY SECONDS
//   bench_follow_cost follow DIRECTORY       what it starts itself
#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include "probes/pm2/log_collector.hpp"
#include "tests/bench/chinese_log.hpp"

namespace {

namespace fs = std::filesystem;
using namespace gatewatch;
using namespace std::chrono_literals;
using std::chrono::steady_clock;

constexpr int lines_per_second = 1000;

fs::path log_in(const fs::path& directory) {
    return directory / "logs" / "nest-backend-out.log";
}

int follow(const fs::path& directory) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    boost::asio::io_context loop{1};
    config::Pm2Settings settings;
    settings.home = directory;
    std::size_t events = 0;
    probes::pm2::LogCollector collector(loop.get_executor(), settings, directory, directory / "checkpoint",
                                        [&events](const probes::LogEvent&) { ++events; });
    collector.start();
    loop.run();
    return 0;
}

pid_t start(std::vector<std::string> words) {
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t pid = -1;
    const int error = ::posix_spawnp(&pid, arguments[0], &actions, nullptr, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        fmt::print(stderr, "bench_follow_cost: cannot start {}\n", words[0]);
        std::exit(1);
    }
    return pid;
}

/// Time on a processor so far, all threads.
double cpu_ms(pid_t pid) {
    double total = 0;
    for (const auto& thread : fs::directory_iterator(fmt::format("/proc/{}/task", pid))) {
        std::uint64_t nanoseconds = 0;
        std::ifstream(thread.path() / "schedstat") >> nanoseconds;
        total += static_cast<double>(nanoseconds) / 1e6;
    }
    return total;
}

void end(pid_t pid) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
}

void write_lines(int fd, std::chrono::seconds duration) {
    bench::ChineseLog log;
    const auto since = steady_clock::now();
    const auto lines = duration.count() * lines_per_second;
    for (std::int64_t i = 0; i < lines; ++i) {
        std::this_thread::sleep_until(since + i * (1000ms / lines_per_second));
        const auto line = log.line();
        if (::write(fd, line.data(), line.size()) != static_cast<ssize_t>(line.size())) std::exit(1);
    }
}

int compare(const fs::path& directory, std::chrono::seconds duration, const std::string& self) {
    fs::create_directories(directory / "logs");
    const int fd = ::open(log_in(directory).c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0) return 1;
    const pid_t own = start({self, "follow", directory.native()});
    const pid_t tail = start({"tail", "-n", "0", "-F", log_in(directory).native()});
    write_lines(fd, 2s);  // both have started, and are at work
    const double own_before = cpu_ms(own);
    const double tail_before = cpu_ms(tail);
    write_lines(fd, duration);
    const double own_cost = cpu_ms(own) - own_before;
    const double tail_cost = cpu_ms(tail) - tail_before;
    end(own);
    end(tail);
    ::close(fd);
    fs::remove_all(directory);
    fmt::print("{:.1f} {:.1f} {:.2f}\n", own_cost, tail_cost, own_cost / tail_cost);
    return 0;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 3) {
        fmt::print(stderr, "usage: bench_follow_cost DIRECTORY SECONDS\n");
        return 2;
    }
    if (std::string_view(arguments[1]) == "follow") return follow(arguments[2]);
    return compare(arguments[1], std::chrono::seconds(std::atoi(arguments[2])), "/proc/self/exe");
}
