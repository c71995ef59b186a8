// Reads secrets that stand in files of their own: tokens and passwords. Read anew at each use, so that a
// rotated secret needs no reload. Used by the token source and the MySQL collector.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "config/secret.hpp"
#include "config/text.hpp"

namespace gatewatch::probes {

/// The file's content without the white space around it. Only regular files are opened, so that a FIFO cannot
/// block the caller. The error says what is wrong with which file and what to do; it never holds any of the
/// content.
[[nodiscard]] std::expected<Secret, Text> read_secret_file(const std::filesystem::path& path);

/// The text without the white space around it, or why it cannot be a secret that is sent in one line: the end
/// of a sentence that begins with the name of its place.
[[nodiscard]] std::expected<Secret, Text> trimmed_secret(std::string text);

}  // namespace gatewatch::probes
