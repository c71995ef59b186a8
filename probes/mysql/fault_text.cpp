#include "probes/mysql/fault_text.hpp"

#include <fmt/format.h>

#include "probes/outcome.hpp"

namespace gatewatch::probes::mysql {
namespace {

std::string grant_hint(const config::MysqlSettings& settings) {
    return fmt::format("GRANT SELECT (id, user_id, is_revoked, expires_at, created_at) ON {}.{} to it",
                       settings.database, settings.table);
}

/// What the server refused and what helps, for the numbers that have a story of their own; else empty.
std::string known_refusal(int code, const std::string& message, const config::MysqlSettings& settings) {
    switch (code) {
        case 1045:  // ER_ACCESS_DENIED_ERROR
        case 1698:  // ER_ACCESS_DENIED_NO_PASSWORD_ERROR
            return fmt::format("access denied for user '{}'; check user and password_file in [gateway.mysql]",
                               settings.user);
        case 1044:  // ER_DBACCESS_DENIED_ERROR
            return fmt::format("user '{}' may not use database '{}'; {}", settings.user, settings.database,
                               grant_hint(settings));
        case 1049:  // ER_BAD_DB_ERROR
            return fmt::format("unknown database '{}'; correct database in [gateway.mysql]",
                               settings.database);
        case 1146:  // ER_NO_SUCH_TABLE
            return fmt::format("unknown table '{}.{}'; correct table in [gateway.mysql]", settings.database,
                               settings.table);
        case 1054:  // ER_BAD_FIELD_ERROR
            return fmt::format(
                "{}; table '{}.{}' must have is_revoked, expires_at, user_id, created_at and token", message,
                settings.database, settings.table);
        case 1142:  // ER_TABLEACCESS_DENIED_ERROR
        case 1143:  // ER_COLUMNACCESS_DENIED_ERROR
            return fmt::format("user '{}' may not read table '{}.{}'; {}", settings.user, settings.database,
                               settings.table, grant_hint(settings));
        case 1040:  // ER_CON_COUNT_ERROR
        case 1203:  // ER_TOO_MANY_USER_CONNECTIONS
        case 1226:  // ER_USER_LIMIT_REACHED
            return "too many connections; raise max_connections, or find out who holds them: SHOW "
                   "PROCESSLIST";
        case 1129:  // ER_HOST_IS_BLOCKED
            return "this host is blocked after too many broken connections; FLUSH HOSTS on the server "
                   "unblocks it";
        case 1130:  // ER_HOST_NOT_PRIVILEGED
            return fmt::format("this host may not connect; create user '{}' for it", settings.user);
        case 1205:  // ER_LOCK_WAIT_TIMEOUT
            return fmt::format(
                "table '{}.{}' is locked for more than 1 s (LOCK TABLES, ALTER TABLE or a long "
                "transaction); find its holder with SHOW PROCESSLIST",
                settings.database, settings.table);
        case 1969:  // ER_STATEMENT_TIMEOUT of MariaDB
        case 3024:  // ER_QUERY_TIMEOUT of MySQL
            return fmt::format(
                "read limit reached: counting '{}.{}' takes too long; add an index on (is_revoked, "
                "expires_at), or look for load on the database",
                settings.database, settings.table);
        case 1298:  // ER_UNKNOWN_TIME_ZONE
            return fmt::format(
                "the database does not know time zone '{}'; write backend_time_zone as an offset such as "
                "\"+08:00\", or load its zone tables with mariadb-tzinfo-to-sql",
                settings.backend_time_zone);
        case 1053:  // ER_SERVER_SHUTDOWN
            return "the server is shutting down; start it again if that was not intended";
        case 1927:  // ER_CONNECTION_KILLED
        case 4031:  // ER_CLIENT_INTERACTION_TIMEOUT
            return "the server ended the connection; its error log says why";
        default:
            return {};
    }
}

std::string explain(const Fault& fault, const config::MysqlSettings& settings) {
    if (!fault.reached.empty()) return fault.reached;
    if (auto text = known_refusal(fault.code, fault.message, settings); !text.empty()) return text;
    if (connection_is_lost(fault.code) && fault.slow) {
        return fmt::format(
            "no answer within 2 s while {}; look whether the database hangs, or a firewall drops packets",
            fault.step == Step::connect ? "connecting" : "reading");
    }
    if (connection_is_lost(fault.code)) {
        return "the connection was lost; look whether the database restarted or crashed, and at its error "
               "log";
    }
    return fmt::format("error {}: {}; see the manual of the database for it", fault.code, fault.message);
}

}  // namespace

std::string place_of(const config::MysqlSettings& settings) {
    return settings.socket ? settings.socket->native() : settings.address;
}

std::string describe(const Fault& fault, const config::MysqlSettings& settings) {
    auto text = fmt::format("mysql {}: {}", place_of(settings), explain(fault, settings));
    if (text.size() <= max_evidence) return text;
    text.resize(max_evidence);
    // No half character at the end: drop it, its continuation bytes first.
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80) text.pop_back();
    if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0x80) text.pop_back();
    return text;
}

bool connection_is_lost(int code) {
    switch (code) {
        case 1053:  // ER_SERVER_SHUTDOWN
        case 1927:  // ER_CONNECTION_KILLED
        case 2002:  // CR_CONNECTION_ERROR
        case 2003:  // CR_CONN_HOST_ERROR
        case 2005:  // CR_UNKNOWN_HOST
        case 2006:  // CR_SERVER_GONE_ERROR
        case 2012:  // CR_SERVER_HANDSHAKE_ERR
        case 2013:  // CR_SERVER_LOST
        case 2055:  // CR_SERVER_LOST_EXTENDED
        case 4031:  // ER_CLIENT_INTERACTION_TIMEOUT
            return true;
        default:
            return false;
    }
}

bool column_is_out_of_reach(int code) {
    return code == 1142 || code == 1143 || code == 1054;
}

}  // namespace gatewatch::probes::mysql
