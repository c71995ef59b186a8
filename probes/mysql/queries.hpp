// The statements that the sampler sends, as text made from the table's name and the types of its columns.
// Pure. Used by session.cpp and
// token_table.cpp.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "config/text.hpp"

namespace gatewatch::probes::mysql {

/// Counting stops at this many rows for each state. It bounds what a sample costs the database: on a million
/// rows counts bounded at 100,000 take a quarter of the time that whole ones take.
inline constexpr std::uint64_t count_cap = 40'000;

enum class Flavour { mariadb, mysql };

/// From SELECT VERSION().
[[nodiscard]] Flavour flavour_of(std::string_view version);

/// Ends statements on the server before the client's read timeout of 2 s gives up, which would leave them
/// running; and after lock_wait_timeout, which counts in whole seconds, so that a lock is told from a slow
/// query.
[[nodiscard]] std::string limit_statement(Flavour flavour);

/// `name` in backquotes, fit to stand in a statement.
[[nodiscard]] std::string in_backquotes(std::string_view name);

/// "+08:00": that zone as an offset, as SET time_zone takes it. Hosts further than a day from UTC do not
/// exist.
[[nodiscard]] std::string offset_text(long seconds_east);

/// How rows say that a token is live or revoked, for one type of is_revoked.
struct RevokedTest {
    std::string live;     ///< a condition that can use an index
    std::string revoked;  ///< every other row; NULL too, since the backend's own query does not find it
};

/// From the type names of the result set's metadata ("TINYINT", "BIT", "CHAR"…), or which type does not fit.
[[nodiscard]] std::expected<RevokedTest, Text> revoked_test(std::string_view type_name);

/// Whether values of that type can be compared with NOW().
[[nodiscard]] bool is_moment(std::string_view type_name);

/// What the counts may rest on.
struct CountPlan {
    bool indexed = false;         ///< an index begins with is_revoked, expires_at
    bool may_lack_expiry = true;  ///< expires_at may be NULL
};

/// One statement, so that all counts are of one moment. Its columns: epoch microseconds of the database; the
/// zone of the server's sessions minus that of this one in seconds, or NULL; the names of the server's, its
/// host's and this session's zone; valid, expired, revoked, live rows without expiry; of the valid ones
/// those that run out within 1, 6, 24 hours. Counts go up to count_cap + 1; each part of it goes along the
/// index (is_revoked, expires_at) where there is one.
[[nodiscard]] std::string count_statement(std::string_view table, const RevokedTest& test,
                                          const CountPlan& plan);

/// Of the valid tokens, up to count_cap + 1: all, those that have a created_at, and those that were issued
/// within the last hour, day, week. It reads the rows themselves.
[[nodiscard]] std::string issue_age_statement(std::string_view table, const RevokedTest& test);

/// Users with tokens, users with a valid one, valid tokens looked at, up to count_cap + 1.
[[nodiscard]] std::string user_statement(std::string_view table, const RevokedTest& test);

/// How many seconds the newest created_at of the last rows lies ahead; NULL in an empty table. Only where id
/// has an index.
[[nodiscard]] std::string newest_statement(std::string_view table);

/// Revoked (0/1), expired (0/1 or NULL), expiry in epoch seconds or NULL, whether it is the very token (0/1),
/// seconds since created_at or NULL. Two parameters, both the token: it is looked up as the backend does, by
/// the index and the column's collation, which may take another letter case for the same.
[[nodiscard]] std::string own_token_statement(std::string_view table, const RevokedTest& test,
                                              bool with_created);

/// The newest valid token of the user that is the one parameter.
[[nodiscard]] std::string newest_token_statement(std::string_view table, const RevokedTest& test);

}  // namespace gatewatch::probes::mysql
