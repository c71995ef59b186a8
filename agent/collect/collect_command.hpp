// The steps of `gatewatch collect`: a check, what the running agent says of itself, and the archive of it
// all. Used by the command line.
#pragma once

#include <filesystem>
#include <string>

#include "agent/gateway_watch.hpp"
#include "config/settings.hpp"
#include "config/text.hpp"

namespace gatewatch::agent::collect {

struct Request {
    std::filesystem::path config_file;
    std::filesystem::path output;  ///< empty: gatewatch-TIME.tar.gz in the working directory
    Language language = Language::en;
};

struct Result {
    std::string text;  ///< where the archive is and what is in it, or why there is none
    bool written = false;
};

[[nodiscard]] Result run(const config::Settings& settings, const GatewayWatch::Runner& runner,
                         const Request& request);

}  // namespace gatewatch::agent::collect
