#include "probes/mysql/token_collector.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>
#include <vector>

#include "probes/mysql/token_table.hpp"
#include "probes/mysql/worker.hpp"

namespace gatewatch::probes::mysql {

namespace asio = boost::asio;
using std::chrono::steady_clock;

namespace {

/// One token on its way: the coroutine sleeps on the timer until the answer has been written beside it.
struct Fetch {
    explicit Fetch(asio::any_io_executor executor) : wake(std::move(executor)) {}
    asio::steady_timer wake;
    std::optional<std::expected<Secret, Text>> answer;
};

void complete(Fetch& fetch, std::expected<Secret, Text> answer) {
    fetch.answer = std::move(answer);
    fetch.wake.cancel();
}

std::unexpected<Text> stopped() {
    return std::unexpected(Text{"the MySQL collector has stopped", "MySQL 采集器已停止"});
}

}  // namespace

class TokenCollector::Impl : public std::enable_shared_from_this<Impl> {
  public:
    Impl(asio::any_io_executor executor, config::MysqlSettings settings, OnSample on_sample)
        : timer_(executor),
          interval_(std::max(settings.interval, config::Duration(1))),
          on_sample_(std::move(on_sample)),
          worker_(std::move(executor), std::move(settings)) {}

    void start() {
        if (stopped_ || started_) return;
        started_ = steady_clock::now();
        sample();
        schedule();
    }

    void stop() {
        if (std::exchange(stopped_, true)) return;
        timer_.cancel();
        for (const auto& weak : std::exchange(fetches_, {})) {
            if (const auto fetch = weak.lock()) complete(*fetch, stopped());
        }
        worker_.stop();
    }

    /// At most one sample waits behind the running one, so that a hanging database collects no queue.
    void sample() {
        if (stopped_ || in_flight_ >= 2) return;
        ++in_flight_;
        worker_.submit([weak = weak_from_this(), token = token_](TokenTable& table) -> Worker::Completion {
            return [weak, result = table.sample(token)] {
                if (const auto self = weak.lock()) self->finish(result);
            };
        });
    }

    void set_probe_token(std::optional<Secret> token, std::optional<WallTime> issued) {
        token_.reset();
        if (token) token_ = {*std::move(token), issued};
    }

    std::shared_ptr<Fetch> fetch(std::int64_t user_id) {
        auto fetch = std::make_shared<Fetch>(timer_.get_executor());
        if (stopped_) {
            fetch->answer = stopped();
            return fetch;
        }
        std::erase_if(fetches_, [](const auto& weak) { return weak.expired(); });
        fetches_.push_back(fetch);
        worker_.submit([weak = std::weak_ptr(fetch), user_id](TokenTable& table) -> Worker::Completion {
            return [weak, result = table.newest_valid(user_id)] {
                if (const auto waiting = weak.lock()) complete(*waiting, result);
            };
        });
        return fetch;
    }

  private:
    void finish(const MysqlSample& result) {
        --in_flight_;
        if (!stopped_) on_sample_(result);
    }

    /// Ticks lie on a grid from start(), so that they do not drift; those that were missed are left out.
    void schedule() {
        const auto passed = (steady_clock::now() - *started_) / interval_;
        timer_.expires_at(*started_ + (passed + 1) * interval_);
        timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
            const auto self = weak.lock();
            if (error || !self || self->stopped_) return;
            if (self->in_flight_ == 0) self->sample();
            self->schedule();
        });
    }

    asio::steady_timer timer_;
    config::Duration interval_;
    OnSample on_sample_;
    std::optional<WatchedToken> token_;
    std::optional<SteadyTime> started_;
    std::vector<std::weak_ptr<Fetch>> fetches_;
    unsigned in_flight_ = 0;
    bool stopped_ = false;
    Worker worker_;
};

TokenCollector::TokenCollector(asio::any_io_executor executor, config::MysqlSettings settings,
                               OnSample on_sample)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(settings), std::move(on_sample))) {}

TokenCollector::~TokenCollector() {
    impl_->stop();
}

void TokenCollector::start() {
    impl_->start();
}

void TokenCollector::stop() {
    impl_->stop();
}

void TokenCollector::sample_now() {
    impl_->sample();
}

void TokenCollector::set_probe_token(std::optional<Secret> token, std::optional<WallTime> issued) {
    impl_->set_probe_token(std::move(token), issued);
}

asio::awaitable<std::expected<Secret, Text>> TokenCollector::fetch_token(std::int64_t user_id,
                                                                         SteadyTime deadline) {
    const auto fetch = impl_->fetch(user_id);
    if (!fetch->answer) {
        // Bounded by itself too: connecting, reading and the sample before it take some seconds at worst.
        fetch->wake.expires_at(std::min(deadline, steady_clock::now() + std::chrono::seconds(10)));
        co_await fetch->wake.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    if (fetch->answer) co_return *fetch->answer;
    co_return std::unexpected(Text{"the database has not answered in time; its own sample says why",
                                   "数据库未按时应答；原因见其采样结果"});
}

}  // namespace gatewatch::probes::mysql
