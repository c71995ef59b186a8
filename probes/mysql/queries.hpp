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

/// One statement, so that all counts are of one moment: epoch microseconds of the database, valid, expired,
/// revoked, rows without expiry. Counts go up to count_cap + 1.
[[nodiscard]] std::string count_statement(std::string_view table, const RevokedTest& test);

/// Revoked (0/1), expired (0/1 or NULL), expiry in epoch seconds or NULL. Two parameters, both the token: the
/// first comparison finds the row by the index, the second is exact where the collation ignores case.
[[nodiscard]] std::string own_token_statement(std::string_view table, const RevokedTest& test);

/// The newest valid token of the user that is the one parameter.
[[nodiscard]] std::string newest_token_statement(std::string_view table, const RevokedTest& test);

}  // namespace gatewatch::probes::mysql
