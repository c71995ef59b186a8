#include "probes/socketio/transcript.hpp"

#include <fmt/format.h>

#include "probes/evidence_text.hpp"

namespace gatewatch::probes::socketio {
namespace {

/// As much of a text as is looked at: redaction must not cost what a peer decides.
constexpr std::size_t considered = 8 * max_transcript_line;

}  // namespace

void Transcript::sent(const net::HttpRequest& request) {
    bool token_in_header = false;
    for (const auto& [name, value] : request.headers)
        token_in_header = token_in_header || name == "Authorization";
    sent(fmt::format("{} {}{}{}{}", request.method, request.target,
                     token_in_header ? " (Authorization: Bearer [redacted])" : "",
                     request.body.empty() ? "" : ": ", request.body));
}

void Transcript::received(const net::HttpReply& reply) {
    received(fmt::format("{} {}: {}", reply.status, reply.header("Content-Type"),
                         std::string_view(reply.body).substr(0, considered)));
}

void Transcript::add(bool sent, std::string_view text) {
    auto at = std::chrono::steady_clock::now() - outcome_.started;
    auto& lines = outcome_.transcript;
    if (lines.size() < max_transcript_lines) {
        auto shown = printable(evidence_text(text.substr(0, considered), secret_), max_transcript_line);
        lines.push_back({at, sent, std::move(shown)});
        return;
    }
    more_ += more_ == 0 ? 2 : 1;  // the first one takes the place of a line
    lines.back() = {at, sent, fmt::format("… and {} more", more_)};
}

}  // namespace gatewatch::probes::socketio
