#include "probes/pm2/log_collector.hpp"

#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "probes/pm2/log_pipeline.hpp"

namespace gatewatch::probes::pm2 {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds poll_interval{200};

}  // namespace

class LogCollector::Impl : public std::enable_shared_from_this<Impl> {
  public:
    Impl(asio::any_io_executor executor, const config::Pm2Settings& settings,
         const std::filesystem::path& state_directory, OnEvent on_event)
        : timer_(std::move(executor)), pipeline_(settings, state_directory), on_event_(std::move(on_event)) {}

    void start() {
        if (std::exchange(running_, true)) return;
        turn();
    }

    void stop() {
        running_ = false;
        timer_.cancel();
    }

    void probe_started(std::uint64_t run) {
        pipeline_.attribution().probe_started(run, std::chrono::steady_clock::now());
    }

    void probe_connected(std::uint64_t run, const std::string& sid, bool last) {
        const auto now = std::chrono::steady_clock::now();
        pipeline_.attribution().add_synthetic(sid, now);
        if (last) pipeline_.attribution().probe_connected(run, now);
        deliver();
    }

    void probe_finished(std::uint64_t run, const Outcome& outcome) {
        pipeline_.attribution().probe_finished(run, outcome.connect_sent, namespace_sids_of(outcome),
                                               std::chrono::steady_clock::now());
        deliver();
    }

    [[nodiscard]] LogStatus status() const { return pipeline_.status(); }

  private:
    void turn() {
        pipeline_.step(std::chrono::steady_clock::now(), std::chrono::system_clock::now());
        deliver();
        if (!running_) return;
        timer_.expires_after(poll_interval);
        timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
            const auto self = weak.lock();
            if (!error && self && self->running_) self->turn();
        });
    }

    void deliver() {
        for (const auto& event : pipeline_.attribution().take()) {
            if (!running_) return;  // the callback may stop the collector
            on_event_(event);
        }
    }

    asio::steady_timer timer_;
    LogPipeline pipeline_;
    OnEvent on_event_;
    bool running_ = false;
};

LogCollector::LogCollector(asio::any_io_executor executor, config::Pm2Settings settings,
                           std::filesystem::path state_directory, OnEvent on_event)
    : impl_(std::make_shared<Impl>(std::move(executor), settings, state_directory, std::move(on_event))) {}

LogCollector::~LogCollector() {
    impl_->stop();
}

void LogCollector::start() {
    impl_->start();
}

void LogCollector::stop() {
    impl_->stop();
}

void LogCollector::probe_started(std::uint64_t run) {
    impl_->probe_started(run);
}

void LogCollector::probe_connected(std::uint64_t run, const std::string& sid, bool last) {
    impl_->probe_connected(run, sid, last);
}

void LogCollector::probe_finished(std::uint64_t run, const Outcome& outcome) {
    impl_->probe_finished(run, outcome);
}

LogStatus LogCollector::status() const {
    return impl_->status();
}

}  // namespace gatewatch::probes::pm2
