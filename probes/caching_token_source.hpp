// The part that token sources share which cost their target something (a login, a query): one fetch for all
// probes that ask at the same time, kept until the gateway rejects the token. Used by token_source.cpp.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <expected>
#include <list>
#include <optional>
#include <string>

#include "probes/token_source.hpp"

namespace gatewatch::probes {

class CachingTokenSource : public TokenSource {
  public:
    using Clock = SteadyTime (*)();
    using Token = std::expected<std::optional<Secret>, Text>;

    explicit CachingTokenSource(Clock clock) : clock_(clock) {}

    /// An old token is given even where a new one could not be had: it still shows what the gateway does.
    boost::asio::awaitable<Token> get(SteadyTime deadline) override;
    void rejected() override { rejected_ = true; }

  protected:
    struct FetchError {
        Text text;
        bool denied = false;  ///< asking again soon would only be denied again
    };
    using Fetched = std::expected<Secret, FetchError>;

    virtual boost::asio::awaitable<Fetched> fetch(SteadyTime deadline) = 0;

  private:
    class Fetching;
    class Waiter;

    boost::asio::awaitable<bool> fetch_ended(SteadyTime deadline);
    [[nodiscard]] bool must_fetch(SteadyTime now) const;
    void keep(Fetched fetched);

    Clock clock_;
    std::optional<Secret> cached_;
    FetchError error_;
    std::optional<SteadyTime> last_fetch_;
    bool rejected_ = false;
    bool fetching_ = false;
    std::list<boost::asio::steady_timer*> waiters_;
};

}  // namespace gatewatch::probes
