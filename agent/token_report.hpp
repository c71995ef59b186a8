// What an inspection of the token table means, in words and as JSON. Pure: token_notes.cpp
// decides, token_report.cpp writes. Used by token_command.cpp.
#pragma once

#include <string>
#include <vector>

#include "agent/token_command.hpp"
#include "config/enum_names.hpp"
#include "probes/mysql/token_inspector.hpp"

namespace gatewatch::agent {

GATEWATCH_ENUM(TokenVerdict, valid, expired, revoked, absent, no_expiry);

struct TokenReport {
    std::string gateway;
    std::string table;                   ///< "im_system.user_tokens"
    std::string backend_time_zone;       ///< as configured; empty: that of this host
    std::optional<std::string> preview;  ///< of the token that was looked for; nothing: rows are listed
    std::size_t length = 0;              ///< of that token, in characters
    probes::mysql::TokenInspection found;
};

/// The row that decides, or nullptr.
[[nodiscard]] const probes::mysql::TokenRow* deciding_row(const TokenReport& report);

[[nodiscard]] TokenVerdict verdict_of(const TokenReport& report);

/// Why the backend may see it otherwise: time zones, letter case, the column's type and length.
[[nodiscard]] std::vector<Text> notes_on(const TokenReport& report);

/// The zone in which the backend reads DATETIME, and the database's own: "+08:00", "SYSTEM = UTC".
[[nodiscard]] std::string zone_of_backend(const TokenReport& report);
[[nodiscard]] std::string zone_of_server(const TokenReport& report);
/// "3 d 4 h", "2 h 5 min", "40 s"
[[nodiscard]] std::string span(std::int64_t seconds, Language language);

[[nodiscard]] std::string token_text(const TokenReport& report, Language language);
[[nodiscard]] std::string token_json(const TokenReport& report, Language language);

}  // namespace gatewatch::agent
