// `gatewatch token`: reads a token from standard input and says what the database knows of it, and why the
// backend may see it otherwise; or lists rows of the token table. Used by the command line.
#pragma once

#include <cstdint>
#include <expected>
#include <istream>
#include <optional>
#include <string>

#include "config/secret.hpp"
#include "config/settings.hpp"
#include "config/text.hpp"

namespace gatewatch::agent {

struct TokenOptions {
    std::string gateway;                  ///< empty: the only one with [gateway.mysql]
    std::optional<unsigned> recent;       ///< --recent N
    std::optional<std::int64_t> user_id;  ///< --user ID
    Language language = Language::en;
    bool json = false;
};

struct TokenAnswer {
    std::string output;  ///< for standard output
    std::string error;   ///< for standard error; empty: none
    int status = 0;      ///< 0 valid, or listed; 1 not valid; 2 wrong usage; 3 cannot tell
};

/// Reads `input` to its end, unless rows are to be listed. Blocks for some seconds at most beside that.
[[nodiscard]] TokenAnswer run_token(const config::Settings& settings, const TokenOptions& options,
                                    std::istream& input);

/// A token as people paste it: with white space around it, in quotes, behind "Bearer ". The error never
/// repeats any of it.
[[nodiscard]] std::expected<Secret, Text> pasted_token(std::string text);

}  // namespace gatewatch::agent
