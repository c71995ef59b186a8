#include <algorithm>

#include "probes/nginx/judge.hpp"

namespace gatewatch::probes::nginx {
namespace {

using std::chrono::seconds;

void judge_timeout(const Case& where, Findings& findings) {
    const auto* line = in_force(where.scope, "proxy_read_timeout");
    const auto timeout = parse_time(word_in_force(where.scope, "proxy_read_timeout", "60s"));
    // The backend speaks every pingInterval. Below it every quiet connection is cut; below the sum, one whose
    // ping comes late.
    if (!timeout || *timeout > where.ping_interval + where.ping_timeout) return;
    auto& found = findings.add(NginxFault::read_timeout_short, *timeout <= where.ping_interval, line);
    const auto enough = std::chrono::ceil<seconds>((where.ping_interval + where.ping_timeout) * 2);
    found.block = &where.block();
    found.edits = findings.mender().put(where.block(), "proxy_read_timeout",
                                        std::to_string(std::max(enough, seconds(90)).count()) + "s");
}

void judge_version(const Case& where, Findings& findings) {
    if (word_in_force(where.scope, "proxy_http_version", "1.0") == "1.1") return;
    auto& found = findings.add(NginxFault::http_version, false, in_force(where.scope, "proxy_http_version"));
    found.block = &where.block();
    found.edits = findings.mender().put(where.block(), "proxy_http_version", "1.1");
}

void judge_buffering(const Case& where, Findings& findings) {
    if (word_in_force(where.scope, "proxy_buffering", "on") == "off") return;
    auto& found = findings.add(NginxFault::buffering_on, false, in_force(where.scope, "proxy_buffering"));
    found.block = &where.block();
    found.edits = findings.mender().put(where.block(), "proxy_buffering", "off");
}

/// engine.io forbids storing what it answers, so that a cache does harm only where that is disregarded.
void judge_cache(const Case& where, Findings& findings) {
    const auto* cache = in_force(where.scope, "proxy_cache");
    if (!cache || cache->args.empty() || cache->args[0] == "off") return;
    const auto ignored = all_in_force(where.scope, "proxy_ignore_headers");
    const bool disregards = std::ranges::any_of(ignored, [](const Directive* line) {
        return std::ranges::any_of(line->args, [](const auto& w) { return same_text(w, "Cache-Control"); });
    });
    const bool valid = in_force(where.scope, "proxy_cache_valid") != nullptr;
    const bool exceptions = in_force(where.scope, "proxy_no_cache") != nullptr;
    auto& found = findings.add(NginxFault::cached, disregards && valid && !exceptions, cache);
    found.block = &where.block();
    found.edits = findings.mender().put(where.block(), "proxy_cache", "off");
}

/// The token may travel in a header of a kilobyte and more.
void judge_buffers(const Case& where, Findings& findings) {
    constexpr std::uint64_t least = 2048;
    const auto* line = in_force(where.scope, "large_client_header_buffers");
    if (!line || line->args.size() != 2) return;
    const auto size = parse_size(line->args[1]);
    const auto small = parse_size(word_in_force(where.scope, "client_header_buffer_size", "1k"));
    if (!size || !small || std::max(*size, *small) >= least) return;
    auto& found = findings.add(NginxFault::header_buffers_small, true, line);
    found.block = where.server;
    found.edits = findings.mender().put(*where.server, "large_client_header_buffers", "4 8k");
}

}  // namespace

void judge_proxy(const Case& where, Findings& findings) {
    judge_timeout(where, findings);
    judge_cache(where, findings);
    judge_buffers(where, findings);
    judge_version(where, findings);
    judge_buffering(where, findings);
}

}  // namespace gatewatch::probes::nginx
