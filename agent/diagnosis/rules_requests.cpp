// Requests that the proxy turns down, maims or spreads over workers, though it leads to the right backend.
#include "agent/diagnosis/lines.hpp"
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

bool from_before_the_backend(const Outcome& outcome) {
    return outcome.answer.by == AnsweredBy::page || outcome.answer.by == AnsweredBy::other;
}

}  // namespace

MaybeFinding header_too_large(const Facts& facts) {
    return found(facts.failure(Role::public_, too_large_header));
}

MaybeFinding rate_limited(const Facts& facts) {
    return found(facts.failure(Role::public_, [](const Outcome& o) {
        const bool limited_by_nginx = o.answer.by == AnsweredBy::nginx && o.answer.status == 503u;
        return is_any(o, {Reason::http_rate_limited}) || limited_by_nginx;
    }));
}

MaybeFinding post_blocked(const Facts& facts) {
    if (!facts.passes(Role::public_, ProbeKind::websocket)) return std::nullopt;
    return found(facts.failure(Role::public_, denied_post));
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
    // engine.io's code 3 over WebSocket is its word that it saw a plain request.
    const Matches stripped = [](const Outcome& o) { return is_any(o, {Reason::upgrade_refused}); };
    const auto* failure = facts.failure(Role::public_, stripped);
    if (!failure || facts.failure(Role::local, stripped)) return std::nullopt;
    auto finding = found(failure);
    if (const auto* proof = facts.local_proof(*failure)) finding->evidence.push_back(line_of(*proof));
    return finding;
}

MaybeFinding not_sticky(const Facts& facts) {
    const Matches lost = [](const Outcome& o) { return is_any(o, {Reason::eio_sid_unknown}); };
    const auto* local = facts.failure(Role::local, lost);
    const auto* over_public = facts.failure(Role::public_, lost);
    const auto* failure = over_public ? over_public : local;
    // A restart between two requests loses the session too, and then WebSocket fails as well.
    if (!failure || facts.fails(failure->plan.role, ProbeKind::websocket)) return std::nullopt;
    auto finding = found(failure);
    if (over_public && local) finding->evidence.push_back(line_of(*local));
    if (const auto* socket = facts.snapshot().find(failure->plan.role, ProbeKind::websocket)) {
        finding->evidence.push_back(line_of(*socket));
    }
    return finding;
}

}  // namespace gatewatch::agent::rule
