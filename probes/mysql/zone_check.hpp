// Whether database, backend and configuration speak of one time zone: DATETIME has none, so that a wrong one
// shifts every expiry by hours without an error. Pure. Used by token_table.cpp.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "probes/samples.hpp"

namespace gatewatch::probes::mysql {

struct ZoneFacts {
    std::string server;   ///< of sessions that choose none: "SYSTEM", "+00:00", "Europe/Berlin"
    std::string host;     ///< what "SYSTEM" stands for: "CST"
    std::string backend;  ///< in which the columns are read
    std::optional<std::chrono::seconds> server_minus_backend;
    /// How far the newest created_at lies ahead of the database's clock.
    std::optional<std::chrono::seconds> newest_ahead;
    /// created_at of the token that the probe has got by logging in, minus the moment of the login.
    std::optional<std::chrono::seconds> own_off;
    /// That token's row had expired when it was new.
    bool own_expired_at_once = false;
};

/// "8 h", "5 h 30 min".
[[nodiscard]] std::string hours_of(std::chrono::seconds duration);

/// Zones that differ, for whoever asks the database by hand; and rows that can only come from another zone
/// than the one in which they are read.
[[nodiscard]] std::vector<MysqlWarning> zone_warnings(const ZoneFacts& facts);

}  // namespace gatewatch::probes::mysql
