// The commands and their options. Used by main.
#pragma once

#include "agent/diagnosis/verdict.hpp"

namespace gatewatch::agent {

/// Runs the command; its exit status as README.md documents it.
int run_command_line(int argc, const char* const* argv);

/// The language that the environment asks for, by the first of LC_ALL, LC_MESSAGES and LANG that is set.
[[nodiscard]] Language language_of_environment();

}  // namespace gatewatch::agent
