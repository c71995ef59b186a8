// `gatewatch lint-nginx`: what nginx's configuration does wrong to each gateway's Socket.IO path, with the
// blocks as they should stand. Used by the command line.
#pragma once

#include <optional>
#include <string>

#include "config/settings.hpp"
#include "config/text.hpp"

namespace gatewatch::agent {

struct LintResult {
    std::string text;  ///< for standard output, with a final newline
    int status = 0;    ///< 0 no problem, 1 problems, 2 a configuration that cannot be read
};

/// `file`: nginx's configuration or the output of `nginx -T`; "-": that output from standard input; nothing:
/// what each gateway's [gateway.nginx] names, or /etc/nginx/nginx.conf. Reads files, so it blocks.
[[nodiscard]] LintResult lint_nginx(const config::Settings& settings, const std::optional<std::string>& file,
                                    Language language);

}  // namespace gatewatch::agent
