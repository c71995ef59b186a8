// What the store of evidence says when it is asked: what is stale, what still awaits its lines, the whole.
#include <algorithm>

#include "agent/evidence_store.hpp"

namespace gatewatch::agent {

using probes::SteadyTime;

bool EvidenceStore::is_stale(std::size_t index, SteadyTime now) const {
    if (results_ == Results::stay) return false;
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
    if (!awaits_lines(state, now)) return false;
    const bool long_unseen = state.unseen_since && now - *state.unseen_since >= line_grace;
    return long_unseen && log_->lag_bytes == 0 ? false : state.seen_before;
}

const EvidenceStore::OwnLines& EvidenceStore::lines_of(const ProbeState& state, SteadyTime now) const {
    return awaits_lines(state, now) ? state.lines_before : state.lines;
}

LogEvidence EvidenceStore::log_evidence(SteadyTime now) const {
    LogEvidence log;
    log.status = *log_;
    for (std::size_t i = 0; i < probes_.size(); ++i) {
        if (is_stale(i, now) || !config::sends_own_token(plan_[i].probe)) continue;
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

ProbeEvidence EvidenceStore::probe_evidence(std::size_t index, SteadyTime now) const {
    const ProbeState& state = probes_[index];
    ProbeEvidence evidence;
    evidence.plan = plan_[index];
    if (is_stale(index, now)) return evidence;
    evidence.last = state.last;
    evidence.consecutive_failures = state.consecutive_failures;
    evidence.consecutive_successes = state.consecutive_successes;
    const SteadyTime oldest = now - (recent_limit + 1) * plan_[index].interval - plan_[index].timeout;
    bool failed_before = false;
    for (const auto& run : state.recent) {
        if (run.scheduled < oldest) continue;
        ++evidence.recent_runs;
        if (run.ok && failed_before) ++evidence.recent_recoveries;
        failed_before = !run.ok;
        if (!run.ok) ++evidence.recent_failures;
    }
    evidence.backend_seen = backend_seen(state, now);
    return evidence;
}

Snapshot EvidenceStore::snapshot(SteadyTime now, probes::WallTime now_wall) const {
    Snapshot snapshot;
    snapshot.gateway = gateway_;
    snapshot.now = now;
    snapshot.now_wall = now_wall;
    for (std::size_t i = 0; i < probes_.size(); ++i) snapshot.probes.push_back(probe_evidence(i, now));
    snapshot.mysql = mysql_;
    if (log_) snapshot.log = log_evidence(now);
    snapshot.edge = edge_.evidence(now);
    snapshot.nginx = samples_.nginx;
    snapshot.frontend = samples_.frontend;
    snapshot.env = samples_.env;
    snapshot.processes = samples_.processes;
    snapshot.token_since = token_since_;
    if (!token_problems_.empty()) snapshot.token_problem = token_problems_.begin()->second;
    return snapshot;
}

std::optional<probes::Handshake> EvidenceStore::handshake() const {
    const ProbeState* newest = nullptr;
    for (const auto& state : probes_) {
        if (!state.last || !state.last->handshake) continue;
        if (newest == nullptr || state.last->started > newest->last->started) newest = &state;
    }
    return newest == nullptr ? std::nullopt : newest->last->handshake;
}

}  // namespace gatewatch::agent
