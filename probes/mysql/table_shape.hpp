// What the token table is made of: its columns, indexes and size, and what of that is amiss. Read at the
// first connection and from time to time. Judging is pure. Used by token_table.cpp.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "probes/samples.hpp"

namespace sql {
class Connection;
}

namespace gatewatch::probes::mysql {

struct Column {
    std::string type;  ///< "datetime"
    bool nullable = false;
    std::string collation;    ///< of text
    std::uint64_t bytes = 0;  ///< of text, at most
};

struct Index {
    std::vector<std::string> columns;  ///< in lower case, in their order
    bool ordered = true;               ///< a tree; else it finds single values only
};

struct TableShape {
    bool is_table = false;                  ///< else a view, which has no indexes of its own, or unknown
    std::optional<std::uint64_t> rows;      ///< the server's estimate
    std::map<std::string, Column> columns;  ///< those that the user may read, by name in lower case
    std::vector<Index> indexes;

    [[nodiscard]] const Column* find(std::string_view column) const;
    /// Some index begins with these columns.
    [[nodiscard]] bool has_index(const std::vector<std::string>& columns) const;
};

/// From information_schema. Throws sql::SQLException.
[[nodiscard]] TableShape read_shape(sql::Connection& connection, const config::MysqlSettings& settings);

/// There is a table, and no index that begins with is_revoked, expires_at: any order of counting reads rows
/// without end.
[[nodiscard]] bool lacks_count_index(const TableShape& shape);
/// The statement that makes that index.
[[nodiscard]] std::string count_index_statement(const config::MysqlSettings& settings);
/// The rows' created_at can be compared with NOW().
[[nodiscard]] bool has_issue_times(const TableShape& shape);

/// All that is amiss with the columns and indexes, or worth knowing.
[[nodiscard]] std::vector<MysqlWarning> judge(const TableShape& shape, const config::MysqlSettings& settings);

/// So many live rows have no expires_at: else a backend that writes none would show as counts of 0 without a
/// reason.
[[nodiscard]] MysqlWarning missing_expiry(const config::MysqlSettings& settings, std::uint64_t rows);
/// The own token is there in another letter case only: the backend's query finds that row, and whoever
/// compares exactly does not.
[[nodiscard]] MysqlWarning other_case(const config::MysqlSettings& settings);

}  // namespace gatewatch::probes::mysql
