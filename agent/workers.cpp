#include "agent/workers.hpp"

#include <boost/asio/post.hpp>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

namespace gatewatch::agent {
namespace {

constexpr std::chrono::milliseconds longest_goodbye{100};

}  // namespace

struct Workers::Shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::deque<Job> jobs;
    /// Gone after stop(): an abandoned thread must touch no event loop, which may not exist any more.
    std::optional<boost::asio::any_io_executor> loop;
    unsigned threads = 0;  ///< that have not ended
    unsigned idle = 0;
};

Workers::Workers(boost::asio::any_io_executor loop, unsigned threads)
    : shared_(std::make_shared<Shared>()), most_threads_(threads) {
    shared_->loop = std::move(loop);
}

Workers::~Workers() {
    stop();
}

void Workers::submit(Job job) {
    const std::lock_guard lock(shared_->mutex);
    if (!shared_->loop) return;
    shared_->jobs.push_back(std::move(job));
    if (shared_->jobs.size() > shared_->idle && threads_.size() < most_threads_) {
        threads_.emplace_back(&Workers::run, shared_);  // may throw; the new thread waits for the lock
        ++shared_->threads;
    }
    shared_->changed.notify_all();
}

void Workers::stop() {
    std::deque<Job> dropped;
    std::unique_lock lock(shared_->mutex);
    shared_->loop.reset();
    dropped.swap(shared_->jobs);
    shared_->changed.notify_all();
    const bool ended =
        shared_->changed.wait_for(lock, longest_goodbye, [this] { return shared_->threads == 0; });
    lock.unlock();
    for (auto& thread : threads_) ended ? thread.join() : thread.detach();
    threads_.clear();
}

void Workers::run(std::shared_ptr<Shared> shared) {
    std::unique_lock lock(shared->mutex);
    while (true) {
        ++shared->idle;
        shared->changed.wait(lock, [&] { return !shared->loop || !shared->jobs.empty(); });
        --shared->idle;
        if (!shared->loop) break;
        auto job = std::move(shared->jobs.front());
        shared->jobs.pop_front();
        lock.unlock();
        auto completion = job();
        job = nullptr;
        lock.lock();
        if (!shared->loop) break;
        boost::asio::post(*shared->loop, std::move(completion));
    }
    --shared->threads;
    shared->changed.notify_all();
}

}  // namespace gatewatch::agent
