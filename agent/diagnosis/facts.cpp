#include "agent/diagnosis/facts.hpp"

#include <algorithm>
#include <variant>

namespace gatewatch::agent {

using probes::Outcome;
using probes::Phase;
using probes::Reason;

namespace {

/// Runs this close together count as one moment: a tenth of the interval, so that few faults can fall in
/// between.
std::chrono::nanoseconds moment_of(const ProbeEvidence& a, const ProbeEvidence& b) {
    return std::min(a.plan.interval, b.plan.interval) / 10;
}

bool is_failure(const ProbeEvidence& evidence, Role role, const Matches& matches) {
    return config::is_connect_probe(evidence.plan.probe) && evidence.plan.role == role && evidence.last &&
           !evidence.last->ok && matches(*evidence.last);
}

}  // namespace

bool Facts::passes(Role role, ProbeKind probe) const {
    const auto* evidence = snapshot_.find(role, probe);
    return evidence && evidence->last && evidence->last->ok;
}

bool Facts::fails(Role role, ProbeKind probe) const {
    const auto* evidence = snapshot_.find(role, probe);
    return evidence && evidence->last && !evidence->last->ok;
}

bool Facts::reaches(Role role, ProbeKind probe) const {
    const auto* evidence = snapshot_.find(role, probe);
    return evidence && evidence->last && reached_backend(*evidence->last);
}

const ProbeEvidence* Facts::failure(Role role, ProbeKind probe, const Matches& matches) const {
    const auto* evidence = snapshot_.find(role, probe);
    return evidence && evidence->last && !evidence->last->ok && matches(*evidence->last) ? evidence : nullptr;
}

bool Facts::passed_since(const ProbeEvidence& earlier, ProbeKind probe) const {
    const auto* other = snapshot_.find(earlier.plan.role, probe);
    return other && other->last && other->last->ok && other->last->started > earlier.last->started;
}

const ProbeEvidence* Facts::failure(Role role, const Matches& matches) const {
    for (const auto& evidence : snapshot_.probes) {
        if (is_failure(evidence, role, matches)) return &evidence;
    }
    return nullptr;
}

const ProbeEvidence* Facts::local_failure(const Matches& matches) const {
    for (const auto& local : snapshot_.probes) {
        if (!is_failure(local, Role::local, matches)) continue;
        const auto* other = snapshot_.find(Role::public_, local.plan.probe);
        if (!other || !other->last || !other->last->ok) return &local;
        const bool works_again =
            other->last->started > local.last->started && other->consecutive_successes >= 2;
        if (!works_again && !belong_together(*other, local)) return &local;
    }
    return nullptr;
}

Facts::Contrast Facts::against_local(const Matches& matches, Meets meets) const {
    for (const auto& evidence : snapshot_.probes) {
        if (!is_failure(evidence, Role::public_, matches)) continue;
        const bool passes_again =
            passed_since(evidence, ProbeKind::websocket) || passed_since(evidence, ProbeKind::polling);
        if (meets == Meets::every_probe && passes_again) continue;
        if (const auto* proof = local_proof(evidence)) return {&evidence, proof};
    }
    return {};
}

const ProbeEvidence* Facts::backend_failure(const Matches& matches) const {
    if (const auto* local = local_failure(matches)) return local;
    const auto* over_public = failure(Role::public_, matches);
    if (!over_public) return nullptr;
    const auto* local = snapshot_.find(Role::local, over_public->plan.probe);
    return local && local->last ? nullptr : over_public;
}

const ProbeEvidence* Facts::local_proof(const ProbeEvidence& public_failure) const {
    for (ProbeKind probe : {public_failure.plan.probe, ProbeKind::websocket, ProbeKind::polling}) {
        const auto* local = snapshot_.find(Role::local, probe);
        if (!local || !local->last) continue;
        return reached_backend(*local->last) && belong_together(*local, public_failure) ? local : nullptr;
    }
    return nullptr;
}

bool Facts::database_unreachable() const {
    const auto& sample = snapshot_.mysql;
    return sample && !sample->up && sample->unreachable;
}

bool Facts::crashes_again_and_again() const {
    constexpr unsigned enough = 3;  // within two minutes: an update restarts once
    const auto& processes = snapshot_.processes;
    if (!processes || !processes->up || processes->crashes < enough || !processes->last_crash) return false;
    // It has lived for so long since that the loop has ended; PM2 stamps whole seconds.
    const auto lived = snapshot_.now_wall - *processes->last_crash;
    return lived <= 3 * processes->crash_gap + std::chrono::seconds(5);
}

const LogEvidence* Facts::log() const {
    const auto& log = snapshot_.log;
    return log && log->status.up && !log->status.wording_drift ? &*log : nullptr;
}

bool Facts::token_configured() const {
    return !std::holds_alternative<std::monostate>(gateway().token.source);
}

bool belong_together(const ProbeEvidence& success, const ProbeEvidence& failure) {
    const Outcome& good = *success.last;
    const Outcome& bad = *failure.last;
    const auto moment = moment_of(success, failure);
    const bool overlap = good.started <= bad.started + bad.duration + moment &&
                         bad.started <= good.started + good.duration + moment;
    if (overlap) return true;
    if (failure.consecutive_failures < 2) return false;
    if (good.started > bad.started) return success.consecutive_successes >= 2;
    const auto since_first = (failure.consecutive_failures - 1) * failure.plan.interval + moment;
    return good.started >= bad.started - since_first;
}

bool is_any(const Outcome& outcome, std::initializer_list<Reason> reasons) {
    return outcome.reason && std::ranges::find(reasons, *outcome.reason) != reasons.end();
}

bool silent_in(const Outcome& outcome, std::initializer_list<Phase> phases) {
    return outcome.reason == Reason::deadline && std::ranges::find(phases, outcome.phase) != phases.end();
}

bool rejected(const Outcome& outcome) {
    return is_any(outcome, {Reason::sio_rejected, Reason::sio_connect_error});
}

bool without_token(const Outcome& outcome) {
    return is_any(outcome, {Reason::token_unavailable});
}

bool reached_backend(const Outcome& outcome) {
    if (outcome.ok || is_any(outcome, {Reason::cors})) return true;
    return outcome.phase >= Phase::namespace_ && !is_any(outcome, {Reason::eio_sid_unknown});
}

bool after_about_a_second(const Outcome& outcome) {
    using namespace std::chrono_literals;
    return outcome.answer.after >= 900ms && outcome.answer.after <= 1500ms;
}

std::string_view without_query(std::string_view path) {
    return path.substr(0, path.find('?'));
}

}  // namespace gatewatch::agent
