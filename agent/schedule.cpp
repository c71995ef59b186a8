#include "agent/schedule.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>

namespace gatewatch::agent {

namespace asio = boost::asio;

Grid::Grid(SteadyTime start, Duration interval, double share) : interval_(std::max(interval, Duration(1))) {
    const auto part = [&](Duration whole) {
        return std::chrono::duration_cast<SteadyTime::duration>(std::chrono::duration<double>(whole) * share);
    };
    origin_ = start + part(interval_);
    first_ = start + part(std::min(interval_, first_window));
}

SteadyTime Grid::point_after(SteadyTime time) const {
    if (time < origin_) return origin_;
    return origin_ + ((time - origin_) / interval_ + 1) * interval_;
}

SteadyTime Grid::next(SteadyTime time) const {
    if (time < first_) return first_;
    // Half an interval at least between the first run and the grid.
    return std::max(point_after(time), point_after(first_ + interval_ / 2));
}

std::uint64_t Grid::count(SteadyTime from, SteadyTime to) const {
    const SteadyTime head = next(from);
    if (head > to) return 0;
    if (head == first_) return 1 + count(first_, to);
    return static_cast<std::uint64_t>((to - head) / interval_) + 1;
}

bool Grid::too_late(SteadyTime scheduled, SteadyTime now) const {
    return now - scheduled > std::min(interval_ / 2, Duration(1000));
}

double stagger(std::size_t probe, std::size_t probes, std::size_t gateway, std::size_t gateways) {
    const double within =
        static_cast<double>(gateway) / static_cast<double>(std::max<std::size_t>(gateways, 1));
    return (static_cast<double>(probe) + within) / static_cast<double>(std::max<std::size_t>(probes, 1));
}

struct Job::State {
    State(asio::any_io_executor executor, Grid own_grid, Run own_run, Skipped own_skipped)
        : timer(executor), grid(own_grid), run(std::move(own_run)), skipped(std::move(own_skipped)) {}

    asio::steady_timer timer;
    Grid grid;
    Run run;
    Skipped skipped;
    asio::cancellation_signal cancel;
    bool cancelled = false;
};

Job::Job(asio::any_io_executor executor, Grid grid, Run run, Skipped skipped)
    : state_(std::make_shared<State>(std::move(executor), grid, std::move(run), std::move(skipped))) {}

Job::~Job() {
    cancel();
}

void Job::start() {
    auto ended = [state = state_](std::exception_ptr error) {
        if (!error || state->cancelled) return;
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& exception) {
            spdlog::error("a probe's schedule ended, which is a fault of the agent: {}", exception.what());
        }
    };
    asio::co_spawn(state_->timer.get_executor(), loop(state_),
                   asio::bind_cancellation_slot(state_->cancel.slot(), std::move(ended)));
}

void Job::cancel() {
    if (state_->cancelled) return;
    state_->cancelled = true;
    state_->cancel.emit(asio::cancellation_type::terminal);
    // The signal works through the event loop, and must live until it has, though the job may end before.
    asio::post(state_->timer.get_executor(), [keep = state_] {});
}

asio::awaitable<void> Job::loop(std::shared_ptr<State> state) {
    SteadyTime scheduled = state->grid.first();
    while (!state->cancelled) {
        state->timer.expires_at(scheduled);
        co_await state->timer.async_wait(asio::use_awaitable);
        if (state->cancelled) co_return;
        SteadyTime now = std::chrono::steady_clock::now();
        const bool left_out = state->grid.too_late(scheduled, now);
        if (!left_out) {
            co_await state->run(scheduled);
            if (state->cancelled) co_return;
            now = std::chrono::steady_clock::now();
        }
        const auto missed = state->grid.count(scheduled, now) + (left_out ? 1 : 0);
        if (missed > 0) state->skipped(missed);
        scheduled = state->grid.next(std::max(scheduled, now));
    }
}

}  // namespace gatewatch::agent
