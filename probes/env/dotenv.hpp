// Reads an environment file as the dotenv package does, which NestJS and Vite use. Pure. Used by
// env_files.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gatewatch::probes::env {

struct Variable {
    std::string key;
    std::string value;  ///< without its quotes
    unsigned line = 0;  ///< in which its key stands, from 1
};

/// Every assignment in the order of the file; of two with one key dotenv takes the last.
[[nodiscard]] std::vector<Variable> parse_dotenv(std::string_view text);

/// The one that counts, or nullptr.
[[nodiscard]] const Variable* find(const std::vector<Variable>& variables, std::string_view key);

/// The value with $NAME and ${NAME} filled in from the same file, as dotenv-expand does. False if one of them
/// is not there: it may come from the environment of the build, so the value is not known.
[[nodiscard]] bool expand(const std::vector<Variable>& variables, std::string& value);

}  // namespace gatewatch::probes::env
