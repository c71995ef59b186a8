// Samples the token table: how many tokens are valid, expired and revoked, and what the database says of the
// probe's own token. The connector blocks, so it lives on a worker thread of its own; results arrive on the
// event loop. Used by the agent's app and by `check`.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <expected>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "config/secret.hpp"
#include "config/settings.hpp"
#include "probes/samples.hpp"

namespace gatewatch::probes::mysql {

/// All member functions are called on the executor's thread, and so is the callback.
class TokenCollector {
  public:
    using OnSample = std::function<void(MysqlSample)>;

    TokenCollector(boost::asio::any_io_executor executor, config::MysqlSettings settings, OnSample on_sample);
    TokenCollector(const TokenCollector&) = delete;
    TokenCollector& operator=(const TokenCollector&) = delete;
    /// Ends at once: a worker that is stuck in the library is abandoned.
    ~TokenCollector();

    /// Samples at once and then at every interval. An unreachable database is a sample with up == false.
    void start();
    /// No callback comes after this.
    void stop();
    /// Samples once, beside the schedule, and gives it to the callback too.
    void sample_now();
    /// The token whose row the next samples report in MysqlSample::own; and when a login gave it out, if one
    /// did, since its row must say the same.
    void set_probe_token(std::optional<Secret> token, std::optional<WallTime> issued = {});
    /// The newest valid token of that user, or why there is none. Ends by the deadline, and within 10 s
    /// without one.
    boost::asio::awaitable<std::expected<Secret, Text>> fetch_token(std::int64_t user_id,
                                                                    SteadyTime deadline = SteadyTime::max());

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace gatewatch::probes::mysql
