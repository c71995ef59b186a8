#include "agent/signals.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
#include <csignal>
#include <thread>

namespace gatewatch::agent::test {
namespace {

using namespace std::chrono_literals;

/// A daemon whose event loop writes to a log that nobody reads, never to come back. It says on `ready` that
/// it is about to.
[[noreturn]] void write_for_ever(int ready) {
    std::array<int, 2> log{};
    if (::pipe(log.data()) != 0) std::_Exit(3);
    boost::asio::io_context loop;
    const Signals signals(loop.get_executor(), [](int) {});
    boost::asio::post(loop, [&] {
        const char line = 'x';
        if (::write(ready, &line, 1) != 1) std::_Exit(4);
        while (true) {
            // A write that a signal interrupts is begun again, as the C library does for its own.
            const auto written = ::write(log[1], &line, 1);
            if (written < 0 && errno != EINTR) std::_Exit(5);
        }
    });
    loop.run();
    std::_Exit(6);
}

class EndingSignal : public testing::TestWithParam<int> {};

TEST_P(EndingSignal, EndsAProcessThatIsStuckInAWriteToItsLogWithinTwoSeconds_fault_87) {
    std::array<int, 2> ready{};
    ASSERT_EQ(::pipe(ready.data()), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) write_for_ever(ready[1]);
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    const auto sent = std::chrono::steady_clock::now();
    ::kill(child, GetParam());
    int status = 0;
    pid_t ended = 0;
    while (ended == 0 && std::chrono::steady_clock::now() - sent < 10s) {
        ended = ::waitpid(child, &status, WNOHANG);
        std::this_thread::sleep_for(10ms);
    }
    const auto took = std::chrono::steady_clock::now() - sent;
    if (ended == 0) {
        ::kill(child, SIGKILL);
        ::waitpid(child, &status, 0);
    }
    EXPECT_LT(took, 2s);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    for (const int end : ready) ::close(end);
}

INSTANTIATE_TEST_SUITE_P(Each, EndingSignal, testing::Values(SIGTERM, SIGINT),
                         [](const auto& each) { return each.param == SIGTERM ? "SIGTERM" : "SIGINT"; });

TEST(Signals, StillReachTheEventLoop) {
    boost::asio::io_context loop;
    std::vector<int> seen;
    Signals* stop = nullptr;
    Signals signals(loop.get_executor(), [&](int signal) {
        seen.push_back(signal);
        stop->stop();
    });
    stop = &signals;
    ::raise(SIGHUP);
    loop.run_for(5s);
    EXPECT_EQ(seen, std::vector<int>{SIGHUP});
}

}  // namespace
}  // namespace gatewatch::agent::test
