// nginx's log_format, taken apart: which variable stands where, and what stands between them. Checked here,
// so that a format from which a request cannot be read is an error of the configuration; used by
// probes/nginx/access_log.cpp, which reads lines by it.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "config/values.hpp"

namespace gatewatch::config {

/// How nginx writes what could be mistaken for the format's own characters: as \x22, as JSON does, or as it
/// is.
enum class LogEscape { standard, json, none };

struct LogField {
    std::string before;    ///< what stands between it and the field before
    std::string variable;  ///< without its `$`
};

struct NginxLogFormat {
    LogEscape escape = LogEscape::standard;
    std::vector<LogField> fields;
    std::string end;  ///< behind the last field

    [[nodiscard]] bool has(std::string_view variable) const {
        return std::ranges::find(fields, variable, &LogField::variable) != fields.end();
    }
};

/// Predefined in nginx (ngx_http_log_module), and what access_log takes where it names no format.
inline constexpr std::string_view combined_log_format =
    R"($remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" )"
    R"("$http_user_agent")";

/// The argument of log_format with its parts joined, perhaps with "escape=json " before it; empty: combined.
/// Needs $status, and $request, $request_uri, or $uri with $args. `$uri$is_args$args` is one field, named
/// request_uri.
[[nodiscard]] Parsed<NginxLogFormat> parse_log_format(std::string_view text);

/// A value of the configuration: the text, if it can be parsed; "combined" is what an empty text stands for.
[[nodiscard]] Parsed<std::string> check_log_format(std::string_view text);

/// A variable whose value begins with a slash, so that it may follow another without anything between them.
[[nodiscard]] bool begins_with_slash(std::string_view variable);

}  // namespace gatewatch::config
