#include "probes/pm2/log_collector.hpp"

#include <boost/asio/steady_timer.hpp>
#include <utility>

#include "probes/follow/watcher.hpp"
#include "probes/pm2/log_pipeline.hpp"

namespace gatewatch::probes::pm2 {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds settle_interval{200};

SteadyTime steady_now() {
    return std::chrono::steady_clock::now();
}
WallTime wall_now() {
    return std::chrono::system_clock::now();
}

}  // namespace

class LogCollector::Impl : public std::enable_shared_from_this<Impl> {
  public:
    Impl(asio::any_io_executor executor, const config::Pm2Settings& settings,
         const std::filesystem::path& state_directory, const std::filesystem::path& checkpoint,
         OnEvent on_event)
        : timer_(executor),
          pipeline_(settings, state_directory, checkpoint),
          on_event_(std::move(on_event)),
          watcher_(executor, pipeline_.directories(), [this] { return look(); }) {}

    void start() {
        if (std::exchange(running_, true)) return;
        watcher_.start();
        settle_later();
    }

    void stop() {
        running_ = false;
        stopped_ = true;
        watcher_.stop();
        timer_.cancel();
    }

    void probe_started(std::uint64_t run) {
        if (stopped_) return;
        pipeline_.probe_started(run, steady_now(), wall_now());
    }

    void probe_connected(std::uint64_t run, const std::string& sid, bool last, bool here) {
        if (stopped_) return;
        pipeline_.probe_connected(run, sid, last, here, steady_now(), wall_now());
        deliver();
    }

    void probe_finished(std::uint64_t run, const Outcome& outcome) {
        if (stopped_) return;
        pipeline_.probe_finished(run, outcome.connect_sent, namespace_sids_of(outcome), steady_now(),
                                 wall_now());
        deliver();
    }

    [[nodiscard]] LogStatus status() const { return pipeline_.status(); }

  private:
    bool look() {
        const bool more = pipeline_.step(steady_now(), wall_now());
        deliver();
        return more;
    }

    /// Attempts that have waited long enough are told although the log is quiet.
    void settle_later() {
        if (!running_) return;
        timer_.expires_after(settle_interval);
        timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
            const auto self = weak.lock();
            if (error || !self || !self->running_) return;
            self->pipeline_.attribution().settle(steady_now());
            self->deliver();
            self->settle_later();
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
    follow::Watcher watcher_;
    bool running_ = false;
    bool stopped_ = false;  ///< its files in the state directory may be another one's now
};

LogCollector::LogCollector(asio::any_io_executor executor, const config::Pm2Settings& settings,
                           const std::filesystem::path& state_directory,
                           const std::filesystem::path& checkpoint, OnEvent on_event)
    : impl_(std::make_shared<Impl>(std::move(executor), settings, state_directory, checkpoint,
                                   std::move(on_event))) {}

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

void LogCollector::probe_connected(std::uint64_t run, const std::string& sid, bool last, bool here) {
    impl_->probe_connected(run, sid, last, here);
}

void LogCollector::probe_finished(std::uint64_t run, const Outcome& outcome) {
    impl_->probe_finished(run, outcome);
}

LogStatus LogCollector::status() const {
    return impl_->status();
}

}  // namespace gatewatch::probes::pm2
