// One function for each section of the file: from the parsed TOML to the plain settings. Used by the loader.
#pragma once

#include "config/section.hpp"

namespace gatewatch::config {

[[nodiscard]] AgentSettings read_agent(Section section);

/// `table` is one [[gateway]] with everything below it.
[[nodiscard]] GatewaySettings read_gateway(const toml::table& table, Report& report);

[[nodiscard]] TokenSettings read_token(Section section);
[[nodiscard]] MysqlSettings read_mysql(Section section);
[[nodiscard]] Pm2Settings read_pm2(Section section);
[[nodiscard]] NginxSettings read_nginx(Section section);
[[nodiscard]] FrontendSettings read_frontend(Section section);
[[nodiscard]] EnvFilesSettings read_env_files(Section section);

/// Warns if the file is missing, empty, not readable or readable by everybody: it may come later, so none is
/// an error.
void check_secret_file(Section& section, std::string_view key, const std::filesystem::path& file);

/// Warns if the file cannot be read.
void check_readable(Section& section, std::string_view key, const std::filesystem::path& file);

}  // namespace gatewatch::config
