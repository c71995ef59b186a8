// What a configuration means, in words and numbers: what will run, and how much that asks of each target
// (load.hpp). Pure; used by `gatewatch validate`, so that nobody has to guess before the agent is let loose
// on a production system.
#pragma once

#include <string>

#include "config/settings.hpp"
#include "config/text.hpp"

namespace gatewatch::agent {

/// Where the gateway's token comes from; never the token.
[[nodiscard]] Text describe_token(const config::TokenSettings& token);

/// Everything that will run and its load, as text with a final newline.
[[nodiscard]] std::string describe_plan(const config::Settings& settings, Language language);

}  // namespace gatewatch::agent
