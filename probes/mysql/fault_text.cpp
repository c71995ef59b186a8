#include "probes/mysql/fault_text.hpp"

#include <fmt/format.h>

#include "probes/mysql/tls_text.hpp"
#include "probes/outcome.hpp"

namespace gatewatch::probes::mysql {
namespace {

Text grant_hint(const config::MysqlSettings& settings, bool with_token = false) {
    return say("GRANT SELECT (id, user_id, is_revoked, expires_at, created_at{}) ON {}.{} to it",
               "请授予它 GRANT SELECT (id, user_id, is_revoked, expires_at, created_at{}) ON {}.{}",
               with_token ? ", token" : "", settings.database, settings.table);
}

/// Some servers deny access without a word on the TLS that they miss.
Text tls_hint(const config::MysqlSettings& settings) {
    if (settings.ca_file || settings.socket) return {};
    return {"; if the server or this account demands TLS, set ca_file",
            "；若服务器或该账号要求 TLS，请设置 ca_file"};
}

/// What the server refuses to this user, and what helps; else empty.
Text refusal(int code, const std::string& message, const config::MysqlSettings& settings) {
    switch (code) {
        case 1045:  // ER_ACCESS_DENIED_ERROR
        case 1698:  // ER_ACCESS_DENIED_NO_PASSWORD_ERROR
            return say("access denied for user '{}'; check user and password_file in [gateway.mysql]",
                       "用户 '{}' 被拒绝访问；请检查 [gateway.mysql] 中的 user 和 password_file",
                       settings.user) +
                   tls_hint(settings);
        case 1044:  // ER_DBACCESS_DENIED_ERROR
            return say("user '{}' may not use database '{}'; ", "用户 '{}' 无权使用数据库 '{}'；",
                       settings.user, settings.database) +
                   grant_hint(settings);
        case 1049:  // ER_BAD_DB_ERROR
            return say("unknown database '{}'; correct database in [gateway.mysql]",
                       "数据库 '{}' 不存在；请改正 [gateway.mysql] 中的 database", settings.database);
        case 1146:  // ER_NO_SUCH_TABLE
            return say("unknown table '{}.{}'; correct table in [gateway.mysql]",
                       "表 '{}.{}' 不存在；请改正 [gateway.mysql] 中的 table", settings.database,
                       settings.table);
        case 1054:  // ER_BAD_FIELD_ERROR
            return say("{}; table '{}.{}' must have is_revoked, expires_at, user_id, created_at and token",
                       "{}；表 '{}.{}' 必须有 is_revoked、expires_at、user_id、created_at 和 token", message,
                       settings.database, settings.table);
        case 1142:  // ER_TABLEACCESS_DENIED_ERROR
        case 1143:  // ER_COLUMNACCESS_DENIED_ERROR
            return say("user '{}' may not read table '{}.{}'; ", "用户 '{}' 无权读取表 '{}.{}'；",
                       settings.user, settings.database, settings.table) +
                   grant_hint(settings, message.contains("column 'token'"));
        case 1226:  // ER_USER_LIMIT_REACHED
            return say(
                "{0}; ALTER USER '{1}'@'HOST' WITH MAX_QUERIES_PER_HOUR 0 MAX_CONNECTIONS_PER_HOUR 0 "
                "MAX_USER_CONNECTIONS 0 lifts the limits of its account (HOST as in mysql.user)",
                "{0}；执行 ALTER USER '{1}'@'HOST' WITH MAX_QUERIES_PER_HOUR 0 MAX_CONNECTIONS_PER_HOUR 0 "
                "MAX_USER_CONNECTIONS 0 可解除该账号的限制（HOST 见 mysql.user）",
                message, settings.user);
        case 1129:  // ER_HOST_IS_BLOCKED
            return {
                "this host is blocked after too many broken connections; FLUSH HOSTS on the server "
                "unblocks it",
                "本机因中断的连接过多而被封锁；在服务器上执行 FLUSH HOSTS 可解除"};
        case 1130:  // ER_HOST_NOT_PRIVILEGED
            return say("this host may not connect; create user '{}' for it",
                       "本机不允许连接；请为它创建用户 '{}'", settings.user);
        case 3159:  // ER_SECURE_TRANSPORT_REQUIRED of MySQL
            return {
                "the server accepts nothing but TLS (require_secure_transport); set ca_file in "
                "[gateway.mysql]",
                "服务器只接受 TLS 连接（require_secure_transport）；请在 [gateway.mysql] 中设置 ca_file"};
        case 1820:  // ER_MUST_CHANGE_PASSWORD
        case 1862:  // ER_MUST_CHANGE_PASSWORD_LOGIN
            return say(
                "the password of user '{0}' has expired; set it anew: ALTER USER '{0}'@'HOST' IDENTIFIED BY "
                "'…' PASSWORD EXPIRE NEVER (HOST as in mysql.user), and in password_file",
                "用户 '{0}' 的密码已过期；请重新设置：ALTER USER '{0}'@'HOST' IDENTIFIED BY '…' PASSWORD "
                "EXPIRE NEVER（HOST 见 mysql.user），并同步更新 password_file",
                settings.user);
        case 3118:  // ER_ACCOUNT_HAS_BEEN_LOCKED of MySQL
        case 4151:  // and of MariaDB
            return say(
                "the account of user '{0}' is locked; ALTER USER '{0}'@'HOST' ACCOUNT UNLOCK opens it (HOST "
                "as in mysql.user)",
                "用户 '{0}' 的账号已锁定；执行 ALTER USER '{0}'@'HOST' ACCOUNT UNLOCK 可解锁（HOST 见 "
                "mysql.user）",
                settings.user);
        case 1251:  // ER_NOT_SUPPORTED_AUTH_MODE
        case 1524:  // ER_PLUGIN_IS_NOT_LOADED
        case 2059:  // CR_AUTH_PLUGIN_CANNOT_LOAD
        case 2061:  // CR_AUTH_PLUGIN_ERR
            return say("user '{}' cannot prove who it is: {}; ", "用户 '{}' 无法完成身份认证：{}；",
                       settings.user, message) +
                   Text{settings.ca_file || settings.socket
                            ? "see which authentication plugin its account has"
                            : "set ca_file in [gateway.mysql], since such an account may need TLS",
                        settings.ca_file || settings.socket
                            ? "请检查该账号使用的认证插件"
                            : "此类账号可能要求 TLS，请在 [gateway.mysql] 中设置 ca_file"};
        case 1298:  // ER_UNKNOWN_TIME_ZONE
            return say(
                "the database does not know time zone '{}'; write backend_time_zone as an offset such "
                "as \"+08:00\", or load its zone tables with mariadb-tzinfo-to-sql",
                "数据库不认识时区 '{}'；请把 backend_time_zone 写成 \"+08:00\" 这样的偏移，或用 "
                "mariadb-tzinfo-to-sql 导入时区表",
                settings.backend_time_zone);
        default:
            return {};
    }
}

/// What is wrong with the server or its table for everybody; else empty.
Text trouble(int code, const std::string& message, const config::MysqlSettings& settings) {
    if (read_limit_reached(code, message)) {
        return say(
            "read limit reached: reading '{}.{}' takes too long; add an index on (is_revoked, expires_at) "
            "and one on token, or look for load on the database",
            "达到读取时限：读取 '{}.{}' 耗时过长；请在 (is_revoked, expires_at) 和 token 上各建索引，或检查"
            "数据库负载",
            settings.database, settings.table);
    }
    switch (code) {
        case 1040:  // ER_CON_COUNT_ERROR
        case 1203:  // ER_TOO_MANY_USER_CONNECTIONS
            return {
                "too many connections; raise max_connections, or find out who holds them: SHOW "
                "PROCESSLIST",
                "连接数过多；请提高 max_connections，或用 SHOW PROCESSLIST 找出占用者"};
        case 1205:  // ER_LOCK_WAIT_TIMEOUT
            return say(
                "table '{}.{}' is locked for more than 1 s (LOCK TABLES, ALTER TABLE or a long "
                "transaction); find its holder with SHOW PROCESSLIST",
                "表 '{}.{}' 被锁超过 1 秒（LOCK TABLES、ALTER TABLE 或长事务）；请用 SHOW PROCESSLIST "
                "找出持有者",
                settings.database, settings.table);
        case 1053:  // ER_SERVER_SHUTDOWN
            return {"the server is shutting down; start it again if that was not intended",
                    "服务器正在关闭；若非有意，请重新启动"};
        case 1927:  // ER_CONNECTION_KILLED
        case 4031:  // ER_CLIENT_INTERACTION_TIMEOUT
            return {"the server ended the connection; its error log says why",
                    "服务器结束了连接；原因见其错误日志"};
        default:
            return {};
    }
}

Failure explain(const Fault& fault, const config::MysqlSettings& settings) {
    if (!fault.reached.text.empty()) return {fault.reached.text, fault.reached.unreachable};
    if (fault.code == tls_error && fault.step == Step::connect && !fault.slow)
        return {tls_trouble(fault.message, settings), false};
    if (auto text = refusal(fault.code, fault.message, settings); !text.empty()) return {text, false};
    if (auto text = trouble(fault.code, fault.message, settings); !text.empty()) return {text, true};
    if (connection_is_lost(fault.code) && fault.slow) {
        const bool connecting = fault.step == Step::connect;
        return {{fmt::format("no answer within 2 s while {}; look whether the database hangs, or a firewall "
                             "drops packets",
                             connecting ? "connecting" : "reading"),
                 fmt::format("{}时 2 秒内没有应答；请检查数据库是否挂起，或防火墙是否丢弃数据包",
                             connecting ? "连接" : "读取")},
                true};
    }
    if (connection_is_lost(fault.code)) {
        return {{"the connection was lost; look whether the database restarted or crashed, and at its error "
                 "log",
                 "连接中断；请检查数据库是否重启或崩溃，并查看其错误日志"},
                true};
    }
    return {say("error {}: {}; see the manual of the database for it", "错误 {}：{}；含义见数据库手册",
                fault.code, fault.message),
            false};
}

}  // namespace

std::string place_of(const config::MysqlSettings& settings) {
    return settings.socket ? settings.socket->native() : settings.address;
}

std::string cut(std::string text) {
    if (text.size() <= max_evidence) return text;
    text.resize(max_evidence);
    // No half character at the end: drop it, its continuation bytes first.
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80) text.pop_back();
    if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0x80) text.pop_back();
    return text;
}

Failure describe(const Fault& fault, const config::MysqlSettings& settings) {
    Failure failure = explain(fault, settings);
    const Text whole = say("mysql {}: ", "mysql {}：", place_of(settings)) + failure.text;
    failure.text = {cut(whole.en), cut(whole.zh)};
    return failure;
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
        case tls_error:
        case 2055:  // CR_SERVER_LOST_EXTENDED
        case 4031:  // ER_CLIENT_INTERACTION_TIMEOUT
            return true;
        default:
            return false;
    }
}

bool read_limit_reached(int code, std::string_view message) {
    switch (code) {
        case 1969:  // ER_STATEMENT_TIMEOUT of MariaDB
        case 3024:  // ER_QUERY_TIMEOUT of MySQL
            return true;
        case 1028:  // ER_FILSORT_ABORT: MySQL gives the reason in words only, which it has in English alone
            return message.contains("maximum statement execution time exceeded");
        default:
            return false;
    }
}

bool column_is_out_of_reach(int code) {
    return code == 1142 || code == 1143 || code == 1054;
}

}  // namespace gatewatch::probes::mysql
