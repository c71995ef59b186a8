#include "agent/evidence_store.hpp"

#include <algorithm>
#include <utility>

namespace gatewatch::agent {

using probes::EventKind;
using probes::Origin;
using probes::Outcome;
using probes::SteadyTime;

namespace {

constexpr std::size_t max_errors = 256;

bool has_sid(const Outcome& outcome, const std::string& sid) {
    return outcome.namespace_sid == sid ||
           std::ranges::find(outcome.more_namespace_sids, sid) != outcome.more_namespace_sids.end();
}

/// Cut after another silence: a timeout is always as long.
bool cut_otherwise(const Outcome& before, const Outcome& outcome) {
    constexpr auto jitter = std::chrono::milliseconds(500);
    if (!before.silence || !outcome.silence) return false;
    const auto longer = *outcome.silence - *before.silence;
    return longer > jitter || longer < -jitter;
}

}  // namespace

void History::add(Outcome outcome) {
    recent_.push_back(std::move(outcome));
    if (recent_.size() <= limit) return;
    if (!recent_.front().ok) {
        older_failures_.push_back(std::move(recent_.front()));
        if (older_failures_.size() > limit) older_failures_.pop_front();
    }
    recent_.pop_front();
}

std::vector<const Outcome*> History::runs() const {
    std::vector<const Outcome*> found;
    for (const auto* part : {&older_failures_, &recent_}) {
        for (const Outcome& outcome : *part) found.push_back(&outcome);
    }
    std::ranges::reverse(found);
    return found;
}

EvidenceStore::EvidenceStore(config::GatewaySettings gateway, Results results)
    : gateway_(std::move(gateway)),
      results_(results),
      plan_(config::plan_probes(gateway_)),
      probes_(plan_.size()),
      edge_(gateway_) {}

void EvidenceStore::add_connect(std::size_t index, const std::string& sid) {
    probes_[index].sids_under_way.push_back(sid);
}

void EvidenceStore::add_outcome(std::size_t index, Outcome outcome) {
    ProbeState& state = probes_[index];
    const SteadyTime finished = outcome.scheduled + outcome.duration;
    const bool ended_alike = state.last && state.last->reason == outcome.reason;
    if (ended_alike) {
        const OwnLines before = lines_of(state, finished);
        state.seen_before = backend_seen(state, finished);
        state.lines_before = before;
    } else {
        state.seen_before.reset();
        state.lines_before = {};
    }
    state.lines = std::exchange(state.lines_under_way, {});
    state.sids_under_way.clear();
    state.finished = finished;
    note_sids(state, outcome);
    const bool again = ended_alike && !cut_otherwise(*state.last, outcome);
    state.consecutive_failures = outcome.ok ? 0 : again ? state.consecutive_failures + 1 : 1;
    state.consecutive_successes = outcome.ok ? state.consecutive_successes + 1 : 0;
    history_.add(outcome);
    state.recent.push_back({outcome.scheduled, outcome.ok});
    if (state.recent.size() > recent_limit) state.recent.pop_front();
    state.last = std::move(outcome);
}

void EvidenceStore::note_sids(ProbeState& state, const Outcome& outcome) {
    if (state.last && !state.last->namespace_sid.empty()) {
        state.earlier_sids.push_back(state.last->namespace_sid);
        if (state.earlier_sids.size() > recent_limit) state.earlier_sids.pop_front();
    }
    if (state.lines.attempts > 0) {
        state.unseen_since.reset();
    } else if (!outcome.namespace_sid.empty() && !state.unseen_since) {
        state.unseen_since = state.finished;
    }
}

void EvidenceStore::note_seen(const std::string& sid) {
    for (ProbeState& state : probes_) {
        const bool own = is_under_way(state, sid) || (state.last && has_sid(*state.last, sid)) ||
                         std::ranges::find(state.earlier_sids, sid) != state.earlier_sids.end();
        if (!own) continue;
        state.unseen_since.reset();
        if (state.seen_before == false) state.seen_before.reset();
    }
}

std::optional<std::size_t> EvidenceStore::add_event(const probes::LogEvent& event, SteadyTime now) {
    ++event_counts_[static_cast<std::size_t>(event.kind)][static_cast<std::size_t>(event.origin)];
    last_events_.push_front(event);
    if (last_events_.size() > events_limit) last_events_.pop_back();
    if (event.kind == EventKind::error) {
        errors_.push_back(now);
        if (errors_.size() > max_errors) errors_.pop_front();
        last_error_ = event.excerpt;
    }
    if (event.origin != Origin::synthetic) return std::nullopt;

    // Only attempts are sure to name their sid; what follows one belongs to it.
    if (event.kind == EventKind::attempt || !event.sid.empty()) {
        const auto owner = owner_of(event.sid);
        if (event.kind == EventKind::attempt) {
            last_attempt_.reset();
            note_seen(event.sid);
        }
        if (!owner) return std::nullopt;
        if (event.kind == EventKind::attempt) last_attempt_ = Attempt{*owner, event.sid};
        return count(event.kind, *owner, event.sid);
    }
    if (!last_attempt_) return std::nullopt;
    return count(event.kind, last_attempt_->probe, last_attempt_->sid);
}

std::optional<std::size_t> EvidenceStore::owner_of(const std::string& sid) const {
    if (sid.empty()) return std::nullopt;
    for (std::size_t i = 0; i < probes_.size(); ++i) {
        if (is_under_way(probes_[i], sid) || (probes_[i].last && has_sid(*probes_[i].last, sid))) return i;
    }
    return std::nullopt;
}

std::optional<std::size_t> EvidenceStore::count(EventKind kind, std::size_t owner, const std::string& sid) {
    ProbeState& state = probes_[owner];
    OwnLines& lines = is_under_way(state, sid) ? state.lines_under_way : state.lines;
    switch (kind) {
        case EventKind::attempt:
            return ++lines.attempts == 1 ? std::optional(owner) : std::nullopt;
        case EventKind::token_auth_absent:
            ++lines.token_absent;
            break;
        case EventKind::accepted:
            ++lines.accepted;
            break;
        case EventKind::rejected_missing:
            ++lines.rejected_missing;
            break;
        case EventKind::rejected_expired:
            ++lines.rejected_expired;
            break;
        case EventKind::rejected_unknown:
            ++lines.rejected_unknown;
            break;
        default:
            break;
    }
    return std::nullopt;
}

bool EvidenceStore::is_under_way(const ProbeState& state, const std::string& sid) {
    return std::ranges::find(state.sids_under_way, sid) != state.sids_under_way.end();
}

void EvidenceStore::set_token_problem(ProbeKind probe, Text problem) {
    const auto key =
        config::sends_own_token(probe) || probe == ProbeKind::header_token ? ProbeKind::websocket : probe;
    if (problem.empty()) {
        token_problems_.erase(key);
    } else {
        token_problems_[key] = std::move(problem);
    }
}

}  // namespace gatewatch::agent
