// `gatewatch collect`: what an engineer who was not there needs, as one archive: the checklist of the
// deployment's debugging guide, gathered at once, with secrets taken out. Used by the command line.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "agent/collect/archive.hpp"
#include "agent/report.hpp"
#include "config/secret.hpp"
#include "config/settings.hpp"

namespace gatewatch::agent::collect {

struct Input {
    const config::Settings& settings;
    std::filesystem::path config_file;
    const Report& report;  ///< of a check just now
    std::string tokens;    ///< the token table's newest rows, previews only; empty: no database is configured
    std::string agent_metrics;  ///< /metrics of the running agent; empty: none answers
    std::string agent_status;   ///< its /api/v1/status
};

/// Everything that goes into the archive, MANIFEST.txt first, which says what could not be had and why. Reads
/// files; nothing is written.
[[nodiscard]] std::vector<Entry> gather(const Input& input);

/// The secrets that the configuration names: tokens and passwords, as far as they can be read.
[[nodiscard]] std::vector<Secret> secrets_of(const config::Settings& settings);

}  // namespace gatewatch::agent::collect
