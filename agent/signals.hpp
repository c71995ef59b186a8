// The signals that a daemon lives with: SIGTERM and SIGINT stop it, SIGHUP has it read its
// configuration again, SIGPIPE is ignored. Used by the app.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>

namespace gatewatch::agent {

/// A write to a peer that has gone is an error code, not the end of the process.
void ignore_broken_pipes();

class Signals {
  public:
    using Handler = std::function<void(int signal)>;

    /// `handler` is called on the executor for SIGTERM, SIGINT and SIGHUP until stop(). After SIGTERM or
    /// SIGINT the process ends within 1.5 s with status 0, whatever hangs: the event loop in a write to a log
    /// that nobody reads, a worker inside a library, a destructor that waits for it.
    Signals(boost::asio::any_io_executor executor, Handler handler);
    void stop();

  private:
    void wait();

    boost::asio::signal_set set_;
    Handler handler_;
};

}  // namespace gatewatch::agent
