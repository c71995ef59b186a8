// What is wrong with a command line, in both languages: CLI11 says it in English only. Used by the command
// line.
#pragma once

#include <CLI/CLI.hpp>
#include <string_view>

#include "config/text.hpp"

namespace gatewatch::agent {

/// "gatewatch check: --config FILE is required; see gatewatch check --help". `command`: the one that was
/// typed, or nullptr.
[[nodiscard]] Text usage_error(const CLI::App* command, const CLI::App& app, const CLI::ParseError& error);

[[nodiscard]] Text unknown_command(std::string_view word);

}  // namespace gatewatch::agent
