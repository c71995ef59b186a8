// A few threads for what blocks: reading configuration and environment files, which may lie on a disk that
// hangs. One pool for the whole agent, and one for its reloads. A thread that is stuck at the end is abandoned, as the process leaves
// without waiting for it (main.cpp). Used by the collectors of GatewayWatch, and to
// read the configuration again.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace gatewatch::agent {

/// Enough that one file that hangs does not keep the others from being read. A reload of the gateway that it
/// belongs to leaves its thread behind and takes another.
inline constexpr unsigned worker_threads = 4;

class Workers {
  public:
    /// Runs on the event loop after its job; must own what it touches, or hold it weakly.
    using Completion = std::function<void()>;
    /// Runs on a thread of the pool; must not throw.
    using Job = std::function<Completion()>;

    /// Threads are made when they are first needed, at most `threads`.
    Workers(boost::asio::any_io_executor loop, unsigned threads);
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;
    ~Workers();

    /// On the event loop's thread.
    void submit(Job job);
    /// Drops what is queued and waits at most 100 ms for what runs. No completion comes after this.
    void stop();

  private:
    struct Shared;
    static void run(std::shared_ptr<Shared> shared);

    std::shared_ptr<Shared> shared_;
    std::vector<std::thread> threads_;
    unsigned most_threads_;
};

/// Runs a function that blocks on a worker and comes back to the event loop with what it returned or threw;
/// or with nothing at the deadline, while the function goes on.
template <class Result>
boost::asio::awaitable<std::optional<Result>> on_worker_until(Workers& workers,
                                                              std::chrono::steady_clock::time_point deadline,
                                                              std::function<Result()> blocking) {
    struct Slot {
        Slot(boost::asio::any_io_executor loop, std::chrono::steady_clock::time_point latest)
            : done(loop, latest) {}
        boost::asio::steady_timer done;
        std::optional<Result> result;
        std::exception_ptr error;
    };
    const auto slot = std::make_shared<Slot>(co_await boost::asio::this_coro::executor, deadline);
    workers.submit([weak = std::weak_ptr(slot), blocking = std::move(blocking)]() -> Workers::Completion {
        std::optional<Result> result;
        std::exception_ptr error;
        try {
            result = blocking();
        } catch (...) {
            error = std::current_exception();
        }
        return [weak, result = std::move(result), error]() mutable {
            const auto waiting = weak.lock();
            if (!waiting) return;
            waiting->result = std::move(result);
            waiting->error = error;
            waiting->done.cancel();
        };
    });
    while (!slot->result && !slot->error && std::chrono::steady_clock::now() < deadline) {
        boost::system::error_code cancelled;
        co_await slot->done.async_wait(boost::asio::redirect_error(boost::asio::use_awaitable, cancelled));
    }
    if (slot->error) std::rethrow_exception(slot->error);
    co_return std::move(slot->result);
}

/// The same, however long it takes.
template <class Result>
boost::asio::awaitable<Result> on_worker(Workers& workers, std::function<Result()> blocking) {
    auto result = co_await on_worker_until<Result>(workers, std::chrono::steady_clock::time_point::max(),
                                                   std::move(blocking));
    co_return std::move(*result);
}

}  // namespace gatewatch::agent
