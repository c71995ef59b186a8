// What the monitoring account may do beyond reading: an agent that is broken into, or its password file, must
// not be worth more than SELECT. Reads SHOW GRANTS as MariaDB and MySQL write it; what it says holds no hash
// of a password. Used by token_table.cpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"
#include "probes/samples.hpp"

namespace sql {
class Connection;
}

namespace gatewatch::probes::mysql {

/// One line of SHOW GRANTS, as far as it matters.
struct Grant {
    std::vector<std::string> verbs;  ///< "SELECT", "ALL PRIVILEGES"; a role: none. Without the columns' names
    std::string object;              ///< "im_system.*", "PROCEDURE im_system.p"; of a role: empty
    std::vector<std::string> roles;  ///< as the server quotes them: "`reader`@`%`"
};

/// Of a line that is no grant, such as SET DEFAULT ROLE or a partial REVOKE: nothing.
[[nodiscard]] std::optional<Grant> parse_grant(std::string_view line);

/// What goes beyond SELECT: "INSERT, UPDATE ON im_system.*"; else empty.
[[nodiscard]] std::string excess_of(const Grant& grant);

/// The account "user@host" and everything in excess, in words, with the statements that mend it.
[[nodiscard]] MysqlWarning excess_warning(std::string_view account, const std::vector<std::string>& excess,
                                          const std::vector<std::string>& roles,
                                          const config::MysqlSettings& settings);

/// Asks the server; its roles' rights count as the account's. Nothing where it has no more than SELECT, or
/// the server will not say. Throws sql::SQLException where the connection is lost.
[[nodiscard]] std::optional<MysqlWarning> check_rights(sql::Connection& connection,
                                                       const config::MysqlSettings& settings);

}  // namespace gatewatch::probes::mysql
