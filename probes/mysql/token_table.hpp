// The token table over a blocking connection: counts its rows, says what is amiss with it, and looks
// tokens up. Lives on the worker thread from its making to its end.
#pragma once

#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>

#include "config/secret.hpp"
#include "config/settings.hpp"
#include "probes/mysql/extra_counts.hpp"
#include "probes/mysql/queries.hpp"
#include "probes/mysql/session.hpp"
#include "probes/mysql/table_shape.hpp"
#include "probes/mysql/zone_check.hpp"
#include "probes/samples.hpp"

namespace sql {
class ResultSet;
}

namespace gatewatch::probes::mysql {

/// The token whose row the samples report.
struct WatchedToken {
    Secret token;
    std::optional<WallTime> issued;  ///< when a login gave it out, if one did
};

class TokenTable {
  public:
    /// `clock` tells when the seldom looks are due; tests have one of their own.
    explicit TokenTable(config::MysqlSettings settings,
                        SteadyTime (*clock)() = std::chrono::steady_clock::now);

    /// Counts and the state of that token. Never throws; a failure is up == false without any count.
    [[nodiscard]] MysqlSample sample(const std::optional<WatchedToken>& own);
    /// The newest valid token of the user, or why there is none. Never throws.
    [[nodiscard]] std::expected<Secret, Text> newest_valid(std::int64_t user_id);

  private:
    /// What the result set of a sample's first query says of the columns that count.
    struct Columns {
        RevokedTest revoked;
        bool may_lack_expiry = true;
    };
    std::expected<void, Text> take(sql::Connection& connection, MysqlSample& sample,
                                   const std::optional<WatchedToken>& own);
    std::expected<Columns, Text> read_columns(sql::Connection& connection);
    void look_around(sql::Connection& connection);
    std::expected<void, Text> count(sql::Connection& connection, MysqlSample& sample, const Columns& columns);
    void read_counts(sql::ResultSet& row, MysqlSample& sample);
    bool look_up(sql::Connection& connection, MysqlSample& sample, const RevokedTest& test,
                 const WatchedToken& own);
    void read_own(sql::ResultSet& row, MysqlSample& sample, const WatchedToken& own);
    [[nodiscard]] Text too_slow_without_index() const;

    config::MysqlSettings settings_;
    SteadyTime (*clock_)();
    Session session_;
    // As of the last look.
    std::optional<TableShape> shape_;     ///< nothing: the server does not tell
    std::vector<MysqlWarning> standing_;  ///< of the shape and the account
    std::optional<std::chrono::seconds> newest_ahead_;
    std::optional<SteadyTime> next_look_;
    std::string backend_zone_;  ///< in which the session reads the columns
    /// Counting took longer than the limit, without an index: no further attempt before this.
    std::optional<SteadyTime> next_count_;
    std::optional<SteadyTime> next_look_up_;  ///< the same for the own token, whose column has no index then
    ExtraCounts extra_;
};

}  // namespace gatewatch::probes::mysql
