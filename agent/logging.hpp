// The agent's own log: one line an event on standard error, as logfmt or JSON. Everybody may log through
// spdlog's default logger; log_event adds fields to a line. Set up by the app and by the command line.
#pragma once

#include <spdlog/common.h>

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "config/settings.hpp"

namespace gatewatch::agent {

/// Names are [a-z_]+; values may hold anything, they are escaped.
using LogFields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

void log_event(spdlog::level::level_enum level, std::string_view message, LogFields fields);

/// "time=2026-11-22T14:02:59.123Z level=info msg="…" gateway=im": values are quoted where they need it.
[[nodiscard]] std::unique_ptr<spdlog::formatter> make_log_formatter(config::LogFormat format);

/// Makes spdlog's default logger write to standard error.
void set_up_logging(config::LogFormat format, config::LogLevel level);
/// Changes how that logger writes, while others may be logging.
void change_logging(config::LogFormat format, config::LogLevel level);

}  // namespace gatewatch::agent
