// Counts that cost more than an index's entries, and are therefore taken seldom and kept beside the samples:
// how long ago the valid tokens were issued, and the users without one. Each is a statement of its own, so
// that none takes the main counts away. Used by token_table.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "probes/mysql/queries.hpp"
#include "probes/samples.hpp"

namespace sql {
class Connection;
}

namespace gatewatch::probes::mysql {

class ExtraCounts {
  public:
    struct Wanted {
        bool ages = false;   ///< created_at tells it
        bool users = false;  ///< asked for
    };

    /// Puts them into the sample, counted anew where that is due. They stay unknown while there are more
    /// valid tokens than are counted, and for an hour after the server ended them by the limit. False: the
    /// connection cannot be used any more.
    [[nodiscard]] bool add_to(MysqlSample& sample, sql::Connection& connection, const std::string& table,
                              const RevokedTest& test, Wanted wanted, SteadyTime now);
    /// After a failed sample: what was counted before it must not stand for the present.
    void forget();

  private:
    /// When to count next.
    struct Turn {
        std::optional<SteadyTime> next;
        bool was_slow = false;
    };
    /// False: the connection cannot be used any more.
    static bool attempt(Turn& turn, SteadyTime now, SteadyTime::duration interval,
                        const std::function<void()>& count);
    void count_ages(sql::Connection& connection, const std::string& table, const RevokedTest& test);
    void count_users(sql::Connection& connection, const std::string& table, const RevokedTest& test);

    std::array<std::optional<std::uint64_t>, enum_count<IssueAge>> by_age_{};
    std::optional<std::uint64_t> users_without_token_;
    Turn ages_, users_;
};

}  // namespace gatewatch::probes::mysql
