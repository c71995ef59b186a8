// Says why a database cannot be reached, since the library's own error number does not tell refused from
// unreachable. Blocking; called on the worker thread, and only after the library has failed: a server counts
// connections that say nothing and blocks their host after a hundred. Used by token_table.cpp.
#pragma once

#include <chrono>
#include <expected>
#include <string>

#include "config/settings.hpp"
#include "config/text.hpp"

namespace gatewatch::probes::mysql {

struct HostPort {
    std::string host;  ///< without brackets
    std::string port;
};

/// Splits "host:port", "[v6]:port" or a bare host, whose port is then 3306.
[[nodiscard]] HostPort split_address(const std::string& address);

/// What a plain connect met.
struct Reached {
    Text text;                 ///< with what to do; empty: it was accepted
    bool unreachable = false;  ///< the kind of trouble that meets the backend too: not this agent's own
};

/// What a plain connect to the database's address or socket meets.
[[nodiscard]] Reached why_unreachable(const config::MysqlSettings& settings, std::chrono::milliseconds limit);

}  // namespace gatewatch::probes::mysql
