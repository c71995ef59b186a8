#include "probes/mysql/worker.hpp"

#include <pthread.h>
#include <signal.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "probes/mysql/token_table.hpp"

namespace gatewatch::probes::mysql {
namespace {

constexpr std::chrono::milliseconds longest_goodbye{100};

/// Signals are the event loop's business; in the library they would only interrupt a read.
class SignalsBlocked {
  public:
    SignalsBlocked() {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;
    ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  private:
    sigset_t before_;
};

}  // namespace

struct Worker::Shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Job> jobs;
    /// Gone after stop(): an abandoned thread must touch no event loop, which may not exist any more.
    std::optional<boost::asio::any_io_executor> executor;
    bool finished = false;
};

Worker::Worker(boost::asio::any_io_executor executor, config::MysqlSettings settings)
    : shared_(std::make_shared<Shared>()) {
    shared_->executor = std::move(executor);
    const SignalsBlocked blocked;
    thread_ = std::thread(&Worker::run, shared_, std::move(settings));
}

Worker::~Worker() {
    stop();
}

void Worker::submit(Job job) {
    const std::lock_guard lock(shared_->mutex);
    if (!shared_->executor) return;
    shared_->jobs.push_back(std::move(job));
    shared_->changed.notify_all();
}

void Worker::stop() {
    if (!thread_.joinable()) return;
    std::deque<Job> dropped;
    std::unique_lock lock(shared_->mutex);
    shared_->executor.reset();
    dropped.swap(shared_->jobs);
    shared_->changed.notify_all();
    const bool finished = shared_->changed.wait_for(lock, longest_goodbye, [&] { return shared_->finished; });
    lock.unlock();
    if (finished) {
        thread_.join();
    } else {
        thread_.detach();
    }
}

void Worker::run(std::shared_ptr<Shared> shared, config::MysqlSettings settings) {
    {
        TokenTable table(std::move(settings));
        std::unique_lock lock(shared->mutex);
        while (true) {
            shared->changed.wait(lock, [&] { return !shared->executor || !shared->jobs.empty(); });
            if (!shared->executor) break;
            auto job = std::move(shared->jobs.front());
            shared->jobs.pop_front();
            lock.unlock();
            auto completion = job(table);
            job = nullptr;
            lock.lock();
            if (!shared->executor) break;
            boost::asio::post(*shared->executor, std::move(completion));
        }
        lock.unlock();
    }
    const std::lock_guard lock(shared->mutex);
    shared->finished = true;
    shared->changed.notify_all();
}

}  // namespace gatewatch::probes::mysql
