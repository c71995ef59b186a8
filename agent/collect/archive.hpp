// Writes a .tar.gz. Used by collect.cpp.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "config/text.hpp"

namespace gatewatch::agent::collect {

struct Entry {
    std::string name;  ///< its path in the archive
    std::string content;
};

/// Whether write_archive would probably work: asked before all that goes into it is gathered.
[[nodiscard]] std::expected<void, Text> can_write_archive(const std::filesystem::path& file);

/// Writes a new file that only its owner may read; an existing one is left alone. Or why not: what, where,
/// what to do.
[[nodiscard]] std::expected<void, Text> write_archive(const std::filesystem::path& file,
                                                      const std::vector<Entry>& entries);

}  // namespace gatewatch::agent::collect
