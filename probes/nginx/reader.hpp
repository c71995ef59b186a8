// Reads nginx's configuration with its includes into a Document: from nginx.conf, or from what `nginx -T`
// printed. Blocks on files; bounded in files, bytes and depth. Used by inspect() and lint_nginx.
#pragma once

#include <expected>
#include <filesystem>
#include <string>

#include "probes/nginx/document.hpp"

namespace gatewatch::probes::nginx {

/// nginx.conf, or a file that holds what `nginx -T` printed.
[[nodiscard]] std::expected<Document, ReadError> read_file(const std::filesystem::path& path);

/// The same from memory. Relative includes are looked for beside `name`; in the output of `nginx -T` there
/// are only the files that it holds.
[[nodiscard]] std::expected<Document, ReadError> read_text(std::string text, const std::string& name);

}  // namespace gatewatch::probes::nginx
