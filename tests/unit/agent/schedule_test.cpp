#include "agent/schedule.hpp"

#include <gmock/gmock.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <set>
#include <vector>

#include "agent/loop_lag.hpp"

namespace gatewatch::agent::test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

const SteadyTime start{1'000'000s};

/// What a job does over that time, in virtual time: each run takes `run_time`, and the clock jumps by `pause`
/// at `paused_at`, as it does for a process that stood still.
struct Simulation {
    Grid grid;
    std::vector<SteadyTime> runs;
    std::uint64_t skipped = 0;

    void run(SteadyTime until, std::chrono::milliseconds run_time, SteadyTime paused_at = SteadyTime::max(),
             std::chrono::milliseconds pause = 0ms) {
        SteadyTime scheduled = grid.first();
        while (scheduled < until) {
            SteadyTime now = scheduled;
            if (now >= paused_at) now += std::exchange(pause, 0ms);
            const bool late = grid.too_late(scheduled, now);
            if (!late) {
                runs.push_back(scheduled);
                now += run_time;
            }
            skipped += grid.count(scheduled, now) + (late ? 1 : 0);
            scheduled = grid.next(std::max(scheduled, now));
        }
    }
};

TEST(Grid, RunsEveryProbeForTheFirstTimeWithinTwoSeconds) {
    for (double share : {0.0, 0.25, 0.5, 0.99}) {
        const Grid grid(start, 15s, share);
        EXPECT_GE(grid.first(), start);
        EXPECT_LT(grid.first(), start + 2s);
        EXPECT_LT(Grid(start, 1s, share).first(), start + 1s);
    }
}

