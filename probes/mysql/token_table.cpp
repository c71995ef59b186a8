#include "probes/mysql/token_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <utility>

#include "probes/mysql/connector.hpp"
#include "probes/mysql/fault_text.hpp"
#include "probes/mysql/queries.hpp"

namespace gatewatch::probes::mysql {
namespace {

using std::chrono::system_clock;

OwnToken own_state(sql::ResultSet& row) {
    if (row.getInt(1) != 0) return OwnToken::revoked;
    // Without an expiry it is neither valid nor expired; the schema mismatch is reported by the counts.
    if (row.isNull(2)) return OwnToken::not_looked_up;
    return row.getInt(2) != 0 ? OwnToken::expired : OwnToken::valid;
}

/// Backends that write no expiry would otherwise show as counts of 0 without a reason.
Text missing_expiry(const config::MysqlSettings& settings, std::uint64_t rows) {
    const auto number = fmt::format("{}{}", rows > count_cap ? ">=" : "", std::min(rows, count_cap));
    const auto table = fmt::format("{}.{}", settings.database, settings.table);
    return {fmt::format("{} {} no expires_at and count{} as neither valid nor expired; schema mismatch: in "
                        "'{}' every token must have its expires_at",
                        number, rows == 1 ? "row has" : "rows have", rows == 1 ? "s" : "", table),
            fmt::format("{} 行没有 expires_at，既不算有效也不算过期；表结构不符：'{}' 中每个 token 都必须有 "
                        "expires_at",
                        number, table)};
}

}  // namespace

TokenTable::TokenTable(config::MysqlSettings settings)
    : settings_(std::move(settings)), session_(settings_) {}

MysqlSample TokenTable::sample(const std::optional<Secret>& own) {
    MysqlSample sample;
    sample.taken = system_clock::now();
    const auto done = session_.run([&](sql::Connection& connection) -> std::expected<void, Text> {
        const auto test = read_schema(connection);
        if (!test) return std::unexpected(test.error());
        count(connection, sample, *test);
        if (own && !own->empty()) look_up(connection, sample, *test, *own);
        return {};
    });
    if (!done) {
        MysqlSample failed;
        failed.taken = sample.taken;
        failed.detail = done.error().text;
        failed.unreachable = done.error().unreachable;
        sample = std::move(failed);
    }
    sample.up = done.has_value();
    return sample;
}

std::expected<Secret, Text> TokenTable::newest_valid(std::int64_t user_id) {
    std::optional<Secret> token;
    const auto done = session_.run([&](sql::Connection& connection) -> std::expected<void, Text> {
        const auto test = read_schema(connection);
        if (!test) return std::unexpected(test.error());
        const std::unique_ptr<sql::PreparedStatement> statement(
            connection.prepareStatement(newest_token_statement(settings_.table, *test)));
        statement->setInt64(1, user_id);
        const std::unique_ptr<sql::ResultSet> rows(statement->executeQuery());
        if (rows->next()) token = Secret(rows->getString(1).asStdString());
        return {};
    });
    if (!done) return std::unexpected(done.error().text);
    if (token && !token->empty()) return *std::move(token);
    return std::unexpected(say("mysql {}: user {} has no valid token in '{}.{}'; let that user log in",
                               "mysql {}：用户 {} 在 '{}.{}' 中没有有效的 token；请让该用户登录",
                               place_of(settings_), user_id, settings_.database, settings_.table));
}

std::expected<RevokedTest, Text> TokenTable::read_schema(sql::Connection& connection) {
    const std::unique_ptr<sql::Statement> statement(connection.createStatement());
    const std::unique_ptr<sql::ResultSet> rows(statement->executeQuery(
        fmt::format("SELECT is_revoked, expires_at FROM {} LIMIT 0", in_backquotes(settings_.table))));
    auto* columns = rows->getMetaData();
    const auto expires = columns->getColumnTypeName(2).asStdString();
    if (!is_moment(expires)) {
        return std::unexpected(
            say("schema mismatch in '{}.{}': column expires_at has type {}; it must be DATETIME or TIMESTAMP",
                "'{}.{}' 的表结构不符：列 expires_at 的类型是 {}；它必须是 DATETIME 或 TIMESTAMP",
                settings_.database, settings_.table, expires));
    }
    auto test = revoked_test(columns->getColumnTypeName(1).asStdString());
    if (!test) {
        return std::unexpected(say("schema mismatch in '{}.{}': ", "'{}.{}' 的表结构不符：",
                                   settings_.database, settings_.table) +
                               test.error());
    }
    return *test;
}

void TokenTable::count(sql::Connection& connection, MysqlSample& sample, const RevokedTest& test) {
    const std::unique_ptr<sql::Statement> statement(connection.createStatement());
    // The database takes its time at the start of the statement: only the way there lies between the two
    // clocks.
    const auto sent = system_clock::now();
    const std::unique_ptr<sql::ResultSet> row(
        statement->executeQuery(count_statement(settings_.table, test)));
    if (!row->next()) throw sql::SQLException("the counts came back empty");
    const std::chrono::microseconds database(row->getInt64(1));
    const auto skew = database - sent.time_since_epoch();
    sample.clock_skew = std::chrono::round<std::chrono::seconds>(skew);
    for (const auto state : all_of<TokenState>()) {
        const auto index = static_cast<std::size_t>(state);
        const auto found = row->getUInt64(static_cast<std::uint32_t>(2 + index));
        sample.capped[index] = found > count_cap;
        sample.tokens[index] = std::min(found, count_cap);
    }
    const auto without_expiry = row->getUInt64(5);
    if (without_expiry > 0) sample.detail = missing_expiry(settings_, without_expiry);
}

/// The counts stand whatever comes of the lookup: the user may lack the right to read the tokens themselves.
void TokenTable::look_up(sql::Connection& connection, MysqlSample& sample, const RevokedTest& test,
                         const Secret& token) try {
    const std::unique_ptr<sql::PreparedStatement> statement(
        connection.prepareStatement(own_token_statement(settings_.table, test)));
    statement->setString(1, token.reveal());
    statement->setString(2, token.reveal());
    const std::unique_ptr<sql::ResultSet> row(statement->executeQuery());
    if (!row->next()) {
        sample.own = OwnToken::absent;
        return;
    }
    sample.own = own_state(*row);
    if (!row->isNull(3)) sample.own_expiry = WallTime(std::chrono::seconds(row->getInt64(3)));
} catch (const sql::SQLException& error) {
    sample.own = OwnToken::not_looked_up;
    if (!column_is_out_of_reach(error.getErrorCode())) session_.drop();
}

}  // namespace gatewatch::probes::mysql
