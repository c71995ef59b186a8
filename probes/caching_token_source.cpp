#include "probes/caching_token_source.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

namespace gatewatch::probes {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::minutes between_fetches{1};

}  // namespace

/// Marks a fetch as running, and wakes those who wait for it at its end, however that comes.
class CachingTokenSource::Fetching {
  public:
    explicit Fetching(CachingTokenSource& source) : source_(source) { source_.fetching_ = true; }
    Fetching(const Fetching&) = delete;
    Fetching& operator=(const Fetching&) = delete;
    ~Fetching() {
        source_.fetching_ = false;
        for (auto* waiter : source_.waiters_) waiter->cancel();
    }

  private:
    CachingTokenSource& source_;
};

class CachingTokenSource::Waiter {
  public:
    Waiter(CachingTokenSource& source, asio::steady_timer& timer)
        : source_(source), place_(source.waiters_.insert(source.waiters_.end(), &timer)) {}
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;
    ~Waiter() { source_.waiters_.erase(place_); }

  private:
    CachingTokenSource& source_;
    std::list<asio::steady_timer*>::iterator place_;
};

asio::awaitable<CachingTokenSource::Token> CachingTokenSource::get(SteadyTime deadline) {
    while (fetching_) {
        if (!co_await fetch_ended(deadline)) {
            co_return std::unexpected(Text{"token: another probe's fetch of it has not ended in time",
                                           "token：另一个探测对它的获取未按时结束"});
        }
    }
    if (must_fetch(clock_())) {
        const Fetching guard(*this);
        last_fetch_ = clock_();
        auto fetched = co_await fetch(deadline);
        keep(std::move(fetched));
    }
    if (cached_) co_return cached_;
    co_return std::unexpected(Text{"token: ", "token："} + error_.text);
}

asio::awaitable<bool> CachingTokenSource::fetch_ended(SteadyTime deadline) {
    const auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer(executor, deadline);
    const Waiter waiter(*this, timer);
    co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return !fetching_;
}

bool CachingTokenSource::must_fetch(SteadyTime now) const {
    const bool lately = last_fetch_ && now - *last_fetch_ < between_fetches;
    if (cached_) return rejected_ && !lately;
    return !(error_.denied && lately);
}

void CachingTokenSource::keep(Fetched fetched) {
    if (fetched) {
        cached_ = *std::move(fetched);
        rejected_ = false;
    } else {
        error_ = std::move(fetched.error());
    }
}

}  // namespace gatewatch::probes
