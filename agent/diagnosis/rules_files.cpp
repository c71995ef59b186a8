// What stands in files: the frontend's scripts and the environment files. Users fail by it although every
// probe over the wire passes.
#include <algorithm>

#include "agent/diagnosis/lines.hpp"
#include "agent/diagnosis/rules.hpp"

namespace gatewatch::agent::rule {

namespace {

bool frontend_is_wrong(const Facts& facts) {
    const auto& sample = facts.snapshot().frontend;
    return sample && sample->up && std::ranges::any_of(sample->findings, &probes::FrontendFinding::problem);
}

bool env_has(const Facts& facts, probes::EnvFault fault) {
    const auto& sample = facts.snapshot().env;
    if (!sample || !sample->up) return false;
    return std::ranges::find(sample->findings, fault, &probes::EnvFinding::fault) != sample->findings.end();
}

}  // namespace

MaybeFinding frontend_misconfigured(const Facts& facts) {
    if (!frontend_is_wrong(facts)) return std::nullopt;
    return Finding{frontend_lines(*facts.snapshot().frontend), {}, {}};
}

MaybeFinding env_behind_frontend(const Facts& facts) {
    // A policy is no matter of the URL that was baked in.
    const auto is_url = [](const probes::FrontendFinding& finding) {
        return finding.problem && finding.fault != probes::FrontendFault::csp_blocks;
    };
    if (!frontend_is_wrong(facts) || !env_has(facts, probes::EnvFault::ws_url)) return std::nullopt;
    const auto& frontend = *facts.snapshot().frontend;
    if (std::ranges::none_of(frontend.findings, is_url)) return std::nullopt;
    Finding finding{env_lines(*facts.snapshot().env), {}, {}};
    for (auto& line : frontend_lines(frontend)) finding.evidence.push_back(std::move(line));
    return finding;
}

MaybeFinding env_misconfigured(const Facts& facts) {
    const auto& sample = facts.snapshot().env;
    if (!sample || !sample->up || sample->findings.empty()) return std::nullopt;
    return Finding{env_lines(*sample), {}, {}};
}

}  // namespace gatewatch::agent::rule
