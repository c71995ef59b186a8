#include "agent/diagnosis/nginx_fit.hpp"

#include <algorithm>
#include <array>

#include "agent/diagnosis/lines.hpp"
#include "agent/nginx_text.hpp"

namespace gatewatch::agent {
namespace {

using probes::NginxFault;

struct Fit {
    NginxFault fault;
    Cause cause;
    /// What may be meant so is a note; where the wire shows that it does harm, it is the place all the same.
    bool note_too = false;
};

constexpr std::array fits{
    Fit{NginxFault::no_server, Cause::wrong_vhost},
    Fit{NginxFault::no_server, Cause::location_missing},
    Fit{NginxFault::no_location, Cause::location_missing},
    Fit{NginxFault::no_location, Cause::proxy_denied},
    Fit{NginxFault::upgrade_not_passed, Cause::upgrade_stripped},
    Fit{NginxFault::connection_not_passed, Cause::upgrade_stripped},
    Fit{NginxFault::headers_not_inherited, Cause::upgrade_stripped},
    Fit{NginxFault::path_rewritten, Cause::path_rewritten},
    Fit{NginxFault::other_upstream, Cause::wrong_upstream},
    Fit{NginxFault::not_sticky, Cause::not_sticky},
    Fit{NginxFault::read_timeout_short, Cause::idle_timeout},
    Fit{NginxFault::denied, Cause::proxy_denied, true},
    Fit{NginxFault::redirected, Cause::redirect},
    Fit{NginxFault::methods_limited, Cause::post_blocked},
    Fit{NginxFault::rate_limited, Cause::rate_limited, true},
    Fit{NginxFault::cached, Cause::cached_handshake, true},
    Fit{NginxFault::cors_added, Cause::cors_duplicate, true},
    Fit{NginxFault::authorization_dropped, Cause::token_missing},
    Fit{NginxFault::header_buffers_small, Cause::header_too_large},
};

const probes::NginxSample* sample_of(const Facts& facts) {
    const auto& sample = facts.snapshot().nginx;
    return sample && sample->up ? &*sample : nullptr;
}

/// The fault is the backend's where the local route has it too, and not nginx's where it is not seen through
/// it: then its configuration explains nothing.
bool is_backends(const Facts& facts, Cause cause) {
    const Matches lost = [](const probes::Outcome& o) {
        return is_any(o, {probes::Reason::eio_sid_unknown});
    };
    if (cause == Cause::not_sticky) {
        return facts.failure(Role::local, lost) || facts.failure(Role::local, ProbeKind::sticky, lost);
    }
    return cause == Cause::token_missing && facts.passes(Role::public_, ProbeKind::header_token);
}

/// The local address of which one family is dead, where nginx proxies to that family or to the name.
EvidenceLine dead_address_line(const Facts& facts, const std::string& proxy_pass) {
    for (const auto& evidence : facts.snapshot().probes) {
        if (evidence.plan.role != Role::local || !evidence.last) continue;
        for (const std::string& dead : evidence.last->dead_addresses) {
            const std::string address = dead.substr(0, dead.find(' '));
            const bool named = proxy_pass.contains(address) || proxy_pass.contains("localhost");
            if (!named) continue;
            return make_line(source_of(evidence.plan), say("{} is dead, while {} works; nginx proxies to {}",
                                                           "{} 不可用，而 {} 正常；nginx 转发到 {}", dead,
                                                           evidence.last->address, proxy_pass));
        }
    }
    return {};
}

std::string whole_lines(std::string text) {
    if (!text.empty() && !text.ends_with('\n')) text += '\n';
    return text;
}

}  // namespace

std::vector<const probes::NginxFinding*> fitting_findings(const Facts& facts, Cause cause) {
    std::vector<const probes::NginxFinding*> fitting;
    const auto* sample = sample_of(facts);
    if (!sample || is_backends(facts, cause)) return fitting;
    for (const auto& finding : sample->findings) {
        const auto fit = [&](const Fit& f) {
            return f.cause == cause && f.fault == finding.fault && (finding.problem || f.note_too);
        };
        if (std::ranges::any_of(fits, fit)) fitting.push_back(&finding);
    }
    return fitting;
}

Text mended_block(const Facts& facts, Cause cause) {
    constexpr std::size_t readable = 4096;
    for (const auto* finding : fitting_findings(facts, cause)) {
        if (finding->mended.empty() || finding->mended.size() > readable) continue;
        const Text what = describe(*finding);
        const std::string place = place_of(*finding);
        const std::string block = whole_lines(finding->mended);
        Text besides;
        if (const std::string http = whole_lines(finding->for_http); !http.empty()) {
            besides = say("and in the http block:\n{}", "并在 http 块中加上：\n{}", http);
        }
        return {fmt::format("In {}: {}. Write:\n{}{}nginx -t && nginx -s reload", place, what.en, block,
                            besides.en),
                fmt::format("{}：{}。请写成：\n{}{}nginx -t && nginx -s reload", place, what.zh, block,
                            besides.zh)};
    }
    return {};
}

std::vector<EvidenceLine> nginx_lines(const Facts& facts, Cause cause) {
    constexpr std::size_t most = 3;
    const std::string source(name_of(CollectorKind::nginx_config));
    std::vector<EvidenceLine> lines;
    for (const auto* finding : fitting_findings(facts, cause)) {
        if (lines.size() == most) break;
        const Text what = describe(*finding);
        const std::string place = place_of(*finding);
        lines.push_back(make_line(source, {place + ": " + what.en, place + "：" + what.zh}));
    }
    const auto* sample = sample_of(facts);
    const bool upstream = cause == Cause::wrong_upstream || cause == Cause::upstream_unreachable;
    if (!sample || !upstream || sample->proxy_pass.empty()) return lines;
    if (lines.empty()) {
        lines.push_back(
            make_line(source, say("{}:{}: location {} proxies to {}", "{}:{}：location {} 转发到 {}",
                                  sample->file, sample->line, sample->location, sample->proxy_pass)));
    }
    if (auto dead = dead_address_line(facts, sample->proxy_pass); !dead.source.empty()) {
        lines.push_back(std::move(dead));
    }
    return lines;
}

}  // namespace gatewatch::agent
