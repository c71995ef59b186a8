#include "agent/evidence_store.hpp"

#include <algorithm>

namespace gatewatch::agent {

using probes::EventKind;
using probes::Origin;
using probes::Outcome;
using probes::SteadyTime;

namespace {

constexpr std::size_t max_errors = 256;

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

std::vector<const Outcome*> History::failures() const {
    std::vector<const Outcome*> found;
    for (const auto* part : {&older_failures_, &recent_}) {
        for (const Outcome& outcome : *part) {
            if (!outcome.ok) found.push_back(&outcome);
        }
    }
    std::ranges::reverse(found);
    return found;
}

EvidenceStore::EvidenceStore(config::GatewaySettings gateway)
    : gateway_(std::move(gateway)), plan_(config::plan_probes(gateway_)), probes_(plan_.size()) {}

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
    state.lines = {};
    state.finished = finished;
    state.consecutive_failures = outcome.ok ? 0 : ended_alike ? state.consecutive_failures + 1 : 1;
    state.consecutive_successes = outcome.ok ? state.consecutive_successes + 1 : 0;
    history_.add(outcome);
    state.last = std::move(outcome);
}

std::optional<std::size_t> EvidenceStore::add_event(const probes::LogEvent& event, SteadyTime now) {
    if (event.kind == EventKind::error) {
        errors_.push_back(now);
        if (errors_.size() > max_errors) errors_.pop_front();
        last_error_ = event.excerpt;
    }
    if (event.origin != Origin::synthetic) return std::nullopt;

    // Only attempts are sure to name their sid; what follows one belongs to it.
    std::optional<std::size_t> owner = event.kind == EventKind::attempt ? std::nullopt : last_attempt_;
    if (!event.sid.empty()) {
        const auto found = std::ranges::find_if(probes_, [&](const ProbeState& state) {
            return state.last && state.last->namespace_sid == event.sid;
        });
        owner.reset();
        if (found != probes_.end()) owner = static_cast<std::size_t>(found - probes_.begin());
    }
    if (event.kind == EventKind::attempt) last_attempt_ = owner;
    if (!owner) return std::nullopt;

    OwnLines& lines = probes_[*owner].lines;
    switch (event.kind) {
        case EventKind::attempt:
            return ++lines.attempts == 1 ? owner : std::nullopt;
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

bool EvidenceStore::is_stale(std::size_t index, SteadyTime now) const {
    const auto& last = probes_[index].last;
    return last && now - last->scheduled > 2 * plan_[index].interval + plan_[index].timeout;
}

bool EvidenceStore::awaits_lines(SteadyTime now) const {
    return std::ranges::any_of(probes_, [&](const ProbeState& state) { return awaits_lines(state, now); });
}

bool EvidenceStore::awaits_lines(const ProbeState& state, SteadyTime now) const {
    if (!log_ || !log_->up || !state.last || state.last->namespace_sid.empty()) return false;
    return state.lines.attempts == 0 && (now - state.finished < line_grace || log_->lag_bytes > 0);
}

std::optional<bool> EvidenceStore::backend_seen(const ProbeState& state, SteadyTime now) const {
    if (!log_ || !state.last || state.last->namespace_sid.empty()) return std::nullopt;
    if (state.lines.attempts > 0) return true;
    if (!log_->up) return std::nullopt;
    if (awaits_lines(state, now)) return state.seen_before;
    return false;
}

const EvidenceStore::OwnLines& EvidenceStore::lines_of(const ProbeState& state, SteadyTime now) const {
    return awaits_lines(state, now) ? state.lines_before : state.lines;
}

LogEvidence EvidenceStore::log_evidence(SteadyTime now) const {
    LogEvidence log;
    log.status = *log_;
    for (std::size_t i = 0; i < probes_.size(); ++i) {
        if (is_stale(i, now)) continue;
        const OwnLines& lines = lines_of(probes_[i], now);
        log.own_attempts += lines.attempts;
        log.own_token_absent += lines.token_absent;
        log.own_rejected_missing += lines.rejected_missing;
        log.own_rejected_expired += lines.rejected_expired;
        log.own_rejected_unknown += lines.rejected_unknown;
        log.own_accepted += lines.accepted;
    }
    const SteadyTime from = now - gateway_.interval - line_grace;
    log.errors =
        static_cast<unsigned>(std::ranges::count_if(errors_, [&](SteadyTime at) { return at > from; }));
    if (log.errors > 0) log.last_error = last_error_;
    return log;
}

Snapshot EvidenceStore::snapshot(SteadyTime now, probes::WallTime now_wall) const {
    Snapshot snapshot;
    snapshot.gateway = gateway_;
    snapshot.now = now;
    snapshot.now_wall = now_wall;
    for (std::size_t i = 0; i < probes_.size(); ++i) {
        ProbeEvidence evidence;
        evidence.plan = plan_[i];
        if (!is_stale(i, now)) {
            evidence.last = probes_[i].last;
            evidence.consecutive_failures = probes_[i].consecutive_failures;
            evidence.consecutive_successes = probes_[i].consecutive_successes;
            evidence.backend_seen = backend_seen(probes_[i], now);
        }
        snapshot.probes.push_back(std::move(evidence));
    }
    snapshot.mysql = mysql_;
    if (log_) snapshot.log = log_evidence(now);
    snapshot.token_problem = token_problem_;
    return snapshot;
}

}  // namespace gatewatch::agent
