// Says what is wrong with TLS to the database: the library has one error number for all of it, and tells the
// rest in words. Pure. Used by fault_text.cpp.
#pragma once

#include <string>

#include "config/settings.hpp"
#include "config/text.hpp"

namespace gatewatch::probes::mysql {

/// From the words of libmariadb or libmysqlclient: what, and what to do.
[[nodiscard]] Text tls_trouble(const std::string& message, const config::MysqlSettings& settings);

}  // namespace gatewatch::probes::mysql
