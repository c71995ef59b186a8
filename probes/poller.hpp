// A collector that takes one sample at every interval: what nginx_config, frontend, env_files and pm2_process
// share. Used by the agent's GatewayCollectors, which has samples that block taken on a worker thread.
#pragma once

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <string>

#include "config/settings.hpp"
#include "config/text.hpp"

namespace gatewatch::probes {

/// All member functions are called on the executor's thread, and so is the callback.
template <class Sample>
class Poller {
  public:
    using Take = std::function<boost::asio::awaitable<Sample>()>;
    using OnSample = std::function<void(Sample)>;

    /// After a sample that is not up the next one comes after `retry`, if that is sooner: what can be read
    /// again must not count as unreadable for minutes.
    Poller(boost::asio::any_io_executor executor, config::Duration interval, Take take, OnSample on_sample,
           config::Duration retry = std::chrono::seconds(15))
        : state_(std::make_shared<State>(executor, interval, std::min(interval, retry), std::move(take),
                                         std::move(on_sample))) {}
    Poller(const Poller&) = delete;
    Poller& operator=(const Poller&) = delete;
    ~Poller() { stop(); }

    /// Samples at once and then at every interval, counted from the end of the sample before.
    void start() {
        boost::asio::co_spawn(
            state_->timer.get_executor(), loop(state_),
            boost::asio::bind_cancellation_slot(state_->cancel.slot(), boost::asio::detached));
    }
    /// Ends the sample under way, too. No callback comes after this.
    void stop() {
        if (state_->stopped) return;
        state_->stopped = true;
        state_->cancel.emit(boost::asio::cancellation_type::terminal);
        // The signal works through the event loop, and must live until it has.
        boost::asio::post(state_->timer.get_executor(), [keep = state_] {});
    }
    /// Samples as soon as the sample under way has ended.
    void sample_now() {
        state_->again = true;
        state_->timer.cancel();
    }

  private:
    struct State {
        State(boost::asio::any_io_executor executor, config::Duration interval_, config::Duration retry_,
              Take take_, OnSample on_sample_)
            : timer(executor),
              interval(interval_),
              retry(retry_),
              take(std::move(take_)),
              on_sample(std::move(on_sample_)) {}
        boost::asio::steady_timer timer;
        config::Duration interval;
        config::Duration retry;
        Take take;
        OnSample on_sample;
        boost::asio::cancellation_signal cancel;
        bool stopped = false;
        bool again = false;
    };

    static boost::asio::awaitable<void> loop(std::shared_ptr<State> state) {
        while (!state->stopped) {
            state->again = false;
            Sample sample = co_await taken(state);
            if (state->stopped) co_return;
            const auto pause = sample.up ? state->interval : state->retry;
            state->on_sample(std::move(sample));
            if (state->again) continue;
            state->timer.expires_after(pause);
            boost::system::error_code cancelled;
            co_await state->timer.async_wait(
                boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
        }
    }

    /// What throws is a sample that is not up: the collector must not fall silent.
    static boost::asio::awaitable<Sample> taken(std::shared_ptr<State> state) {
        Sample failed;
        try {
            co_return co_await state->take();
        } catch (const std::exception& error) {
            const std::string what = error.what();
            failed.detail = say("internal error: {}; please report it with the agent's log",
                                "内部错误：{}；请附上日志报告此问题", what);
        }
        failed.taken = std::chrono::system_clock::now();
        co_return failed;
    }

    std::shared_ptr<State> state_;
};

}  // namespace gatewatch::probes
