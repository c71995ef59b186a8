#include <fmt/format.h>

#include <charconv>

#include "agent/token_report.hpp"

namespace gatewatch::agent {
namespace {

using probes::TokenState;
using probes::mysql::TableColumn;
using probes::mysql::TokenRow;

/// Of varchar(512): 512.
std::optional<std::size_t> length_of(const TableColumn& column) {
    const auto open = column.type.find('(');
    if (open == std::string::npos || !column.type.contains("char")) return std::nullopt;
    std::size_t length = 0;
    std::from_chars(column.type.data() + open + 1, column.type.data() + column.type.size(), length);
    return length > 0 ? std::optional(length) : std::nullopt;
}

void note_rows_alike(const TokenReport& report, std::vector<Text>& notes) {
    for (const auto& row : report.found.rows) {
        if (row.exact) continue;
        const auto* column = report.found.column("token");
        notes.push_back(say(
            "row {} (user {}) differs only in letter case, accents or trailing spaces; under the collation "
            "{} "
            "the backend's query finds it all the same, so that the backend may take the token for that "
            "row: ALTER the column to a _bin collation",
            "第 {} 行（用户 {}）只在大小写、重音或尾部空格上不同；在排序规则 {} 下，后端的查询同样会找到它，"
            "后端可能把该 Token 当作那一行：请把该列改为 _bin 排序规则",
            row.id, row.user_id, column != nullptr ? column->collation : ""));
    }
}

void note_length(const TokenReport& report, std::vector<Text>& notes) {
    const auto* column = report.found.column("token");
    const auto limit = column != nullptr ? length_of(*column) : std::nullopt;
    if (!report.preview || !limit || report.length <= *limit) return;
    notes.push_back(
        say("the token has {} characters and the column token holds {}: it was never stored whole, "
            "and no lookup finds it; ALTER the column to hold it",
            "Token 有 {} 个字符，而列 token 只能容纳 {} 个：它从未被完整存储，任何查询都找不到；"
            "请用 ALTER 加长该列",
            report.length, *limit));
}

/// DATETIME has no zone: one row, two readings.
void note_zones(const TokenReport& report, const TokenRow& row, std::vector<Text>& notes) {
    const bool expired = row.state == TokenState::expired;
    if (row.expired_for_server && (expired || row.state == TokenState::valid) &&
        *row.expired_for_server != expired) {
        const auto backend = zone_of_backend(report);
        const auto server = zone_of_server(report);
        const auto sentence = [&](const Text& here, const Text& there) {
            return Text{
                fmt::format(
                    "in the backend's time zone ({}) it is {}, and for a session in the database's own "
                    "zone ({}), such as SQL by hand with NOW(), it is {}; if the backend runs in the "
                    "database's zone, it sees that too: set backend_time_zone in [gateway.mysql] to "
                    "Node's, and one zone in both",
                    backend, here.en, server, there.en),
                fmt::format(
                    "按后端时区（{}）它{}，而对于使用数据库自身时区（{}）的会话，例如手写的含 NOW() 的 "
                    "SQL，它{}；如果后端运行在数据库的时区，它看到的也是后者：请把 [gateway.mysql] 的 "
                    "backend_time_zone 设为 Node 的时区，并让两者使用同一时区",
                    backend, here.zh, server, there.zh)};
        };
        const Text valid{"valid", "有效"};
        const Text over{"expired", "已过期"};
        notes.push_back(expired ? sentence(over, valid) : sentence(valid, over));
    }
    if (row.created_ahead > 60) {
        notes.push_back(
            Text{fmt::format("its created_at lies {} in the future: the backend writes in a zone "
                             "further east than {}; correct backend_time_zone in [gateway.mysql]",
                             span(row.created_ahead, Language::en), zone_of_backend(report)),
                 fmt::format("它的 created_at 比现在晚 {}：后端写入时所用的时区比 {} 更靠东；请改正 "
                             "[gateway.mysql] 的 backend_time_zone",
                             span(row.created_ahead, Language::zh), zone_of_backend(report))});
    }
}

void note_types(const TokenReport& report, std::vector<Text>& notes) {
    const auto* revoked = report.found.column("is_revoked");
    if (revoked == nullptr) return;
    if (revoked->type.starts_with("bit")) {
        notes.push_back(
            {"is_revoked is BIT: mysql2 gives Node a Buffer, which is true even for 0; a backend that "
             "tests it without comparing takes every token for revoked",
             "is_revoked 是 BIT：mysql2 交给 Node 的是 Buffer，即使为 0 也为真；不做比较而直接判断的"
             "后端会把每个 Token 当作已撤销"});
    } else if (revoked->type.contains("char")) {
        notes.push_back(
            {"is_revoked is text: in SQL every text that does not begin with a digit equals 0, and in "
             "JavaScript '0' is true; make it TINYINT(1)",
             "is_revoked 是文本：在 SQL 中，不以数字开头的文本都等于 0，而在 JavaScript 中 '0' 为真；"
             "请改为 TINYINT(1)"});
    }
}

}  // namespace

const TokenRow* deciding_row(const TokenReport& report) {
    const auto& rows = report.found.rows;
    return !rows.empty() && rows.front().exact ? &rows.front() : nullptr;
}

std::string zone_of_backend(const TokenReport& report) {
    return report.backend_time_zone.empty() ? report.found.zones.session : report.backend_time_zone;
}

std::string zone_of_server(const TokenReport& report) {
    const auto& zones = report.found.zones;
    return zones.server == "SYSTEM" ? fmt::format("SYSTEM = {}", zones.system) : zones.server;
}

std::string span(std::int64_t seconds, Language language) {
    const bool en = language == Language::en;
    const auto s = seconds < 0 ? -seconds : seconds;
    if (s >= 86400)
        return fmt::format("{} {} {} {}", s / 86400, en ? "d" : "天", s % 86400 / 3600, en ? "h" : "小时");
    if (s >= 3600)
        return fmt::format("{} {} {} {}", s / 3600, en ? "h" : "小时", s % 3600 / 60, en ? "min" : "分钟");
    if (s >= 60) return fmt::format("{} {}", s / 60, en ? "min" : "分钟");
    return fmt::format("{} {}", s, en ? "s" : "秒");
}

TokenVerdict verdict_of(const TokenReport& report) {
    const auto* row = deciding_row(report);
    if (row == nullptr) return TokenVerdict::absent;
    if (!row->state) return TokenVerdict::no_expiry;
    switch (*row->state) {
        case TokenState::valid:
            return TokenVerdict::valid;
        case TokenState::expired:
            return TokenVerdict::expired;
        case TokenState::revoked:
            break;
    }
    return TokenVerdict::revoked;
}

std::vector<Text> notes_on(const TokenReport& report) {
    std::vector<Text> notes;
    if (report.preview) {
        note_length(report, notes);
        note_rows_alike(report, notes);
        if (const auto* row = deciding_row(report)) note_zones(report, *row, notes);
    }
    note_types(report, notes);
    return notes;
}

}  // namespace gatewatch::agent
