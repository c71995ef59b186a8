// The commands as a user types them: their options, their help in both languages, and what was typed. Used by
// the command line, which runs them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "agent/token_command.hpp"

namespace gatewatch::agent {

struct CommandOptions {
    std::string config_file;
    std::string format = "text";
    std::string language;  ///< empty: that of the environment
    bool thorough = false;
    std::string nginx_file;
    std::string output;
    TokenOptions token;
};

/// Which of them was typed; the one that is none of these is `validate`.
struct Commands {
    const CLI::App* run = nullptr;
    const CLI::App* check = nullptr;
    const CLI::App* token = nullptr;
    const CLI::App* lint_nginx = nullptr;
    const CLI::App* collect = nullptr;
};

/// Parsing writes to `options`, which must live as long. The help speaks that language.
Commands declare_commands(CLI::App& app, CommandOptions& options, Language language);

}  // namespace gatewatch::agent
