// Looks closely at the token table for `gatewatch token`: one token's row, the newest rows, a user's rows,
// the columns, and the time zones between which a DATETIME is lost. Under the same limits as the sampler; a
// whole token never leaves the database. Used by agent/token_command.cpp.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "config/secret.hpp"
#include "config/settings.hpp"
#include "config/text.hpp"
#include "probes/samples.hpp"

namespace gatewatch::probes::mysql {

/// The first characters of a token, fewer of a short one, and an ellipsis.
[[nodiscard]] std::string token_preview(std::string_view beginning, std::size_t length);

struct TokenRow {
    std::string id;
    std::string user_id;  ///< "NULL" where there is none
    std::string preview;
    std::size_t length = 0;                  ///< of the token, in characters
    std::optional<TokenState> state;         ///< in the backend's time zone; nothing: it has no expiry
    bool exact = false;                      ///< letter by letter what was looked for
    std::optional<bool> expired_for_server;  ///< as a session in the server's own time zone sees it
    std::string created_at;                  ///< as they stand there; "NULL"
    std::string expires_at;
    std::optional<std::int64_t> seconds_left;  ///< until it expires, by the backend's time zone
    std::int64_t created_ahead = 0;            ///< seconds by which created_at lies in the future
};

struct TableColumn {
    std::string name;
    std::string type;
    std::string collation;  ///< of text, else empty
    bool nullable = false;
};

struct TokenZones {
    std::string session;      ///< of the session that looked: the backend's, by the configuration
    std::string server;       ///< what sessions get that ask for none
    std::string system;       ///< what SYSTEM stands for
    std::string session_now;  ///< the wall clock in each
    std::string server_now;
};

struct TokenInspection {
    std::vector<TokenRow> rows;
    std::vector<TableColumn> columns;
    TokenZones zones;

    [[nodiscard]] const TableColumn* column(std::string_view name) const;
};

/// What to look for: exactly one of token, or rows of everybody or of one user.
struct TokenQuery {
    std::optional<Secret> token;
    std::optional<std::int64_t> user_id;
    unsigned limit = 20;
};

/// Blocks for some seconds at most. For a token: the rows that the backend's query finds, which may differ in
/// letter case, those that are exact first, and of them those that are not revoked.
[[nodiscard]] std::expected<TokenInspection, Text> inspect_tokens(const config::MysqlSettings& settings,
                                                                  const TokenQuery& query);

}  // namespace gatewatch::probes::mysql
