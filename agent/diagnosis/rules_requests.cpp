// Requests that the proxy turns down or maims, though it leads to the right backend.
#include "agent/diagnosis/lines.hpp"
#include "agent/diagnosis/nginx_fit.hpp"
#include "agent/diagnosis/rules.hpp"

namespace gatewatch::agent::rule {

using probes::AnsweredBy;
using probes::Outcome;
using probes::Phase;
using probes::Reason;

namespace {

bool denied(const Outcome& outcome) {
    return is_any(outcome, {Reason::http_auth, Reason::http_denied, Reason::http_not_found});
}

/// Polling sends its first POST when it enters the namespace.
bool denied_post(const Outcome& outcome) {
    return outcome.probe == ProbeKind::polling && outcome.phase == Phase::namespace_ &&
           (denied(outcome) || is_any(outcome, {Reason::http_client_error, Reason::too_large}));
}

bool too_large_header(const Outcome& outcome) {
    const auto status = outcome.answer.status;
    const bool nginx_says_so = status == 400u && outcome.answer.excerpt.contains("Too Large");
    return nginx_says_so || status == 431u || status == 494u;
}

/// engine.io's code 3 to an upgrade is its word that it saw a plain request.
bool stripped(const Outcome& outcome) {
    return is_any(outcome, {Reason::upgrade_refused});
}

/// Where no WebSocket comes through, none can be held: what nginx's configuration says of the idle timeout
/// will meet users as soon as the upgrade works.
void add_unseen_idle_timeout(const Facts& facts, Finding& finding) {
    const auto lines = nginx_lines(facts, Cause::idle_timeout);
    if (lines.empty() || facts.passes(Role::public_, ProbeKind::hold)) return;
    finding.evidence.push_back(lines.front());
    finding.consequences.push_back(Cause::idle_timeout);
}

bool from_before_the_backend(const Outcome& outcome) {
    return outcome.answer.by == AnsweredBy::page || outcome.answer.by == AnsweredBy::other;
}

}  // namespace

MaybeFinding header_too_large(const Facts& facts) {
    const auto* with_header = facts.failure(Role::public_, ProbeKind::header_token, too_large_header);
    if (const auto* failure = facts.failure(Role::public_, too_large_header)) {
        auto finding = found(failure);
        if (with_header) finding->evidence.push_back(line_of(*with_header));
        return finding;
    }
    return found(with_header);
}

MaybeFinding rate_limited(const Facts& facts) {
    return found(facts.failure(Role::public_, [](const Outcome& o) {
        const bool limited_by_nginx = o.answer.by == AnsweredBy::nginx && o.answer.status == 503u;
        return is_any(o, {Reason::http_rate_limited}) || limited_by_nginx;
    }));
}

MaybeFinding post_blocked(const Facts& facts) {
    const bool upgrade_refused = facts.failure(Role::public_, ProbeKind::websocket, stripped);
    const bool comes_through = facts.reaches(Role::public_, ProbeKind::websocket) || upgrade_refused;
    if (comes_through) return found(facts.failure(Role::public_, denied_post));
    // A denial that meets the upgrade too is of the whole path.
    if (facts.failure(Role::public_, ProbeKind::websocket, denied)) return std::nullopt;
    // WebSocket fails for a reason of its own: then the local route must show that POST works there.
    return found(facts.against_local(denied_post, Facts::Meets::one_probe));
}

MaybeFinding proxy_denied(const Facts& facts) {
    const auto not_the_post = [](const Outcome& o) { return denied(o) && !denied_post(o); };
    const auto* by_nginx = facts.failure(
        Role::public_, [&](const Outcome& o) { return not_the_post(o) && o.answer.by == AnsweredBy::nginx; });
    if (by_nginx) return found(by_nginx);
    const Matches no_entry = [](const Outcome& o) {
        const bool turned_away = is_any(o, {Reason::http_auth, Reason::http_denied});
        return turned_away && !denied_post(o) && from_before_the_backend(o);
    };
    // A WAF may let polling pass and no upgrade.
    return found(facts.against_local(no_entry, Facts::Meets::one_probe));
}

MaybeFinding upgrade_stripped(const Facts& facts) {
    const auto* failure = facts.failure(Role::public_, stripped);
    if (!failure) {
        failure = facts.failure(Role::public_, ProbeKind::upgrade, stripped);
        // It runs seldom: a WebSocket that has passed since has the last word.
        if (failure && facts.passed_since(*failure, ProbeKind::websocket)) return std::nullopt;
    }
    if (!failure || facts.failure(Role::local, stripped)) return std::nullopt;
    auto finding = found(failure);
    if (const auto* proof = facts.local_proof(*failure)) finding->evidence.push_back(line_of(*proof));
    add_unseen_idle_timeout(facts, *finding);
    return finding;
}

}  // namespace gatewatch::agent::rule
