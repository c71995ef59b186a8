// What a browser refuses although the answer is right: the polling probe judges CORS as a browser would.
#include <algorithm>

#include "agent/diagnosis/lines.hpp"
#include "agent/diagnosis/rules.hpp"

namespace gatewatch::agent::rule {

using probes::CorsFault;
using probes::Outcome;
using probes::Reason;

namespace {

/// Browsers come over the public route: what the local one lacks may be nginx's to add.
const ProbeEvidence* refused_by_browsers(const Facts& facts, std::initializer_list<CorsFault> faults) {
    const Matches matches = [faults](const Outcome& o) {
        return is_any(o, {Reason::cors}) && o.cors && std::ranges::find(faults, *o.cors) != faults.end();
    };
    return facts.failure(facts.has_route(Role::public_) ? Role::public_ : Role::local, matches);
}

/// What stands in the file is what the backend sends, or the file gives it nothing to send.
bool comes_from(const probes::EnvFinding& finding, const Outcome& outcome) {
    return finding.value.empty() || outcome.cors_seen.contains(finding.value);
}

}  // namespace

MaybeFinding cors_duplicate(const Facts& facts) {
    return found(refused_by_browsers(facts, {CorsFault::duplicate}));
}
MaybeFinding cors_wildcard(const Facts& facts) {
    return found(refused_by_browsers(facts, {CorsFault::wildcard}));
}
MaybeFinding cors_mismatch(const Facts& facts) {
    return found(refused_by_browsers(facts, {CorsFault::missing, CorsFault::other_origin}));
}

MaybeFinding env_behind_cors(const Facts& facts) {
    const auto& env = facts.snapshot().env;
    const auto* refused =
        refused_by_browsers(facts, {CorsFault::missing, CorsFault::other_origin, CorsFault::wildcard});
    if (!env || !env->up || !refused) return std::nullopt;
    const bool explains = std::ranges::any_of(env->findings, [refused](const probes::EnvFinding& finding) {
        return finding.fault == probes::EnvFault::frontend_url && comes_from(finding, *refused->last);
    });
    if (!explains) return std::nullopt;
    Finding finding{env_lines(*env), {}, {}};
    finding.evidence.push_back(line_of(*refused));
    return finding;
}

}  // namespace gatewatch::agent::rule
