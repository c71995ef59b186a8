#include "probes/mysql/queries.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>

namespace gatewatch::probes::mysql {
namespace {

std::string upper(std::string_view text) {
    std::string result(text);
    std::ranges::transform(result, result.begin(),
                           [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return result;
}

/// The rows that a count looks at, as far as counting goes.
std::string bounded(std::string_view column, std::string_view table, std::string_view condition,
                    std::string_view order = "") {
    return fmt::format("(SELECT {} FROM {} WHERE {}{} LIMIT {}) AS bounded", column, in_backquotes(table),
                       condition, order, count_cap + 1);
}

std::string bounded_count(std::string_view table, std::string_view condition) {
    return "(SELECT COUNT(*) FROM " + bounded("1", table, condition) + ")";
}

/// How many rows have a `column` of at most that many hours from NOW.
std::string within(std::string_view column, int hours) {
    return fmt::format("COALESCE(SUM({} <= NOW(6) + INTERVAL {} HOUR), 0)", column, hours);
}

std::string valid_rows(const RevokedTest& test) {
    return test.live + " AND expires_at > NOW(6)";
}

}  // namespace

Flavour flavour_of(std::string_view version) {
    return upper(version).find("MARIADB") != std::string::npos ? Flavour::mariadb : Flavour::mysql;
}

std::string limit_statement(Flavour flavour) {
    return flavour == Flavour::mariadb ? "SET SESSION max_statement_time = 1.5"
                                       : "SET SESSION max_execution_time = 1500";
}

std::string in_backquotes(std::string_view name) {
    std::string result = "`";
    for (const char c : name) {
        if (c == '`') result += '`';
        result += c;
    }
    return result + '`';
}

std::string offset_text(long seconds_east) {
    const long minutes = std::labs(seconds_east) / 60;
    return fmt::format("{}{:02}:{:02}", seconds_east < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

std::expected<RevokedTest, Text> revoked_test(std::string_view type_name) {
    const auto type = upper(type_name);
    const auto is = [&](std::string_view part) { return type.find(part) != std::string::npos; };
    if (is("CHAR")) {
        // Compared as text: as a number any text that does not begin with a digit would be 0, thus live.
        return RevokedTest{"is_revoked = '0'", "(is_revoked <> '0' OR is_revoked IS NULL)"};
    }
    if (is("BIT") || is("INT") || is("DECIMAL") || is("BOOL")) {
        return RevokedTest{"is_revoked = 0", "(is_revoked <> 0 OR is_revoked IS NULL)"};
    }
    return std::unexpected(
        say("column is_revoked has type {}, which is none of TINYINT, BIT, CHAR and BOOLEAN",
            "列 is_revoked 的类型是 {}，不是 TINYINT、BIT、CHAR 或 BOOLEAN", type));
}

bool is_moment(std::string_view type_name) {
    const auto type = upper(type_name);
    return type == "DATETIME" || type == "TIMESTAMP" || type == "DATE";
}

std::string count_statement(std::string_view table, const RevokedTest& test, const CountPlan& plan) {
    // Along the index the first rows are those that run out first: the windows are exact up to the cap.
    const auto valid =
        bounded("expires_at", table, valid_rows(test), plan.indexed ? " ORDER BY expires_at" : "");
    return fmt::format(
        "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(6)), "
        "TIMESTAMPDIFF(SECOND, NOW(), CONVERT_TZ(UTC_TIMESTAMP(), '+00:00', @@GLOBAL.time_zone)), "
        "@@GLOBAL.time_zone, @@system_time_zone, @@SESSION.time_zone, "
        "valid.found, {expired}, {revoked}, {endless}, valid.one, valid.six, valid.day "
        "FROM (SELECT COUNT(*) AS found, {one} AS one, {six} AS six, {day} AS day FROM {valid}) AS valid",
        fmt::arg("expired", bounded_count(table, test.live + " AND expires_at <= NOW(6)")),
        fmt::arg("revoked", bounded_count(table, test.revoked)),
        // Revoked rows are counted as such, whatever they expire at: the others are found by the same index.
        fmt::arg("endless",
                 plan.may_lack_expiry ? bounded_count(table, test.live + " AND expires_at IS NULL") : "0"),
        fmt::arg("one", within("expires_at", 1)), fmt::arg("six", within("expires_at", 6)),
        fmt::arg("day", within("expires_at", 24)), fmt::arg("valid", valid));
}

std::string issue_age_statement(std::string_view table, const RevokedTest& test) {
    const auto since = [](int hours) {
        return fmt::format("COALESCE(SUM(created_at > NOW(6) - INTERVAL {} HOUR), 0)", hours);
    };
    return fmt::format("SELECT COUNT(*), COUNT(created_at), {}, {}, {} FROM {}", since(1), since(24),
                       since(7 * 24), bounded("created_at", table, valid_rows(test)));
}

std::string user_statement(std::string_view table, const RevokedTest& test) {
    // Two passes: the first may go along an index of user_id, the second along that of the counts.
    return fmt::format(
        "SELECT (SELECT COUNT(DISTINCT user_id) FROM {}), COUNT(DISTINCT user_id), COUNT(*) FROM {}",
        in_backquotes(table), bounded("user_id", table, valid_rows(test)));
}

std::string newest_statement(std::string_view table) {
    return fmt::format(
        "SELECT TIMESTAMPDIFF(SECOND, NOW(), MAX(created_at)) "
        "FROM (SELECT created_at FROM {} ORDER BY id DESC LIMIT 100) AS newest",
        in_backquotes(table));
}

std::string own_token_statement(std::string_view table, const RevokedTest& test, bool with_created) {
    // UNIX_TIMESTAMP ends in 2038 on many versions: beyond it, the distance from now tells the expiry.
    return fmt::format(
        "SELECT IF({1}, 1, 0), expires_at <= NOW(6), "
        "COALESCE(NULLIF(UNIX_TIMESTAMP(expires_at), 0), "
        "UNIX_TIMESTAMP() + TIMESTAMPDIFF(SECOND, NOW(), expires_at)), "
        "BINARY token = ? AS exact, {2} "
        "FROM {0} WHERE token = ? ORDER BY exact DESC, 1, expires_at DESC LIMIT 1",
        in_backquotes(table), test.revoked,
        with_created ? "TIMESTAMPDIFF(SECOND, created_at, NOW())" : "NULL");
}

std::string newest_token_statement(std::string_view table, const RevokedTest& test) {
    return fmt::format(
        "SELECT token FROM {} WHERE user_id = ? AND {} AND expires_at > NOW(6) ORDER BY created_at DESC, id "
        "DESC LIMIT 1",
        in_backquotes(table), test.live);
}

}  // namespace gatewatch::probes::mysql
