// What a browser refuses although the answer is right: the polling probe judges CORS, its evidence says which
// way.
#include "agent/diagnosis/rules.hpp"

namespace gatewatch::agent::rule {

using probes::Outcome;
using probes::Reason;

namespace {

enum class Fault { none, duplicate, wildcard, mismatch };

Fault fault_of(const Outcome& outcome) {
    if (!is_any(outcome, {Reason::cors})) return Fault::none;
    if (outcome.evidence.contains("twice") || outcome.evidence.contains("times")) return Fault::duplicate;
    if (outcome.evidence.contains('*')) return Fault::wildcard;
    return Fault::mismatch;
}

/// Browsers come over the public route: what the local one lacks may be nginx's to add.
MaybeFinding judge(const Facts& facts, Fault fault) {
    const Matches matches = [fault](const Outcome& outcome) { return fault_of(outcome) == fault; };
    return found(facts.failure(facts.has_route(Role::public_) ? Role::public_ : Role::local, matches));
}

}  // namespace

MaybeFinding cors_duplicate(const Facts& facts) {
    return judge(facts, Fault::duplicate);
}
MaybeFinding cors_wildcard(const Facts& facts) {
    return judge(facts, Fault::wildcard);
}
MaybeFinding cors_mismatch(const Facts& facts) {
    return judge(facts, Fault::mismatch);
}

}  // namespace gatewatch::agent::rule
