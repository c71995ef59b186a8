// The forms that text values of the configuration take: each function checks one form and gives the value,
// normalised where that is harmless, or what is wrong and what to write instead. Used by the loader. The
// errors repeat a value only where nobody would paste a secret by mistake.
#pragma once

#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "config/text.hpp"

namespace gatewatch::config {

template <class T>
using Parsed = std::expected<T, Text>;

[[nodiscard]] inline std::unexpected<Text> wrong(Text text) {
    return std::unexpected(std::move(text));
}

/// Any text but an empty one, 200 bytes at most.
[[nodiscard]] Parsed<std::string> parse_text(std::string_view text);
/// The same, or empty.
[[nodiscard]] Parsed<std::string> parse_optional_text(std::string_view text);

/// A metric label that also stands in logs and addresses: 1 to 64 of A-Z a-z 0-9 _ . -
[[nodiscard]] Parsed<std::string> parse_name(std::string_view text);

/// A database or table, which stands unquoted in statements: 1 to 64 of A-Z a-z 0-9 _ $
[[nodiscard]] Parsed<std::string> parse_identifier(std::string_view text);

/// The name of an environment variable.
[[nodiscard]] Parsed<std::string> parse_variable(std::string_view text);

/// The name of an application in PM2, which becomes part of file names.
[[nodiscard]] Parsed<std::string> parse_app(std::string_view text);

[[nodiscard]] Parsed<std::filesystem::path> parse_path(std::string_view text);

/// http://host or https://host, perhaps with a port and a final slash; given without the slash and the
/// default port, in lower case, as a browser would put it into Origin (RFC 6454, section 6.1).
[[nodiscard]] Parsed<std::string> parse_base_url(std::string_view text);

/// A URL with a path, without userinfo, query and fragment.
[[nodiscard]] Parsed<std::string> parse_page_url(std::string_view text);

/// "/im": a Socket.IO namespace.
[[nodiscard]] Parsed<std::string> parse_namespace(std::string_view text);

/// "/socket.io/": the path of the Engine.IO endpoint.
[[nodiscard]] Parsed<std::string> parse_endpoint_path(std::string_view text);

/// "/api/health": the path of a request, without query and fragment.
[[nodiscard]] Parsed<std::string> parse_request_path(std::string_view text);

/// host:port of a server; an IPv6 address in brackets.
[[nodiscard]] Parsed<std::string> parse_address(std::string_view text);

/// IP address:port to listen on; port 0 takes a free one.
[[nodiscard]] Parsed<std::string> parse_listen(std::string_view text);

/// "+08:00", a zone's name such as "Asia/Shanghai", or empty.
[[nodiscard]] Parsed<std::string> parse_time_zone(std::string_view text);

}  // namespace gatewatch::config
