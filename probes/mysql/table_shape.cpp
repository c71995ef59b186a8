#include "probes/mysql/table_shape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include "probes/mysql/connector.hpp"
#include "probes/mysql/queries.hpp"

namespace gatewatch::probes::mysql {
namespace {

/// Below it a scan of the whole table is too short to matter.
constexpr std::uint64_t large_table = 100'000;
/// What InnoDB takes into the key of an index.
constexpr std::uint64_t most_key_bytes = 3072;

std::string lower(std::string text) {
    std::ranges::transform(text, text.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

std::unique_ptr<sql::ResultSet> ask(sql::PreparedStatement& statement,
                                    const config::MysqlSettings& settings) {
    statement.setString(1, settings.database);
    statement.setString(2, settings.table);
    return std::unique_ptr<sql::ResultSet>(statement.executeQuery());
}

std::string where(std::string_view columns, std::string_view view, std::string_view order = "") {
    return fmt::format("SELECT {} FROM information_schema.{} WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?{}",
                       columns, view, order);
}

void read_size(sql::Connection& connection, const config::MysqlSettings& settings, TableShape& shape) {
    const std::unique_ptr<sql::PreparedStatement> statement(
        connection.prepareStatement(where("TABLE_TYPE, TABLE_ROWS", "TABLES")));
    const auto row = ask(*statement, settings);
    if (!row->next()) return;
    shape.is_table = row->getString(1).asStdString() == "BASE TABLE";
    if (!row->isNull(2)) shape.rows = row->getUInt64(2);
}

void read_columns(sql::Connection& connection, const config::MysqlSettings& settings, TableShape& shape) {
    const std::unique_ptr<sql::PreparedStatement> statement(connection.prepareStatement(
        where("COLUMN_NAME, DATA_TYPE, IS_NULLABLE, COALESCE(COLLATION_NAME, ''), "
              "COALESCE(CHARACTER_OCTET_LENGTH, 0)",
              "COLUMNS")));
    const auto row = ask(*statement, settings);
    while (row->next()) {
        shape.columns[lower(row->getString(1).asStdString())] = {
            lower(row->getString(2).asStdString()), row->getString(3).asStdString() == "YES",
            lower(row->getString(4).asStdString()), row->getUInt64(5)};
    }
}

void read_indexes(sql::Connection& connection, const config::MysqlSettings& settings, TableShape& shape) {
    // Not those of text search. A column without a name is an expression.
    const std::unique_ptr<sql::PreparedStatement> statement(connection.prepareStatement(
        where("INDEX_NAME, COALESCE(COLUMN_NAME, ''), INDEX_TYPE", "STATISTICS",
              " AND INDEX_TYPE IN ('BTREE', 'HASH') ORDER BY INDEX_NAME, SEQ_IN_INDEX")));
    const auto row = ask(*statement, settings);
    std::string last;
    while (row->next()) {
        auto name = row->getString(1).asStdString();
        if (shape.indexes.empty() || name != last) {
            shape.indexes.push_back({{}, row->getString(3).asStdString() == "BTREE"});
        }
        last = std::move(name);
        shape.indexes.back().columns.push_back(lower(row->getString(2).asStdString()));
    }
}

bool is_text(const Column& column) {
    return column.type.find("char") != std::string::npos || column.type.find("text") != std::string::npos;
}

bool ignores_case(const Column& column) {
    return column.collation.ends_with("_ci") || column.collation.find("_ci_") != std::string::npos;
}

std::string full_name(const config::MysqlSettings& settings) {
    return in_backquotes(settings.database) + "." + in_backquotes(settings.table);
}

std::string token_index_statement(const Column& token, const config::MysqlSettings& settings) {
    return fmt::format("CREATE INDEX by_token ON {} (token{})", full_name(settings),
                       token.bytes > most_key_bytes ? "(255)" : "");
}

std::string place(const config::MysqlSettings& settings) {
    return fmt::format("{}.{}", settings.database, settings.table);
}

void judge_indexes(const TableShape& shape, const config::MysqlSettings& settings,
                   std::vector<MysqlWarning>& warnings) {
    if (!shape.is_table) return;
    const bool minor = shape.rows.value_or(0) <= large_table;
    const auto rows = shape.rows ? fmt::format("{}", *shape.rows) : std::string("?");
    const auto add = [&](Text what, const std::string& statement) {
        warnings.push_back(
            {MysqlWarningKind::missing_index,
             std::move(what) + say(" (about {} rows): {}", "（约 {} 行）：{}", rows, statement), minor});
    };
    if (lacks_count_index(shape)) {
        add({"no index on (is_revoked, expires_at), so that counting reads the whole table",
             "没有 (is_revoked, expires_at) 索引，统计时要读全表"},
            count_index_statement(settings));
    }
    const auto* token = shape.find("token");
    const bool found_fast = std::ranges::any_of(shape.indexes, [](const Index& index) {
        return !index.columns.empty() && index.columns.front() == "token";
    });
    if (token != nullptr && is_text(*token) && !found_fast) {
        add({"no index on token, so that every login of a client reads the whole table",
             "没有 token 索引，客户端每次登录校验都要读全表"},
            token_index_statement(*token, settings));
    }
}

void judge_columns(const TableShape& shape, const config::MysqlSettings& settings,
                   std::vector<MysqlWarning>& warnings) {
    const auto* created = shape.find("created_at");
    if (created != nullptr && !is_moment(created->type)) {
        warnings.push_back({MysqlWarningKind::schema,
                            say("column created_at of '{}' has type {}, so that the age of tokens is not "
                                "counted; make it DATETIME",
                                "'{}' 的列 created_at 类型是 {}，无法统计 token 签发时间；请改为 DATETIME",
                                place(settings), created->type)});
    }
    const auto* token = shape.find("token");
    if (token != nullptr && !is_text(*token)) {
        warnings.push_back({MysqlWarningKind::schema,
                            say("column token of '{}' has type {}; make it VARCHAR",
                                "'{}' 的列 token 类型是 {}；请改为 VARCHAR", place(settings), token->type)});
    }
    const auto* expires = shape.find("expires_at");
    if (expires != nullptr && expires->nullable) {
        warnings.push_back(
            {MysqlWarningKind::schema,
             say("expires_at of '{}' may be NULL, and such a token is neither valid nor expired; NOT NULL "
                 "rules that out",
                 "'{}' 的 expires_at 允许为 NULL，而这样的 token 既不算有效也不算过期；设为 NOT NULL 可避免",
                 place(settings)),
             true});
    }
    if (token != nullptr && ignores_case(*token)) {
        warnings.push_back({MysqlWarningKind::collation,
                            say("token of '{}' is compared by {}, without regard to letter case; utf8mb4_bin "
                                "tells all tokens apart",
                                "'{}' 的 token 按 {} 比较，不区分大小写；utf8mb4_bin 才能区分所有 token",
                                place(settings), token->collation),
                            true});
    }
}

}  // namespace

const Column* TableShape::find(std::string_view column) const {
    const auto found = columns.find(std::string(column));
    return found == columns.end() ? nullptr : &found->second;
}

bool TableShape::has_index(const std::vector<std::string>& wanted) const {
    return std::ranges::any_of(indexes, [&](const Index& index) {
        return index.ordered && index.columns.size() >= wanted.size() &&
               std::equal(wanted.begin(), wanted.end(), index.columns.begin());
    });
}

TableShape read_shape(sql::Connection& connection, const config::MysqlSettings& settings) {
    TableShape shape;
    read_size(connection, settings, shape);
    read_columns(connection, settings, shape);
    read_indexes(connection, settings, shape);
    return shape;
}

bool lacks_count_index(const TableShape& shape) {
    return shape.is_table && !shape.has_index({"is_revoked", "expires_at"});
}

std::string count_index_statement(const config::MysqlSettings& settings) {
    return fmt::format("CREATE INDEX by_state ON {} (is_revoked, expires_at)", full_name(settings));
}

bool has_issue_times(const TableShape& shape) {
    const auto* created = shape.find("created_at");
    return created != nullptr && is_moment(created->type);
}

std::vector<MysqlWarning> judge(const TableShape& shape, const config::MysqlSettings& settings) {
    std::vector<MysqlWarning> warnings;
    judge_indexes(shape, settings, warnings);
    judge_columns(shape, settings, warnings);
    return warnings;
}

MysqlWarning missing_expiry(const config::MysqlSettings& settings, std::uint64_t rows) {
    const auto number = fmt::format("{}{}", rows > count_cap ? ">=" : "", std::min(rows, count_cap));
    const auto table = fmt::format("{}.{}", settings.database, settings.table);
    return {MysqlWarningKind::schema,
            {fmt::format("{} {} no expires_at and count{} as neither valid nor expired; schema mismatch: in "
                         "'{}' every token must have its expires_at",
                         number, rows == 1 ? "row has" : "rows have", rows == 1 ? "s" : "", table),
             fmt::format("{} 行没有 expires_at，既不算有效也不算过期；表结构不符：'{}' 中每个 token 都必须有 "
                         "expires_at",
                         number, table)}};
}

MysqlWarning other_case(const config::MysqlSettings& settings) {
    return {MysqlWarningKind::collation,
            say("the probe's own token is not in '{0}.{1}', but one that differs in letter case or trailing "
                "blanks is, and the backend takes it for the same; give the token column a _bin collation",
                "探测自用 token 不在 '{0}.{1}' 中，但有一个仅大小写或尾部空格不同的 "
                "token，后端会把它当作同一个；请把 "
                "token 列改为 _bin 排序规则",
                settings.database, settings.table)};
}

}  // namespace gatewatch::probes::mysql
