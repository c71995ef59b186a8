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

std::string bounded_count(std::string_view table, std::string_view condition) {
    return fmt::format("(SELECT COUNT(*) FROM (SELECT 1 FROM {} WHERE {} LIMIT {}) AS bounded)",
                       in_backquotes(table), condition, count_cap + 1);
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

std::string count_statement(std::string_view table, const RevokedTest& test) {
    return fmt::format(
        "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01 00:00:00', UTC_TIMESTAMP(6)), {}, {}, {}, {}",
        bounded_count(table, test.live + " AND expires_at > NOW(6)"),
        bounded_count(table, test.live + " AND expires_at <= NOW(6)"), bounded_count(table, test.revoked),
        bounded_count(table, "expires_at IS NULL"));
}

std::string own_token_statement(std::string_view table, const RevokedTest& test) {
    // UNIX_TIMESTAMP ends in 2038 on many versions: beyond it, the distance from now tells the expiry.
    return fmt::format(
        "SELECT IF({1}, 1, 0), expires_at <= NOW(6), "
        "COALESCE(NULLIF(UNIX_TIMESTAMP(expires_at), 0), "
        "UNIX_TIMESTAMP() + TIMESTAMPDIFF(SECOND, NOW(), expires_at)) "
        "FROM {0} WHERE token = ? AND BINARY token = ? ORDER BY 1, expires_at DESC LIMIT 1",
        in_backquotes(table), test.revoked);
}

std::string newest_token_statement(std::string_view table, const RevokedTest& test) {
    return fmt::format(
        "SELECT token FROM {} WHERE user_id = ? AND {} AND expires_at > NOW(6) ORDER BY created_at DESC, id "
        "DESC LIMIT 1",
        in_backquotes(table), test.live);
}

}  // namespace gatewatch::probes::mysql
