#include "agent/probe_runs.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>

namespace gatewatch::agent {

namespace asio = boost::asio;
using probes::SteadyTime;

namespace {

SteadyTime steady_now() {
    return std::chrono::steady_clock::now();
}

asio::awaitable<void> pause(asio::any_io_executor executor) {
    asio::steady_timer timer(executor, std::chrono::milliseconds(10));
    co_await timer.async_wait(asio::use_awaitable);
}

}  // namespace

struct ProbeRuns::State {
    State(asio::any_io_executor executor_, std::size_t probes, Perform perform_, std::function<void()> idle_)
        : executor(std::move(executor_)),
          perform(std::move(perform_)),
          idle(std::move(idle_)),
          running(probes, false),
          requested(probes, false),
          cancels(probes) {}

    [[nodiscard]] bool busy() const { return std::ranges::find(requested, true) != requested.end(); }

    asio::any_io_executor executor;
    Perform perform;
    std::function<void()> idle;
    std::vector<bool> running;
    std::vector<bool> requested;                     ///< and not ended
    std::vector<asio::cancellation_signal> cancels;  ///< of the requested ones
    std::deque<std::size_t> queue;
    bool draining = false;
    bool stopped = false;
};

ProbeRuns::ProbeRuns(asio::any_io_executor executor, std::size_t probes, Perform perform,
                     std::function<void()> idle)
    : state_(std::make_shared<State>(std::move(executor), probes, std::move(perform), std::move(idle))) {}

ProbeRuns::~ProbeRuns() {
    stop();
}

asio::awaitable<bool> ProbeRuns::run(std::size_t index, SteadyTime scheduled) {
    return run_one(state_, index, scheduled);
}

asio::awaitable<bool> ProbeRuns::run_one(std::shared_ptr<State> state, std::size_t index,
                                         SteadyTime scheduled) {
    if (state->running[index] || state->stopped) co_return false;
    state->running[index] = true;
    std::exception_ptr error;
    try {
        co_await state->perform(index, scheduled);
    } catch (...) {
        error = std::current_exception();
    }
    state->running[index] = false;
    if (error) std::rethrow_exception(error);
    co_return true;
}

void ProbeRuns::request(std::size_t index) {
    State& state = *state_;
    if (state.stopped || state.requested[index] || state.running[index]) return;
    state.requested[index] = true;
    state.queue.push_back(index);
    if (state.draining) return;
    state.draining = true;
    asio::co_spawn(state.executor, drain(state_), [](std::exception_ptr error) {
        if (error) spdlog::error("the queue of runs ended, which is a fault of the agent");
    });
}

asio::awaitable<void> ProbeRuns::drain(std::shared_ptr<State> state) {
    while (!state->stopped && !state->queue.empty()) {
        const std::size_t index = state->queue.front();
        state->queue.pop_front();
        auto ended = [state, index](std::exception_ptr, bool) {
            state->requested[index] = false;
            if (!state->stopped && !state->busy()) state->idle();
        };
        asio::co_spawn(state->executor, run_one(state, index, steady_now()),
                       asio::bind_cancellation_slot(state->cancels[index].slot(), std::move(ended)));
        const SteadyTime next = steady_now() + longest_turn;
        while (!state->stopped && state->requested[index] && steady_now() < next) {
            co_await pause(state->executor);
        }
    }
    state->draining = false;
}

asio::awaitable<void> ProbeRuns::run_all(std::vector<std::size_t> indices, SteadyTime deadline) {
    const auto state = state_;
    // What waits already for another reason is not waited for.
    std::vector<bool> counts = state->requested;
    counts.flip();
    for (const std::size_t index : indices) {
        request(index);
        counts[index] = true;
    }
    const auto left = [&] {
        for (std::size_t i = 0; i < counts.size(); ++i) {
            if (counts[i] && state->requested[i]) return true;
        }
        return false;
    };
    while (!state->stopped && left() && steady_now() < deadline) co_await pause(state->executor);
}

bool ProbeRuns::busy() const {
    return state_->busy();
}

void ProbeRuns::stop() {
    State& state = *state_;
    if (state.stopped) return;
    state.stopped = true;
    state.queue.clear();
    for (auto& cancel : state.cancels) cancel.emit(asio::cancellation_type::terminal);
    // The signals work through the event loop, and must live until they have.
    asio::post(state.executor, [keep = state_] {});
}

}  // namespace gatewatch::agent
