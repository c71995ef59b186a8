// What happens to sessions that were opened well: lost between workers, taken from a cache, cut while quiet,
// or gone with a process that restarts again and again.
#include <algorithm>

#include "agent/diagnosis/lines.hpp"
#include "agent/diagnosis/nginx_fit.hpp"
#include "agent/diagnosis/rules.hpp"

namespace gatewatch::agent::rule {

using probes::Outcome;
using probes::Phase;
using probes::Reason;

namespace {

const Matches session_lost = [](const Outcome& o) { return is_any(o, {Reason::eio_sid_unknown}); };

/// One session may be lost to a restart; a sticky run loses several only where requests are spread.
const ProbeEvidence* loses_sessions(const Facts& facts, Role role) {
    if (const auto* polling = facts.failure(role, session_lost)) return polling;
    const auto* sticky = facts.failure(role, ProbeKind::sticky, session_lost);
    return sticky && (sticky->last->lost >= 2 || sticky->consecutive_failures >= 2) ? sticky : nullptr;
}

/// A restart between two requests loses the session too, and then WebSocket fails as well. A stripped upgrade
/// was answered by the backend, and a rejected token too.
bool websocket_comes_through(const Facts& facts, Role role) {
    const Matches answered_by_backend = [](const Outcome& o) {
        return is_any(o, {Reason::upgrade_refused}) || rejected(o) || without_token(o);
    };
    return !facts.fails(role, ProbeKind::websocket) ||
           facts.failure(role, ProbeKind::websocket, answered_by_backend);
}

/// A cache loses sessions too, and so does a restart, once: the probe that tells them apart loses none.
bool closer_look_is_due(const Facts& facts, const ProbeEvidence& failure) {
    constexpr unsigned patience = 3;
    const auto* sticky = facts.snapshot().find(failure.plan.role, ProbeKind::sticky);
    if (!sticky || failure.consecutive_failures >= patience) return false;
    return !sticky->last || sticky->last->ok;
}

bool passed_just_before(const ProbeEvidence& one, const ProbeEvidence& failure) {
    const auto apart = failure.last->started - one.last->started;
    return one.last->ok && apart >= apart.zero() && apart <= failure.plan.interval;
}

/// It was open when the other session was cut, and stayed so.
bool held_through(const ProbeEvidence& held, const ProbeEvidence& cut) {
    const auto end = cut.last->started + cut.last->duration;
    return held.last && held.last->ok && held.last->started <= end &&
           end <= held.last->started + held.last->duration;
}

/// The public route has failed of late: a backend that comes and goes cuts sessions more than once.
bool failed_lately(const Facts& facts, Role role) {
    return std::ranges::any_of(facts.snapshot().probes, [role](const ProbeEvidence& evidence) {
        return evidence.plan.role == role && config::is_connect_probe(evidence.plan.probe) &&
               evidence.recent_failures > 0;
    });
}

/// Something that a restart does not explain. One of the backend would have cut the local session as well;
/// one of nginx cuts the public one alone, but not twice after the same silence, and neither is written in
/// nginx's configuration.
bool is_no_restart(const Facts& facts, const ProbeEvidence& cut) {
    const auto* local = facts.snapshot().find(Role::local, ProbeKind::hold);
    const bool outlived = local && held_through(*local, cut);
    const bool again = cut.consecutive_failures >= 2 && (outlived || !failed_lately(facts, Role::public_));
    return again || !fitting_findings(facts, Cause::idle_timeout).empty();
}

const Matches turned_away = [](const Outcome& o) {
    const bool nobody = o.answer.by == probes::AnsweredBy::nobody;
    const bool closed = is_any(o, {Reason::closed_early}) && o.phase <= Phase::open && nobody;
    return is_any(o, {Reason::tcp_reset, Reason::tcp_timeout}) || closed || silent_in(o, {Phase::connect});
};

/// nginx has accepted it, and had no connection left for the backend.
bool answered_without_a_connection(const Outcome& outcome) {
    return outcome.answer.by == probes::AnsweredBy::nginx && outcome.answer.status == 500u;
}

/// nginx's own word, which needs no more than a run that met it, not even one that failed just now: the next
/// one may.
MaybeFinding nginx_is_used_up(const Facts& facts) {
    const auto& edge = facts.snapshot().edge;
    if (!edge || !edge->status.up || !edge->used_up) return std::nullopt;
    const Matches met_it = [](const Outcome& o) {
        return turned_away(o) || answered_without_a_connection(o);
    };
    const auto* met = facts.failure(Role::public_, met_it);
    for (ProbeKind probe : {ProbeKind::websocket, ProbeKind::polling}) {
        const auto* over_public = facts.snapshot().find(Role::public_, probe);
        if (met || !over_public || !over_public->last || !over_public->last->ok) continue;
        // What failed over the local route too may have failed for another reason.
        const auto* local = facts.snapshot().find(Role::local, probe);
        if (over_public->recent_failures > 0 && (!local || local->recent_failures == 0)) met = over_public;
    }
    if (!met) return std::nullopt;
    return Finding{{rate_line(*met, met->recent_failures, met->recent_runs)}, {}, {}};
}

}  // namespace

MaybeFinding not_sticky(const Facts& facts) {
    const auto eligible = [&facts](Role role) {
        const auto* failure = loses_sessions(facts, role);
        return failure && websocket_comes_through(facts, role) ? failure : nullptr;
    };
    const auto* local = eligible(Role::local);
    const auto* over_public = eligible(Role::public_);
    const auto* failure = over_public ? over_public : local;
    if (!failure || closer_look_is_due(facts, *failure)) return std::nullopt;
    auto finding = found(failure);
    if (over_public && local) finding->evidence.push_back(line_of(*local));
    for (ProbeKind probe : {ProbeKind::sticky, ProbeKind::websocket}) {
        const auto* other = facts.snapshot().find(failure->plan.role, probe);
        if (other && other != failure && other->last) finding->evidence.push_back(line_of(*other));
    }
    return finding;
}

MaybeFinding cached_handshake(const Facts& facts) {
    const auto* sticky = facts.snapshot().find(Role::public_, ProbeKind::sticky);
    if (!sticky || !sticky->last || !sticky->last->repeated_sid) return std::nullopt;
    Finding finding{{repeated_sid_line(*sticky)}, {}, {}};
    if (const auto* lost = facts.failure(Role::public_, session_lost)) {
        finding.evidence.push_back(line_of(*lost));
    }
    return finding;
}

MaybeFinding idle_timeout(const Facts& facts) {
    const Matches idle_cut = [](const Outcome& o) {
        return is_any(o, {Reason::idle_cut}) && o.silence.has_value();
    };
    const auto* cut = facts.failure(Role::public_, ProbeKind::hold, idle_cut);
    if (!cut) return std::nullopt;
    const auto silence = *cut->last->silence;
    const auto& handshake = cut->last->handshake;
    // Whoever cuts later than the server's ping does not cut because of silence.
    if (handshake && silence >= handshake->ping_interval) return std::nullopt;
    const auto* local = facts.failure(Role::local, ProbeKind::hold, idle_cut);
    const bool cut_locally_too = local && *local->last->silence < silence + silence / 2;
    if (cut_locally_too || !is_no_restart(facts, *cut)) return std::nullopt;
    Finding finding{{idle_cut_line(*cut)}, {}, {}};
    const auto* held = facts.snapshot().find(Role::local, ProbeKind::hold);
    if (held && held->last) finding.evidence.push_back(line_of(*held));
    return finding;
}

MaybeFinding restart_loop(const Facts& facts) {
    if (!facts.crashes_again_and_again()) return std::nullopt;
    return Finding{{process_line(*facts.snapshot().processes)}, {}, {}};
}

MaybeFinding capacity(const Facts& facts) {
    if (auto finding = nginx_is_used_up(facts)) return finding;
    const auto* failure = facts.failure(Role::public_, turned_away);
    if (!failure) return std::nullopt;
    unsigned runs = 0;
    unsigned failures = 0;
    // It came back twice and fails again: not a fault that has begun and stays, nor a second one.
    bool at_times = failure->recent_recoveries >= 2;
    for (ProbeKind probe : {ProbeKind::websocket, ProbeKind::polling}) {
        const auto* over_public = facts.snapshot().find(Role::public_, probe);
        if (!over_public || !over_public->last) continue;
        runs += over_public->recent_runs;
        failures += over_public->recent_failures;
        // It had failed and passed again just before the other one failed.
        at_times =
            at_times || (over_public->recent_recoveries > 0 && passed_just_before(*over_public, *failure));
        const auto* local = facts.snapshot().find(Role::local, probe);
        if (!local || !local->last || !reached_backend(*local->last) || local->recent_failures > 0)
            return std::nullopt;
    }
    if (!at_times || runs < 4 || failures + 1 > runs) return std::nullopt;
    Finding finding{{rate_line(*failure, failures, runs)}, {}, {}};
    if (const auto* local = facts.snapshot().find(Role::local, failure->plan.probe)) {
        finding.evidence.push_back(line_of(*local));
    }
    return finding;
}

}  // namespace gatewatch::agent::rule
