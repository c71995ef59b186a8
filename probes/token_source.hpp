// Where the probe's token comes from: a file read at every run, an environment variable, the token table, or
// a login. Used by the scheduler before each run. At most one source a gateway ([gateway.token]).
#pragma once

#include <boost/asio/awaitable.hpp>
#include <expected>
#include <memory>
#include <optional>
#include <string>

#include "config/secret.hpp"
#include "config/settings.hpp"
#include "config/text.hpp"
#include "probes/mysql/token_collector.hpp"
#include "probes/outcome.hpp"

namespace gatewatch::probes {

class TokenSource {
  public:
    virtual ~TokenSource() = default;
    /// The token; nothing if none is configured; or why it cannot be had (what, where, what to do; no
    /// secret).
    virtual boost::asio::awaitable<std::expected<std::optional<Secret>, Text>> get(
        SteadyTime deadline) = 0;
    /// The gateway rejected the last one: a source that caches (login, token table) fetches anew, at most
    /// once a minute.
    virtual void rejected() {}
};

/// `collector` is used by the mysql_user_id source only and must outlive the source; nullptr where no
/// [gateway.mysql]. `clock` counts the minute between two fetches; tests have one of their own.
[[nodiscard]] std::unique_ptr<TokenSource> make_token_source(
    const config::TokenSettings& settings, mysql::TokenCollector* collector,
    SteadyTime (*clock)() = std::chrono::steady_clock::now);

}  // namespace gatewatch::probes
