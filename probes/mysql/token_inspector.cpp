#include "probes/mysql/token_inspector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <memory>

#include "probes/evidence_text.hpp"
#include "probes/mysql/connector.hpp"
#include "probes/mysql/fault_text.hpp"
#include "probes/mysql/queries.hpp"
#include "probes/mysql/session.hpp"

namespace gatewatch::probes::mysql {
namespace {

constexpr std::size_t preview_length = 12;
constexpr std::size_t most_like_it = 5;
constexpr unsigned most_rows = 1000;

/// The wall clock of a session in the server's own time zone.
constexpr std::string_view server_clock = "CONVERT_TZ(UTC_TIMESTAMP(6), '+00:00', @@GLOBAL.time_zone)";

std::string text_at(sql::ResultSet& row, std::uint32_t column) {
    if (row.isNull(column)) return "NULL";
    return printable(row.getString(column).asStdString(), 100);
}

bool is_number(std::string_view type) {
    return type.find("int") != std::string_view::npos;
}

class Look {
  public:
    Look(sql::Connection& connection, const config::MysqlSettings& settings, TokenInspection& into)
        : connection_(connection), settings_(settings), into_(into) {}

    std::expected<void, Text> take(const TokenQuery& query) {
        describe_columns();
        read_zones();
        for (const std::string_view needed : {"token", "is_revoked", "expires_at"}) {
            if (into_.column(needed) == nullptr) return std::unexpected(out_of_reach(needed));
        }
        const auto test = revoked_test(into_.column("is_revoked")->type);
        if (!test) return std::unexpected(mismatch() + test.error());
        const auto& expiry = into_.column("expires_at")->type;
        if (!is_moment(expiry.substr(0, expiry.find('(')))) {
            return std::unexpected(mismatch() +
                                   say("column expires_at has type {}; it must be DATETIME or "
                                       "TIMESTAMP",
                                       "列 expires_at 的类型是 {}；它必须是 DATETIME 或 TIMESTAMP", expiry));
        }
        query.token ? find_token(*query.token, *test) : list(query, *test);
        return {};
    }

  private:
    Text mismatch() const {
        return say("schema mismatch in '{}.{}': ", "'{}.{}' 的结构不符：", settings_.database,
                   settings_.table);
    }

    Text out_of_reach(std::string_view column) const {
        return say(
            "user '{}' cannot see column {} of '{}.{}'; GRANT SELECT (id, user_id, token, is_revoked, "
            "expires_at, created_at) ON {}.{} to it, or correct table in [gateway.mysql]",
            "用户 '{}' 看不到列 {}（'{}.{}'）；请授予它 GRANT SELECT (id, user_id, token, is_revoked, "
            "expires_at, created_at) ON {}.{}，或改正 [gateway.mysql] 中的 table",
            settings_.user, column, settings_.database, settings_.table, settings_.database, settings_.table);
    }

    /// Only the columns that this user may see.
    void describe_columns() {
        into_.columns.clear();
        const std::unique_ptr<sql::Statement> statement(connection_.createStatement());
        const std::unique_ptr<sql::ResultSet> rows(
            statement->executeQuery("SHOW FULL COLUMNS FROM " + in_backquotes(settings_.table)));
        while (rows->next()) {
            TableColumn column{.name = text_at(*rows, 1),
                               .type = text_at(*rows, 2),
                               .collation = rows->isNull(3) ? "" : text_at(*rows, 3),
                               .nullable = rows->getString(4).asStdString() == "YES"};
            const auto privileges = rows->getString("Privileges").asStdString();
            if (privileges.find("select") != std::string::npos) into_.columns.push_back(std::move(column));
        }
    }

    void read_zones() {
        const std::unique_ptr<sql::Statement> statement(connection_.createStatement());
        const std::unique_ptr<sql::ResultSet> row(statement->executeQuery(
            fmt::format("SELECT @@SESSION.time_zone, @@GLOBAL.time_zone, @@system_time_zone, "
                        "CAST(NOW() AS CHAR), CAST(CAST({} AS DATETIME) AS CHAR)",
                        server_clock)));
        if (!row->next()) return;
        into_.zones = {.session = text_at(*row, 1),
                       .server = text_at(*row, 2),
                       .system = text_at(*row, 3),
                       .session_now = text_at(*row, 4),
                       .server_now = text_at(*row, 5)};
    }

    std::string name_or_null(std::string_view column) const {
        return into_.column(column) != nullptr ? std::string(column) : "NULL";
    }

