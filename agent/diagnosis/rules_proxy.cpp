// Faults of the proxy's routing: whose words came back over the public route, and what the local route shows
// meanwhile.
#include "agent/diagnosis/lines.hpp"
#include "agent/diagnosis/rules.hpp"

namespace gatewatch::agent::rule {

using probes::AnsweredBy;
using probes::Outcome;
using probes::Phase;
using probes::Reason;

namespace {

/// nginx reports a 502 a second after an upgrade that Node received and nobody claimed.
bool unclaimed_upgrade(const Outcome& outcome) {
    return outcome.probe == ProbeKind::websocket && is_any(outcome, {Reason::http_bad_gateway}) &&
           after_about_a_second(outcome);
}

/// nginx reached nobody, or nobody who answers.
bool no_upstream(const Outcome& outcome) {
    return is_any(outcome, {Reason::http_bad_gateway, Reason::http_gateway_timeout}) &&
           !unclaimed_upgrade(outcome);
}

/// A run of the local route and one of the public may have met different states of the backend.
bool crashed_just_now(const Facts& facts) {
    const auto& processes = facts.snapshot().processes;
    if (!processes || !processes->up || !processes->last_crash) return false;
    // PM2 stamps whole seconds. A crash that is yet to come is one of before the clock was set back.
    constexpr std::chrono::seconds stamp{1};
    const auto ago = facts.snapshot().now_wall - *processes->last_crash;
    return ago >= -stamp && ago <= 2 * facts.gateway().interval + stamp;
}

/// Not the page at /, so that it is not known whose it is.
bool is_foreign_page(const Outcome& outcome) {
    return is_any(outcome, {Reason::http_html}) &&
           (outcome.answer.by == AnsweredBy::page || outcome.answer.by == AnsweredBy::nginx);
}

bool nginx_welcome(const Outcome& outcome) {
    return outcome.answer.excerpt.contains("Welcome to nginx") ||
           outcome.evidence.contains("Welcome to nginx");
}

/// nginx's 444: the connection ends at once without a byte.
bool closed_at_once(const Outcome& outcome) {
    return is_any(outcome, {Reason::closed_early}) && outcome.answer.by == AnsweredBy::nobody &&
           (outcome.phase == Phase::upgrade || outcome.phase == Phase::open) &&
           outcome.answer.after < std::chrono::milliseconds(500);
}

}  // namespace

MaybeFinding redirect(const Facts& facts) {
    const Matches redirected = [](const Outcome& o) { return is_any(o, {Reason::http_redirect}); };
    return found(facts.failure(Role::public_, redirected));
}

MaybeFinding wrong_vhost(const Facts& facts) {
    if (auto finding = found(facts.failure(Role::public_, nginx_welcome))) return finding;
    // nginx reads the request before its 444, so nothing is reset: whoever resets others did not listen.
    const Matches reset = [](const Outcome& o) { return is_any(o, {Reason::tcp_reset}); };
    const bool may_be_444 = !facts.failure(Role::public_, reset);
    return found(facts.against_local(
        [may_be_444](const Outcome& o) { return (may_be_444 && closed_at_once(o)) || is_foreign_page(o); }));
}

MaybeFinding location_missing(const Facts& facts) {
    return found(facts.failure(Role::public_, [](const Outcome& o) {
        return is_any(o, {Reason::http_html}) && o.answer.by == AnsweredBy::spa_fallback && !nginx_welcome(o);
    }));
}

MaybeFinding path_rewritten(const Facts& facts) {
    const std::string& path = facts.gateway().path;
    const auto* echoed = facts.failure(Role::public_, [&path](const Outcome& o) {
        return is_any(o, {Reason::http_not_found}) && o.answer.by == AnsweredBy::nest_router &&
               !o.answer.echoed_path.empty() && without_query(o.answer.echoed_path) != path;
    });
    if (echoed) return found(echoed);
    if (facts.failure(Role::public_, no_upstream)) return std::nullopt;
    return found(facts.against_local(unclaimed_upgrade));
}

MaybeFinding wrong_upstream(const Facts& facts) {
    const std::string& path = facts.gateway().path;
    const bool may_be_a_crash = crashed_just_now(facts);
    return found(facts.against_local([&path, may_be_a_crash](const Outcome& o) {
        // Another application that speaks HTTP but is not the one that the local route shows.
        const bool other_nest =
            o.answer.by == AnsweredBy::nest_router && without_query(o.answer.echoed_path) == path;
        const bool other_app = o.answer.by == AnsweredBy::other &&
                               (is_any(o, {Reason::http_not_found}) || o.answer.status == 426u);
        return (no_upstream(o) && !may_be_a_crash) || other_nest || other_app;
    }));
}

MaybeFinding upstream_unreachable(const Facts& facts) {
    if (facts.has_route(Role::local)) return std::nullopt;
    return found(facts.failure(Role::public_, no_upstream));
}

}  // namespace gatewatch::agent::rule
