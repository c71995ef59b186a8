// One thread for calls that block inside the database library. Jobs go in through a queue and what they leave
// comes back on the event loop. A thread that is stuck in the library is abandoned: it shares nothing with
// its owner but a queue that is kept alive for it. Used by token_collector.cpp only.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <thread>

#include "config/settings.hpp"

namespace gatewatch::probes::mysql {

class TokenTable;

class Worker {
  public:
    /// Runs on the event loop after its job. It must own what it touches, or hold it weakly.
    using Completion = std::function<void()>;
    /// Runs on the worker thread. Whatever it throws ends nothing but itself.
    using Job = std::function<Completion(TokenTable&)>;

    /// Throws std::system_error if there can be no thread.
    Worker(boost::asio::any_io_executor executor, config::MysqlSettings settings);
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker();

    void submit(Job job);
    /// Drops what is queued. Waits at most 100 ms for the thread and then leaves it to itself. No completion
    /// is posted after this.
    void stop();

  private:
    struct Shared;
    static void run(std::shared_ptr<Shared> shared, config::MysqlSettings settings);

    std::shared_ptr<Shared> shared_;
    std::thread thread_;
};

}  // namespace gatewatch::probes::mysql