    std::string select(const RevokedTest& test, std::string_view exact) const {
        const auto& type = into_.column("expires_at")->type;
        const bool has_zone = type.starts_with("timestamp");  // the same moment in every session
        const auto created = name_or_null("created_at");
        return fmt::format(
            "SELECT {id}, {user}, LEFT(token, {preview}), CHAR_LENGTH(token), IF({revoked}, 1, 0), "
            "expires_at <= NOW(6), expires_at <= {server}, CAST({created} AS CHAR), CAST(expires_at AS "
            "CHAR), "
            "TIMESTAMPDIFF(SECOND, NOW(), expires_at), COALESCE(TIMESTAMPDIFF(SECOND, NOW(), {created}), 0), "
            "{exact} FROM {table} ",
            fmt::arg("id", name_or_null("id")), fmt::arg("user", name_or_null("user_id")),
            fmt::arg("preview", preview_length), fmt::arg("revoked", test.revoked),
            fmt::arg("server", has_zone ? "NOW(6)" : server_clock), fmt::arg("created", created),
            fmt::arg("exact", exact), fmt::arg("table", in_backquotes(settings_.table)));
    }

    void find_token(const Secret& token, const RevokedTest& test) {
        const std::unique_ptr<sql::PreparedStatement> statement(connection_.prepareStatement(
            select(test, "BINARY token = ?") +
            fmt::format("WHERE token = ? ORDER BY 12 DESC, 5, expires_at DESC LIMIT {}", most_like_it)));
        statement->setString(1, token.reveal());
        statement->setString(2, token.reveal());
        const std::unique_ptr<sql::ResultSet> rows(statement->executeQuery());
        read(*rows);
    }

    /// By the number where rows have one: created_at seldom has an index.
    void list(const TokenQuery& query, const RevokedTest& test) {
        const auto* id = into_.column("id");
        const bool numbered = id != nullptr && is_number(id->type);
        const std::unique_ptr<sql::PreparedStatement> statement(connection_.prepareStatement(
            select(test, "1") + (query.user_id ? "WHERE user_id = ? " : "") +
            fmt::format("ORDER BY {} DESC LIMIT {}", numbered ? "id" : name_or_null("created_at"),
                        std::min(query.limit, most_rows))));
        if (query.user_id) statement->setInt64(1, *query.user_id);
        const std::unique_ptr<sql::ResultSet> rows(statement->executeQuery());
        read(*rows);
    }

    void read(sql::ResultSet& rows) {
        into_.rows.clear();
        while (rows.next()) {
            TokenRow row{.id = text_at(rows, 1),
                         .user_id = text_at(rows, 2),
                         .preview = {},
                         .length = rows.getUInt(4),
                         .state = {},
                         .exact = rows.getInt(12) != 0,
                         .expired_for_server = {},
                         .created_at = text_at(rows, 8),
                         .expires_at = text_at(rows, 9),
                         .seconds_left = {},
                         .created_ahead = rows.getInt64(11)};
            row.preview = token_preview(rows.getString(3).asStdString(), row.length);
            if (rows.getInt(5) != 0) {
                row.state = TokenState::revoked;
            } else if (!rows.isNull(6)) {
                row.state = rows.getInt(6) != 0 ? TokenState::expired : TokenState::valid;
            }
            if (!rows.isNull(7)) row.expired_for_server = rows.getInt(7) != 0;
            if (!rows.isNull(10)) row.seconds_left = rows.getInt64(10);
            into_.rows.push_back(std::move(row));
        }
    }

    sql::Connection& connection_;
    const config::MysqlSettings& settings_;
    TokenInspection& into_;
};

}  // namespace

std::string token_preview(std::string_view beginning, std::size_t length) {
    auto shown = std::min({beginning.size(), preview_length, length / 4});
    while (shown > 0 && shown < beginning.size() &&
           (static_cast<unsigned char>(beginning[shown]) & 0xc0) == 0x80)
        --shown;
    return printable(beginning.substr(0, shown), preview_length * 4) + "…";
}

const TableColumn* TokenInspection::column(std::string_view name) const {
    const auto found = std::ranges::find_if(columns, [&](const TableColumn& each) {
        return std::ranges::equal(each.name, name, [](unsigned char a, unsigned char b) {
            return std::tolower(a) == std::tolower(b);
        });
    });
    return found == columns.end() ? nullptr : &*found;
}

std::expected<TokenInspection, Text> inspect_tokens(const config::MysqlSettings& settings,
                                                    const TokenQuery& query) {
    TokenInspection inspection;
    Session session(settings);
    const auto done = session.run(
        [&](sql::Connection& connection) { return Look(connection, settings, inspection).take(query); });
    if (!done) return std::unexpected(done.error().text);
    return inspection;
}

}  // namespace gatewatch::probes::mysql
