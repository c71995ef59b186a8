#include "probes/nginx/error_log.hpp"

#include <algorithm>
#include <array>

#include "probes/evidence_text.hpp"
#include "probes/nginx/edge_text.hpp"

namespace gatewatch::probes::nginx {
namespace {

/// What nginx says (ngx_http_upstream.c, ngx_event_connect.c and others), from its first word on: a path that
/// a client asked for, which other messages quote, must not pass for it.
struct Wording {
    std::string_view beginning;
    std::string_view further;  ///< stands somewhere behind it
    EdgeError error;
};

constexpr std::array wordings{
    Wording{"connect() ", "(111: ", EdgeError::refused},
    // The socket file of a backend that does not run.
    Wording{"connect() ", "(2: ", EdgeError::refused},
    Wording{"connect() ", "(110: ", EdgeError::timed_out},
    Wording{"connect() ", "(104: ", EdgeError::reset},
    Wording{"connect() ", "(101: ", EdgeError::unreachable},
    Wording{"connect() ", "(113: ", EdgeError::unreachable},
    Wording{"connect() ", "", EdgeError::other},
    Wording{"upstream timed out ", "", EdgeError::timed_out},
    Wording{"upstream prematurely closed connection", "", EdgeError::closed_early},
    Wording{"recv() failed (104: ", "upstream", EdgeError::reset},
    Wording{"recv() failed (104: ", "upgraded connection", EdgeError::reset},
    Wording{"readv() failed (104: ", "upstream", EdgeError::reset},
    Wording{"send() failed (", "upstream", EdgeError::reset},
    Wording{"writev() failed (", "upstream", EdgeError::reset},
    Wording{"sendfile() failed (", "upstream", EdgeError::reset},
    Wording{"no live upstreams ", "", EdgeError::no_live_upstream},
    Wording{"upstream sent too big header", "", EdgeError::header_too_big},
    Wording{"upstream sent invalid ", "", EdgeError::invalid_header},
    Wording{"upstream sent no valid HTTP", "", EdgeError::invalid_header},
    Wording{"upstream sent duplicate header", "", EdgeError::invalid_header},
    Wording{"upstream sent ", "", EdgeError::other},
    Wording{"SSL_do_handshake() failed ", "to upstream", EdgeError::tls},
    Wording{"upstream SSL certificate ", "", EdgeError::tls},
    Wording{"peer closed connection in SSL handshake", "to upstream", EdgeError::tls},
    Wording{"no resolver defined to resolve ", "", EdgeError::not_resolved},
    Wording{"host not found in upstream ", "", EdgeError::not_resolved},
    Wording{"limiting requests, excess", "", EdgeError::limited},
    Wording{"limiting connections by ", "", EdgeError::limited},
};

/// Up to the first of these, `message` is nginx's own.
constexpr std::string_view client = ", client: ";

struct Line {
    std::string_view level;
    std::string_view message;
    std::string_view context;  ///< from ", client: " on; empty: the line is about no request
};

/// "2026/11/22 22:48:24 [error] 28611#28611: *1 connect() failed …"
std::optional<Line> take_apart(std::string_view line) {
    constexpr std::size_t date = std::string_view("2026/11/22 22:48:24 ").size();
    if (line.size() <= date || line[4] != '/' || line[7] != '/' || line[date] != '[') return std::nullopt;
    line.remove_prefix(date + 1);
    const auto bracket = line.find("] ");
    const auto colon = line.find(": ");
    if (bracket == std::string_view::npos || colon == std::string_view::npos || colon < bracket) {
        return std::nullopt;
    }
    Line parts;
    parts.level = line.substr(0, bracket);
    line.remove_prefix(colon + 2);
    if (line.starts_with('*')) line.remove_prefix(std::min(line.find(' ') + 1, line.size()));
    const auto context = std::min(line.find(client), line.size());
    parts.message = line.substr(0, context);
    parts.context = line.substr(context);
    return parts;
}

/// What nginx makes of a trouble is said with less, "upstream server temporarily disabled", and so is what
/// clients do. But so is, too, that a WebSocket was cut because its upstream was silent.
bool is_complaint(const Line& line) {
    if (line.level == "info") return line.message.starts_with("upstream timed out ");
    return line.level == "error" || line.level == "crit" || line.level == "alert" || line.level == "emerg";
}

/// The value behind ", NAME: ", up to the next ", ".
std::string_view bare_value(std::string_view context, std::string_view name) {
    const auto begin = context.find(name);
    if (begin == std::string_view::npos) return {};
    const auto value = context.substr(begin + name.size());
    return value.substr(0, value.find(", "));
}

/// The value behind ", NAME: \"", up to the next quote that ends it.
std::string_view quoted_value(std::string_view context, std::string_view name) {
    const auto begin = context.find(name);
    if (begin == std::string_view::npos) return {};
    const auto value = context.substr(begin + name.size());
    const auto more = value.find("\", ");
    if (more != std::string_view::npos) return value.substr(0, more);
    return value.ends_with('"') ? value.substr(0, value.size() - 1) : value;
}

struct Request {
    std::string_view line;
    std::string_view server;
    std::string_view host;
    std::string_view upstream;
};

/// The parts of ", client: …, server: …, request: "…", upstream: "…", host: "…", referrer: "…"".
Request request_in(std::string_view context) {
    constexpr std::string_view opening = ", request: \"";
    Request request;
    const auto begin = context.find(opening);
    if (begin == std::string_view::npos) return request;
    request.server = bare_value(context.substr(0, begin), ", server: ");
    request.line = quoted_value(context, opening);
    auto behind = context.substr(begin + opening.size());
    // The referrer comes last, as the client wrote it.
    behind = behind.substr(0, behind.find("\", referrer: \""));
    request.host = quoted_value(behind, "\", host: \"");
    request.upstream = quoted_value(behind.substr(0, behind.find("\", host: \"")), "\", upstream: \"");
    return request;
}

std::optional<EdgeError> error_of(std::string_view message, bool has_upstream) {
    for (const Wording& wording : wordings) {
        if (message.starts_with(wording.beginning) && message.contains(wording.further)) return wording.error;
    }
    if (message.contains(" could not be resolved (")) return EdgeError::not_resolved;
    if (message.contains(" worker_connections are not enough")) return EdgeError::no_connection;
    const bool other = has_upstream && message.contains(" while ") && message.contains("upstream");
    return other ? std::optional(EdgeError::other) : std::nullopt;
}

/// What meets every request, and so names none.
bool meets_all(std::string_view message) {
    return message.starts_with("host not found in upstream ") ||
           (message.ends_with(" worker_connections are not enough") && message.size() < 64);
}

}  // namespace

std::optional<EdgeTrouble> read_error_line(std::string_view line, const EdgeTarget& target) {
    const auto parts = take_apart(line);
    if (!parts || !is_complaint(*parts)) return std::nullopt;
    const Request request = request_in(parts->context);
    const bool ours = parts->context.empty() ? meets_all(parts->message)
                                             : target.takes_request(request.line) &&
                                                   target.takes_host(request.host, request.server);
    if (!ours) return std::nullopt;
    const auto error = error_of(parts->message, !request.upstream.empty());
    if (!error) return std::nullopt;
    EdgeTrouble trouble;
    trouble.error = *error;
    trouble.upstream = evidence_text(without_queries(request.upstream), std::nullopt);
    trouble.excerpt = evidence_text(without_queries(parts->message), std::nullopt);
    return trouble;
}

}  // namespace gatewatch::probes::nginx
