#include "agent/probe_runs.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <future>
#include <thread>

#include "agent/workers.hpp"

namespace gatewatch::agent::test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using probes::SteadyTime;
using testing::ElementsAre;

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

/// Runs that last until they are let go.
class Runs : public testing::Test {
  protected:
    asio::awaitable<void> perform(std::size_t index) {
        began_.push_back(index);
        if (index < held_.size() && held_[index]) {
            asio::steady_timer timer(loop_, 1h);
            co_await timer.async_wait(asio::use_awaitable);
        }
        ended_.push_back(index);
    }
    void run_for_a_while() {
        loop_.restart();
        loop_.run_for(50ms);
    }

    asio::io_context loop_;
    int idle_ = 0;
    std::vector<bool> held_;
    std::vector<std::size_t> began_, ended_;
    ProbeRuns runs_{loop_.get_executor(), 4, [this](std::size_t index, SteadyTime) { return perform(index); },
                    [this] { ++idle_; }};
};

TEST_F(Runs, GoOneAfterTheOther) {
    runs_.request(2);
    runs_.request(0);
    EXPECT_TRUE(runs_.busy());
    run_for_a_while();
    EXPECT_THAT(ended_, ElementsAre(2u, 0u));
    EXPECT_FALSE(runs_.busy());
    EXPECT_GE(idle_, 1);
}

TEST_F(Runs, OfOneProbeAreNeverDoubled) {
    held_ = {true};
    bool ran = true;
    asio::co_spawn(loop_, runs_.run(0, now()), [](std::exception_ptr, bool) {});
    loop_.poll();
    asio::co_spawn(loop_, runs_.run(0, now()), [&ran](std::exception_ptr, bool result) { ran = result; });
    runs_.request(0);
    loop_.poll();
    EXPECT_FALSE(ran);
    EXPECT_THAT(began_, ElementsAre(0u));
    EXPECT_FALSE(runs_.busy());
}

TEST_F(Runs, ThatWaitAlreadyAreNotRequestedTwice) {
    runs_.request(1);
    runs_.request(1);
    run_for_a_while();
    EXPECT_THAT(began_, ElementsAre(1u));
}

TEST_F(Runs, ThatHangLetTheOthersHaveTheirTurn) {
    held_ = {true};
    runs_.request(0);
    runs_.request(1);
    loop_.run_for(2s);
    EXPECT_THAT(ended_, ElementsAre(1u));
    EXPECT_TRUE(runs_.busy());
}

TEST_F(Runs, OfAllEndWithTheLastOfThem) {
    bool ended = false;
    asio::co_spawn(loop_, runs_.run_all({0, 1, 3}, now() + 10s), [&](std::exception_ptr) {
        ended = true;
        EXPECT_THAT(ended_, ElementsAre(0u, 1u, 3u));
    });
    loop_.run();
    EXPECT_TRUE(ended);
}

TEST_F(Runs, OfAllEndByTheirDeadline) {
    held_ = {true};
    bool ended = false;
    asio::co_spawn(loop_, runs_.run_all({0}, now() + 20ms), [&](std::exception_ptr) { ended = true; });
    run_for_a_while();
    EXPECT_TRUE(ended);
}

TEST_F(Runs, AreCancelledWhenTheyAreStoppedAndNoneBeginsAfter) {
    held_ = {true};
    runs_.request(0);
    runs_.request(1);
    loop_.poll();
    runs_.stop();
    runs_.request(2);
    loop_.run();
    EXPECT_THAT(began_, ElementsAre(0u));
    EXPECT_THAT(ended_, testing::IsEmpty());
}

class OnWorkers : public testing::Test {
  protected:
    asio::io_context loop_;
    Workers workers_{loop_.get_executor(), worker_threads};
};

TEST_F(OnWorkers, AFunctionBlocksAnotherThreadAndItsResultComesToTheLoop) {
    std::thread::id worker;
    std::thread::id caller;
    int result = 0;
    std::function<int()> blocking = [&worker] {
        worker = std::this_thread::get_id();
        return 42;
    };
    asio::co_spawn(loop_, on_worker<int>(workers_, blocking), [&](std::exception_ptr, int value) {
        result = value;
        caller = std::this_thread::get_id();
    });
    loop_.run();
    EXPECT_EQ(result, 42);
    EXPECT_EQ(caller, std::this_thread::get_id());
    EXPECT_NE(worker, caller);
}

TEST_F(OnWorkers, AnExceptionComesToTheLoopToo) {
    bool thrown = false;
    std::function<int()> blocking = []() -> int { throw std::runtime_error("broken"); };
    asio::co_spawn(loop_, on_worker<int>(workers_, blocking),
                   [&](const std::exception_ptr& error, int) { thrown = error != nullptr; });
    loop_.run();
    EXPECT_TRUE(thrown);
}

TEST_F(OnWorkers, AFunctionThatHangsIsLeftToItself) {
    // Shared with the thread, which outlives the test's own variables.
    auto release = std::make_shared<std::promise<void>>();
    auto begun = std::make_shared<std::promise<void>>();
    auto gone = std::make_shared<std::promise<void>>();
    auto is_gone = gone->get_future();
    std::function<int()> blocking = [release, begun, gone] {
        begun->set_value();
        release->get_future().wait();
        gone->set_value();
        return 1;
    };
    bool resumed = false;
    asio::co_spawn(loop_, on_worker<int>(workers_, blocking),
                   [&](std::exception_ptr, int) { resumed = true; });
    loop_.poll();
    begun->get_future().wait();
    const auto before = now();
    workers_.stop();
    EXPECT_LT(now() - before, 5s);
    release->set_value();
    is_gone.wait();
    loop_.poll();
    EXPECT_FALSE(resumed);
}

}  // namespace
}  // namespace gatewatch::agent::test
