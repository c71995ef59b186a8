// Reads a configuration file. Strict: every error is reported at once, each with its place and what to do,
// in both languages; an unknown key is an error that names the nearest known one. Used by the command line
// and by reload.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.hpp"

namespace gatewatch::config {

/// One thing that is wrong with a file. Line and column count from 1; 0 where there is no place to point at.
struct Problem {
    std::string file;
    unsigned line = 0;
    unsigned column = 0;
    Text message;

    /// "file:line:column: message"
    [[nodiscard]] std::string text(Language language) const;
    bool operator==(const Problem&) const = default;
};

struct Loaded {
    Settings settings;
    std::vector<Problem>
        warnings;  ///< accepted, but worth saying: a world-readable secret, a probe not yet run
};

/// Never throws for what stands in the file; problems come sorted by line.
[[nodiscard]] std::expected<Loaded, std::vector<Problem>> load_file(const std::filesystem::path& file);

/// The same for text that is already in memory; `name` stands in the messages.
[[nodiscard]] std::expected<Loaded, std::vector<Problem>> load_text(std::string_view text,
                                                                    std::string_view name);

}  // namespace gatewatch::config
