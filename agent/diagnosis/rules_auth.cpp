// Why the gateway turned the token down: wire × database × log. The wire alone shows the same for all of
// these. And whether it lets in whom it should turn down.
#include <algorithm>
#include <array>

#include "agent/diagnosis/lines.hpp"
#include "agent/diagnosis/rules.hpp"

namespace gatewatch::agent::rule {

using probes::OwnToken;

namespace {

using namespace std::chrono_literals;

/// A token so near to its end may have expired between the sample and the run.
constexpr auto expiry_margin = 60s;
/// A sample this much older than the failure may come from before the fault.
constexpr auto sample_margin = 2s;

const ProbeEvidence* rejection(const Facts& facts) {
    return facts.backend_failure(rejected);
}

/// The rejection met another token than the probe has now.
bool met_former_token(const Facts& facts, const ProbeEvidence& failure) {
    return failure.last->started_wall < facts.snapshot().token_since;
}

/// The database's word on the token that was rejected; nothing while it cannot be asked.
OwnToken own_token(const Facts& facts) {
    const auto* failure = rejection(facts);
    if (failure && met_former_token(facts, *failure)) return OwnToken::not_looked_up;
    const auto& sample = facts.snapshot().mysql;
    return sample && sample->up ? sample->own : OwnToken::not_looked_up;
}

bool log_says_missing(const Facts& facts) {
    const auto* log = facts.log();
    return log && (log->own_rejected_missing > 0 || (log->own_token_absent > 0 && log->own_accepted == 0));
}

bool log_says_expired(const Facts& facts) {
    const auto* log = facts.log();
    return log && log->own_rejected_expired > 0;
}

/// The same token is accepted in the Authorization header, in a run after the rejection began.
bool header_alone_works(const Facts& facts, const ProbeEvidence& failure) {
    return std::ranges::any_of(std::array{Role::local, Role::public_}, [&](Role role) {
        const auto* header = facts.snapshot().find(role, ProbeKind::header_token);
        return header && header->last && header->last->ok && belong_together(*header, failure);
    });
}

/// The failure, and what database and log say beside it.
MaybeFinding with_witnesses(const Facts& facts, const ProbeEvidence* failure,
                            std::optional<Severity> severity = {}) {
    auto finding = found(failure);
    if (!finding) return finding;
    if (facts.snapshot().mysql) finding->evidence.push_back(mysql_line(*facts.snapshot().mysql));
    if (facts.snapshot().log) finding->evidence.push_back(log_line(*facts.snapshot().log));
    finding->severity = severity;
    return finding;
}

MaybeFinding with_witnesses(const Facts& facts, std::optional<Severity> severity = {}) {
    return with_witnesses(facts, rejection(facts), severity);
}

/// The probe's token comes out of the database, over the backend or past it.
bool token_needs_database(const Facts& facts) {
    const auto& source = facts.gateway().token.source;
    return std::holds_alternative<config::TokenMysql>(source) ||
           std::holds_alternative<config::TokenLogin>(source);
}

/// It was valid when the database was asked, and it may have run out since.
bool ran_out_since(const Facts& facts, const ProbeEvidence& failure) {
    const auto& sample = facts.snapshot().mysql;
    return sample && sample->own_expiry && *sample->own_expiry <= failure.last->started_wall + expiry_margin;
}

/// Log or database will soon say more: the lines of this run may still come, or the database was asked before
/// it.
bool witness_is_due(const Facts& facts, const ProbeEvidence& failure) {
    if (met_former_token(facts, failure)) return true;
    if (facts.log() && failure.last->connect_sent && !failure.backend_seen) return true;
    if (!facts.gateway().mysql || failure.consecutive_failures > 1) return false;
    const auto& sample = facts.snapshot().mysql;
    return !sample || sample->taken + sample_margin < failure.last->started_wall;
}

}  // namespace

MaybeFinding token_missing(const Facts& facts) {
    const auto* failure = rejection(facts);
    // A prober without a token has nothing to show: that is no_token's.
    if (!failure || !facts.token_configured()) return std::nullopt;
    if (!log_says_missing(facts) && !header_alone_works(facts, *failure)) return std::nullopt;
    auto finding = with_witnesses(facts);
    for (Role role : {Role::local, Role::public_}) {
        const auto* header = facts.snapshot().find(role, ProbeKind::header_token);
        if (header && header->last) finding->evidence.push_back(line_of(*header));
    }
    return finding;
}

MaybeFinding no_token(const Facts& facts) {
    const auto* failure = rejection(facts);
    if (!failure || facts.token_configured() || witness_is_due(facts, *failure)) return std::nullopt;
    return with_witnesses(facts, Severity::unknown);
}

MaybeFinding auth_bypassed(const Facts& facts) {
    Finding finding;
    for (const auto& evidence : facts.snapshot().probes) {
        if (!config::is_negative_probe(evidence.plan.probe) || !evidence.last) continue;
        if (!is_any(*evidence.last, {probes::Reason::accepted_bad_token})) continue;
        finding.evidence.push_back(accepted_line(evidence));
    }
    if (finding.evidence.empty()) return std::nullopt;
    return finding;
}

MaybeFinding database_behind_crashes(const Facts& facts) {
    if (!facts.crashes_again_and_again() || !facts.database_unreachable()) return std::nullopt;
    const auto& snapshot = facts.snapshot();
    return Finding{{mysql_line(*snapshot.mysql), process_line(*snapshot.processes)}, {}, {}};
}

MaybeFinding database_down(const Facts& facts) {
    if (!rejection(facts)) {
        const bool no_token = token_needs_database(facts) && facts.database_unreachable();
        return no_token ? with_witnesses(facts, facts.backend_failure(without_token)) : std::nullopt;
    }
    const auto* log = facts.log();
    const bool log_shows_errors = log && log->errors > 0;
    // To say so the backend must have read the row, or found none.
    const bool backend_read_it =
        log && !log_shows_errors && (log->own_rejected_unknown > 0 || log_says_expired(facts));
    const OwnToken own = own_token(facts);
    const bool row_explains = own == OwnToken::absent || own == OwnToken::expired || own == OwnToken::revoked;
    const bool down =
        (facts.database_unreachable() && !backend_read_it) || (log_shows_errors && !row_explains);
    if (!down) return std::nullopt;
    auto finding = with_witnesses(facts);
    finding->consequences.push_back(Cause::auth_rejected);
    return finding;
}

MaybeFinding token_expired(const Facts& facts) {
    const auto* failure = rejection(facts);
    if (!failure) return std::nullopt;
    const OwnToken own = own_token(facts);
    const bool by_log =
        log_says_expired(facts) && (own == OwnToken::not_looked_up || ran_out_since(facts, *failure));
    if (own != OwnToken::expired && !by_log) return std::nullopt;
    return with_witnesses(facts, Severity::unknown);
}

MaybeFinding token_revoked(const Facts& facts) {
    if (!rejection(facts) || own_token(facts) != OwnToken::revoked) return std::nullopt;
    return with_witnesses(facts, Severity::unknown);
}

MaybeFinding token_unknown(const Facts& facts) {
    if (!rejection(facts) || own_token(facts) != OwnToken::absent) return std::nullopt;
    return with_witnesses(facts, Severity::unknown);
}

MaybeFinding tz_skew(const Facts& facts) {
    const auto* failure = rejection(facts);
    if (!failure || own_token(facts) != OwnToken::valid || !log_says_expired(facts)) return std::nullopt;
    if (ran_out_since(facts, *failure)) return std::nullopt;
    auto finding = with_witnesses(facts);
    finding->evidence.push_back(zone_line(*facts.snapshot().mysql, failure->last->started_wall));
    return finding;
}

MaybeFinding auth_rejected(const Facts& facts) {
    const auto* failure = rejection(facts);
    if (!failure || !facts.token_configured() || witness_is_due(facts, *failure)) return std::nullopt;
    return with_witnesses(facts);
}

}  // namespace gatewatch::agent::rule
