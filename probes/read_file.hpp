// Reads a file that somebody else writes and that should be small: environment files, pid files, the end of a
// log. Blocking. Used by the collectors env_files and pm2_process.
#pragma once

#include <chrono>
#include <expected>
#include <filesystem>
#include <string>

#include "config/text.hpp"
#include "probes/outcome.hpp"

namespace gatewatch::probes {

struct FileEnd {
    std::string bytes;
    bool whole = true;    ///< false: it begins in the middle of the file
    WallTime modified{};  ///< before it was read
};

/// The last `most` bytes of a regular file; a FIFO or device is an error and blocks nobody. The error is
/// "cannot read FILE: why", without what to do.
[[nodiscard]] std::expected<FileEnd, Text> read_end(const std::filesystem::path& path, std::size_t most);

}  // namespace gatewatch::probes
