#include "agent/token_report.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace gatewatch::agent {
namespace {

namespace json = boost::json;
using probes::TokenState;
using probes::mysql::TokenRow;

Text words_for(TokenVerdict verdict) {
    switch (verdict) {
        case TokenVerdict::valid:
            return {"valid: it is in the table, not revoked and not expired", "有效：在表中，未撤销，未过期"};
        case TokenVerdict::expired:
            return {"expired: log in again for a new one", "已过期：请重新登录以获取新的 Token"};
        case TokenVerdict::revoked:
            return {"revoked: the user logged out, or it was revoked by hand; log in again",
                    "已撤销：用户已退出登录，或被手动撤销；请重新登录"};
        case TokenVerdict::absent:
            return {"not in the table: never issued here, deleted, or cut when it was copied",
                    "不在表中：不是这里签发的、已被删除，或复制时被截断"};
        case TokenVerdict::no_expiry:
            break;
    }
    return {"cannot tell: its row has no expires_at, and what the backend makes of that is its own business",
            "无法判定：该行没有 expires_at，后端如何处理取决于其自身"};
}

Text state_of(const TokenRow& row) {
    if (!row.state) return {"no expiry", "无过期时间"};
    switch (*row.state) {
        case TokenState::valid:
            return {"valid", "有效"};
        case TokenState::expired:
            return {"expired", "已过期"};
        case TokenState::revoked:
            break;
    }
    return {"revoked", "已撤销"};
}

/// One line, and its end.
void add(std::string& page, Language language, const Text& label, std::string_view value) {
    page += fmt::format("  {:<12} {}\n", in(language, label), value);
}

/// As wide as add_row's; a Chinese character counts as two columns in both.
void add_head(std::string& page, Language language) {
    const auto word = [language](const char* en, const char* zh) {
        return language == Language::en ? en : zh;
    };
    page += fmt::format("  {:>8}  {:>8}  {:<20} {:<10} {:<20} {}\n", word("id", "编号"), word("user", "用户"),
                        word("token", "Token"), word("state", "状态"), word("expires", "过期"),
                        word("created", "创建"));
}

void add_row(std::string& page, Language language, const TokenRow& row) {
    page += fmt::format("  {:>8}  {:>8}  {:<20} {:<10} {:<20} {}\n", row.id, row.user_id,
                        fmt::format("{} ({})", row.preview, row.length), in(language, state_of(row)),
                        row.expires_at, row.created_at);
}

json::object json_of(const TokenRow& row) {
    json::object object{{"id", row.id},
                        {"user_id", row.user_id},
                        {"preview", row.preview},
                        {"length", row.length},
                        {"state", row.state ? std::string(name_of(*row.state)) : "no_expiry"},
                        {"exact", row.exact},
                        {"created_at", row.created_at},
                        {"expires_at", row.expires_at}};
    object["expires_in_seconds"] = row.seconds_left ? json::value(*row.seconds_left) : json::value(nullptr);
    return object;
}

}  // namespace

std::string token_text(const TokenReport& report, Language language) {
    std::string page = fmt::format("{} {}\n", report.gateway, report.table);
    if (report.preview) {
        add(page, language, {"token", "Token"}, fmt::format("{} ({})", *report.preview, report.length));
        add(page, language, {"result", "结论"}, in(language, words_for(verdict_of(report))));
        if (const auto* row = deciding_row(report)) {
            add(page, language, {"id", "编号"}, row->id);
            add(page, language, {"user", "用户"}, row->user_id);
            add(page, language, {"created", "创建"}, row->created_at);
            std::string expires = row->expires_at;
            if (row->seconds_left) {
                const bool past = *row->seconds_left <= 0;
                const auto distance = span(*row->seconds_left, language);
                expires += in(language, past ? say(" ({} ago)", "（{}前）", distance)
                                             : say(" (in {})", "（{}后）", distance));
            }
            add(page, language, {"expires", "过期"}, expires);
        }
    } else {
        add_head(page, language);
        for (const auto& row : report.found.rows) add_row(page, language, row);
        if (report.found.rows.empty()) page += in(language, {"  no rows\n", "  没有行\n"});
    }
    const auto& zones = report.found.zones;
    add(page, language, {"time zones", "时区"},
        in(language,
           say("backend {} (now {}), database {} (now {})", "后端 {}（现在 {}），数据库 {}（现在 {}）",
               zone_of_backend(report), zones.session_now, zone_of_server(report), zones.server_now)));
    page += in(language, {"  columns\n", "  列\n"});
    for (const auto& column : report.found.columns) {
        page += fmt::format("    {:<12} {}{}{}\n", column.name, column.type,
                            column.nullable ? " NULL" : " NOT NULL",
                            column.collation.empty() ? "" : " " + column.collation);
    }
    for (const auto& note : notes_on(report)) {
        page += fmt::format("  {} {}\n", in(language, {"note:", "注意："}), in(language, note));
    }
    return page;
}

std::string token_json(const TokenReport& report, Language language) {
    json::object page{{"gateway", report.gateway}, {"table", report.table}};
    if (report.preview) {
        page["verdict"] = name_of(verdict_of(report));
        page["token"] = json::object{{"preview", *report.preview}, {"length", report.length}};
    }
    json::array rows;
    for (const auto& row : report.found.rows) rows.emplace_back(json_of(row));
    page["rows"] = std::move(rows);
    const auto& zones = report.found.zones;
    page["time_zones"] = json::object{{"backend", zone_of_backend(report)},
                                      {"database", zones.server},
                                      {"system", zones.system},
                                      {"backend_now", zones.session_now},
                                      {"database_now", zones.server_now}};
    json::array columns;
    for (const auto& column : report.found.columns) {
        columns.emplace_back(json::object{{"name", column.name},
                                          {"type", column.type},
                                          {"nullable", column.nullable},
                                          {"collation", column.collation}});
    }
    page["columns"] = std::move(columns);
    json::array notes;
    for (const auto& note : notes_on(report)) notes.emplace_back(in(language, note));
    page["notes"] = std::move(notes);
    return json::serialize(page);
}

}  // namespace gatewatch::agent