TEST(Grid, NeverDriftsHoweverLongARunTakes) {
    Simulation simulation{Grid(start, 15s, 0.3), {}};
    simulation.run(start + 24h, 4'321ms);
    ASSERT_GT(simulation.runs.size(), 2u);
    for (std::size_t i = 1; i < simulation.runs.size(); ++i) {
        EXPECT_EQ((simulation.runs[i] - start - 4500ms) % 15s, 0ns) << i;
    }
    EXPECT_EQ(simulation.runs.size(), 24 * 3600 / 15u);
    EXPECT_EQ(simulation.skipped, 0u);
}

TEST(Grid, KeepsTheSecondRunApartFromTheFirst) {
    for (double share : {0.0, 0.1, 0.25, 0.5, 0.75, 0.9}) {
        const Grid grid(start, 15s, share);
        const auto gap = grid.next(grid.first()) - grid.first();
        EXPECT_GE(gap, 7500ms) << share;
        EXPECT_LE(gap, 22500ms) << share;
    }
}

// fault_90: a jump of the wall clock makes no extra and no missing run, since the grid knows the steady clock
// alone.
TEST(Grid, HasOneRunForEachIntervalOfSteadyTime_fault_90) {
    static_assert(std::is_same_v<SteadyTime, std::chrono::steady_clock::time_point>);
    const Grid grid(start, 15s, 0.5);
    EXPECT_EQ(grid.count(start + 1h, start + 2h), 240u);
    EXPECT_EQ(grid.count(start, start + 1h), 240u);
    EXPECT_EQ(grid.count(start, grid.first()), 1u);
    EXPECT_EQ(grid.count(start + 1h, start + 1h), 0u);
}

TEST(Grid, GoesOnAfterAPauseWithoutABurst_fault_91) {
    Simulation simulation{Grid(start, 15s, 0.2), {}};
    simulation.run(start + 2h, 100ms, start + 10min, 1h);
    const auto after = start + 10min;
    std::size_t within = 0;
    for (std::size_t i = 1; i < simulation.runs.size(); ++i) {
        EXPECT_GE(simulation.runs[i] - simulation.runs[i - 1], 7500ms);
        if (simulation.runs[i] > after && simulation.runs[i] < after + 1h) ++within;
    }
    EXPECT_EQ(within, 0u);
    EXPECT_EQ(simulation.skipped, 241u);
    EXPECT_EQ(simulation.runs.size() + simulation.skipped, 2 * 240u);
}

TEST(Grid, CountsWhatALongRunPassesOverAndNeverOverlaps_fault_92) {
    Simulation simulation{Grid(start, 10s, 0), {}};
    simulation.run(start + 1h, 25s);
    for (std::size_t i = 1; i < simulation.runs.size(); ++i) {
        EXPECT_GE(simulation.runs[i] - simulation.runs[i - 1], 25s);
    }
    EXPECT_GT(simulation.skipped, 2 * simulation.runs.size() - 4);
}

TEST(Stagger, GivesEveryProbeOfEveryGatewayItsOwnShare) {
    std::set<double> shares;
    for (std::size_t gateway = 0; gateway < 5; ++gateway) {
        for (std::size_t probe = 0; probe < 4; ++probe) {
            const double share = stagger(probe, 4, gateway, 5);
            EXPECT_GE(share, 0);
            EXPECT_LT(share, 1);
            shares.insert(share);
        }
        EXPECT_NEAR(stagger(1, 4, gateway, 5) - stagger(0, 4, gateway, 5), 0.25, 1e-9);
    }
    EXPECT_EQ(shares.size(), 20u);
}

asio::awaitable<void> sleep_for(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> counted(int* running, int* most, std::vector<SteadyTime>* runs, SteadyTime scheduled) {
    runs->push_back(scheduled);
    *most = std::max(*most, ++*running);
    co_await sleep_for(250ms);
    --*running;
}

TEST(Job, RunsAtItsTimesSkipsWhatWouldOverlapAndTellsIt) {
    asio::io_context loop;
    int running = 0, most = 0;
    std::vector<SteadyTime> runs;
    std::uint64_t skipped = 0;
    const auto now = std::chrono::steady_clock::now();
    Job job(
        loop.get_executor(), Grid(now, 200ms, 0),
        [&](SteadyTime scheduled) { return counted(&running, &most, &runs, scheduled); },
        [&](std::uint64_t count) { skipped += count; });
    job.start();
    while (runs.size() < 3) loop.run_one();
    job.cancel();
    loop.run();
    EXPECT_EQ(most, 1);
    EXPECT_GE(skipped, 2u);
    EXPECT_EQ(runs[0], now);
    for (const auto& time : runs) EXPECT_EQ((time - now) % 200ms, 0ns);
}

asio::awaitable<void> endless(bool* entered, bool* left) {
    struct Left {
        bool* flag;
        ~Left() { *flag = true; }
    } on_exit{left};
    *entered = true;
    co_await sleep_for(1h);
}

TEST(Job, EndsAtOnceWhenItIsCancelledInTheMiddleOfARun_fault_87) {
    asio::io_context loop;
    bool entered = false, left = false;
    Job job(
        loop.get_executor(), Grid(std::chrono::steady_clock::now(), 1s, 0),
        [&](SteadyTime) { return endless(&entered, &left); }, [](std::uint64_t) {});
    job.start();
    while (!entered) loop.run_one();
    job.cancel();
    const auto before = std::chrono::steady_clock::now();
    loop.run();
    EXPECT_TRUE(left);
    EXPECT_LT(std::chrono::steady_clock::now() - before, 1s);
}

asio::awaitable<void> until(asio::steady_timer* gate) {
    boost::system::error_code opened;
    co_await gate->async_wait(asio::redirect_error(asio::use_awaitable, opened));
}

/// For the sanitizers: what the cancellation has posted runs after the job has gone.
TEST(Job, EndsByItselfWhileItIsBeingCancelled) {
    asio::io_context loop;
    asio::steady_timer gate(loop, 1h);
    bool entered = false;
    auto job = std::make_unique<Job>(
        loop.get_executor(), Grid(std::chrono::steady_clock::now(), 1h, 0),
        [&](SteadyTime) {
            entered = true;
            return until(&gate);
        },
        [](std::uint64_t) {});
    job->start();
    while (!entered) loop.run_one();
    gate.cancel();
    job.reset();
    loop.run();
}

TEST(LoopLag, RemembersTheLongestDelayForAWhileAndForgetsIt) {
    LoopLag lag(start);
    EXPECT_EQ(lag.add(start + 1s, start + 3s), 2s);
    EXPECT_EQ(lag.add(start + 4s, start + 4s), 2s);
    EXPECT_EQ(lag.add(start + 16s, start + 16s + 1ms), 2s);
    EXPECT_EQ(lag.add(start + 32s, start + 32s), 1ms);
    EXPECT_EQ(lag.add(start + 48s, start + 48s), 0s);
}

}  // namespace
}  // namespace gatewatch::agent::test
