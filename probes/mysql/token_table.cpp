#include "probes/mysql/token_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <memory>
#include <utility>

#include "probes/mysql/connector.hpp"
#include "probes/mysql/fault_text.hpp"
#include "probes/mysql/rights.hpp"

namespace gatewatch::probes::mysql {
namespace {

using namespace std::chrono_literals;
using std::chrono::system_clock;

constexpr auto between_looks = 5min;
/// What took longer than the limit would do so again. A new index for the counts is noticed before.
constexpr auto after_limit = 5min;
constexpr auto just_issued = 1min;

OwnToken own_state(sql::ResultSet& row) {
    if (row.getInt(1) != 0) return OwnToken::revoked;
    // Without an expiry it is neither valid nor expired; the schema mismatch is reported by the counts.
    if (row.isNull(2)) return OwnToken::not_looked_up;
    return row.getInt(2) != 0 ? OwnToken::expired : OwnToken::valid;
}

}  // namespace

TokenTable::TokenTable(config::MysqlSettings settings, SteadyTime (*clock)())
    : settings_(std::move(settings)), clock_(clock), session_(settings_) {}

MysqlSample TokenTable::sample(const std::optional<WatchedToken>& own) {
    MysqlSample sample;
    const auto taken = system_clock::now();
    const auto done = session_.run([&](sql::Connection& connection) {
        sample = {};
        return take(connection, sample, own);
    });
    if (!done) {
        sample = {};
        sample.detail = done.error().text;
        sample.unreachable = done.error().unreachable;
        // What was found before the failure must not stand for the time after it.
        next_look_.reset();
        extra_.forget();
    }
    sample.taken = taken;
    sample.up = done.has_value();
    return sample;
}

std::expected<void, Text> TokenTable::take(sql::Connection& connection, MysqlSample& sample,
                                           const std::optional<WatchedToken>& own) {
    const auto columns = read_columns(connection);
    if (!columns) return std::unexpected(columns.error());
    look_around(connection);
    if (auto counted = count(connection, sample, *columns); !counted) return counted;
    sample.warnings.insert(sample.warnings.end(), standing_.begin(), standing_.end());
    if (own && !own->token.empty() && !look_up(connection, sample, columns->revoked, *own)) return {};
    const ExtraCounts::Wanted wanted{shape_ && has_issue_times(*shape_), settings_.count_users};
    if (!extra_.add_to(sample, connection, settings_.table, columns->revoked, wanted, clock_()))
        session_.drop();
    return {};
}

std::expected<Secret, Text> TokenTable::newest_valid(std::int64_t user_id) {
    std::optional<Secret> token;
    const auto done = session_.run([&](sql::Connection& connection) -> std::expected<void, Text> {
        const auto columns = read_columns(connection);
        if (!columns) return std::unexpected(columns.error());
        const std::unique_ptr<sql::PreparedStatement> statement(
            connection.prepareStatement(newest_token_statement(settings_.table, columns->revoked)));
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

std::expected<TokenTable::Columns, Text> TokenTable::read_columns(sql::Connection& connection) {
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
    return Columns{*test, columns->isNullable(2) != sql::ResultSetMetaData::columnNoNulls};
}

/// A server that does not tell its table's shape can be counted all the same.
void TokenTable::look_around(sql::Connection& connection) {
    if (next_look_ && clock_() < *next_look_) return;
    shape_.reset();
    standing_.clear();
    newest_ahead_.reset();
    next_look_ = clock_() + between_looks;
    if (auto excess = check_rights(connection, settings_)) standing_.push_back(*std::move(excess));
    try {
        shape_ = read_shape(connection, settings_);
        std::ranges::move(judge(*shape_, settings_), std::back_inserter(standing_));
        if (!has_issue_times(*shape_) || !shape_->has_index({"id"})) return;
        const std::unique_ptr<sql::Statement> statement(connection.createStatement());
        const std::unique_ptr<sql::ResultSet> row(statement->executeQuery(newest_statement(settings_.table)));
        if (row->next() && !row->isNull(1)) newest_ahead_ = std::chrono::seconds(row->getInt64(1));
    } catch (const sql::SQLException& error) {
        if (connection_is_lost(error.getErrorCode())) throw;
    }
}

std::expected<void, Text> TokenTable::count(sql::Connection& connection, MysqlSample& sample,
                                            const Columns& columns) {
    const bool no_index = shape_ && lacks_count_index(*shape_);
    if (!no_index) next_count_.reset();
    if (next_count_ && clock_() < *next_count_) return std::unexpected(too_slow_without_index());
    const CountPlan plan{.indexed = shape_ && shape_->has_index({"is_revoked", "expires_at"}),
                         .may_lack_expiry = columns.may_lack_expiry};
    const std::unique_ptr<sql::Statement> statement(connection.createStatement());
    // The database takes its time at the start of the statement: only the way there lies between the two
    // clocks.
    const auto sent = system_clock::now();
    try {
        const std::unique_ptr<sql::ResultSet> row(
            statement->executeQuery(count_statement(settings_.table, columns.revoked, plan)));
        if (!row->next()) throw sql::SQLException("the counts came back empty");
        const std::chrono::microseconds database(row->getInt64(1));
        sample.clock_skew = std::chrono::round<std::chrono::seconds>(database - sent.time_since_epoch());
        read_counts(*row, sample);
    } catch (const sql::SQLException& error) {
        if (!no_index || !read_limit_reached(error.getErrorCode(), error.what())) throw;
        next_count_ = clock_() + after_limit;
        return std::unexpected(too_slow_without_index());
    }
    const bool complete = plan.indexed || !sample.capped[static_cast<std::size_t>(TokenState::valid)];
    if (!complete) sample.expiring = {};
    return {};
}

void TokenTable::read_counts(sql::ResultSet& row, MysqlSample& sample) {
    backend_zone_ = row.getString(5).asStdString();
    ZoneFacts zones;
    zones.server = row.getString(3).asStdString();
    zones.host = row.getString(4).asStdString();
    zones.backend = backend_zone_;
    zones.newest_ahead = newest_ahead_;
    if (!row.isNull(2)) sample.zone_skew = zones.server_minus_backend = std::chrono::seconds(row.getInt64(2));
    sample.warnings = zone_warnings(zones);
    for (const auto state : all_of<TokenState>()) {
        const auto index = static_cast<std::size_t>(state);
        const auto found = row.getUInt64(static_cast<std::uint32_t>(6 + index));
        sample.capped[index] = found > count_cap;
        sample.tokens[index] = std::min(found, count_cap);
    }
    if (const auto endless = row.getUInt64(9); endless > 0)
        sample.warnings.push_back(missing_expiry(settings_, endless));
    for (const auto window : all_of<ExpiryWindow>()) {
        const auto index = static_cast<std::size_t>(window);
        sample.expiring[index] = std::min(row.getUInt64(static_cast<std::uint32_t>(10 + index)), count_cap);
    }
}

Text TokenTable::too_slow_without_index() const {
    return say(
        "read limit reached: counting '{0}.{1}' takes too long without an index on (is_revoked, expires_at); "
        "{2}",
        "达到读取时限：'{0}.{1}' 没有 (is_revoked, expires_at) 索引，统计耗时过长；{2}", settings_.database,
        settings_.table, count_index_statement(settings_));
}

/// The counts stand whatever comes of the lookup: the user may lack the right to read the tokens themselves.
/// False: the connection cannot be used any more.
bool TokenTable::look_up(sql::Connection& connection, MysqlSample& sample, const RevokedTest& test,
                         const WatchedToken& own) try {
    if (next_look_up_ && clock_() < *next_look_up_) return true;
    const bool with_created = shape_ && has_issue_times(*shape_);
    const std::unique_ptr<sql::PreparedStatement> statement(
        connection.prepareStatement(own_token_statement(settings_.table, test, with_created)));
    statement->setString(1, own.token.reveal());
    statement->setString(2, own.token.reveal());
    const std::unique_ptr<sql::ResultSet> row(statement->executeQuery());
    sample.own = OwnToken::absent;
    if (row->next()) read_own(*row, sample, own);
    return true;
} catch (const sql::SQLException& error) {
    sample.own = OwnToken::not_looked_up;
    sample.own_expiry.reset();
    if (column_is_out_of_reach(error.getErrorCode())) return true;
    if (read_limit_reached(error.getErrorCode(), error.what())) {
        next_look_up_ = clock_() + after_limit;
        return true;
    }
    session_.drop();
    return false;
}

void TokenTable::read_own(sql::ResultSet& row, MysqlSample& sample, const WatchedToken& own) {
    if (row.getInt(4) == 0) {
        sample.warnings.push_back(other_case(settings_));
        return;
    }
    sample.own = own_state(row);
    if (!row.isNull(3)) sample.own_expiry = WallTime(std::chrono::seconds(row.getInt64(3)));
    if (!own.issued) return;
    ZoneFacts zones;
    zones.backend = backend_zone_;
    const auto age = std::chrono::round<std::chrono::seconds>(system_clock::now() - *own.issued);
    if (!row.isNull(5)) zones.own_off = age - std::chrono::seconds(row.getInt64(5));
    zones.own_expired_at_once = age < just_issued && sample.own == OwnToken::expired;
    for (auto& warning : zone_warnings(zones)) sample.warnings.push_back(std::move(warning));
}

}  // namespace gatewatch::probes::mysql
