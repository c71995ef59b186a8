#include <algorithm>

#include "agent/diagnosis/blind_spots.hpp"
#include "agent/diagnosis/edge_lines.hpp"
#include "agent/diagnosis/explain.hpp"
#include "agent/diagnosis/health.hpp"
#include "agent/diagnosis/lines.hpp"
#include "agent/diagnosis/nginx_fit.hpp"
#include "agent/diagnosis/rules.hpp"

namespace gatewatch::agent {
namespace {

struct Decided {
    const Rule* rule;
    Finding finding;
};

/// What every rule finds. One failure has one cause: a later rule that reads the same failure differently is
/// silent.
std::vector<Decided> decide(const Facts& facts) {
    std::vector<Decided> decided;
    for (const Rule& rule : rules()) {
        auto finding = rule.find(facts);
        if (!finding) continue;
        const auto same_failure = [&](const Decided& earlier) {
            return earlier.finding.evidence.front().source == finding->evidence.front().source;
        };
        if (std::ranges::none_of(decided, same_failure)) decided.push_back({&rule, std::move(*finding)});
    }
    const auto by_another = [&decided](const Decided& d) {
        return std::ranges::any_of(decided,
                                   [&d](const Decided& e) { return explains(e.rule->cause, d.rule->cause); });
    };
    std::vector<Decided> kept;
    for (const Decided& d : decided) {
        if (!by_another(d)) kept.push_back(d);
    }
    return kept;
}

/// The first; but what only the prober's own token is to blame for must not hide a fault that users meet.
std::size_t primary_of(const std::vector<Decided>& decided) {
    const auto about_users = [](const Decided& d) { return d.finding.severity != Severity::unknown; };
    const auto first = std::ranges::find_if(decided, about_users);
    return first == decided.end() ? 0 : static_cast<std::size_t>(first - decided.begin());
}

void add_consequence(Verdict& verdict, Cause cause) {
    auto& all = verdict.consequences;
    if (cause != verdict.cause && std::ranges::find(all, cause) == all.end()) all.push_back(cause);
}

void add_consequences(Verdict& verdict, const std::vector<Decided>& decided, std::size_t primary) {
    for (Cause cause : decided[primary].finding.consequences) add_consequence(verdict, cause);
    for (const auto& other : decided) {
        const Cause cause = other.rule->cause;
        // A prober that cannot see has no word on anything else, but that a bad token was accepted stands.
        if (verdict.cause == Cause::prober_unhealthy && cause != Cause::auth_bypassed) continue;
        if (cause != Cause::prober_unhealthy) add_consequence(verdict, cause);
    }
}

/// A database that nobody reaches while no login passes: whatever else is broken, it will be in the way next.
void add_dead_database(Verdict& verdict, const Facts& facts) {
    const Matches any = [](const probes::Outcome&) { return true; };
    if (!facts.database_unreachable() || !facts.failure(Role::local, any)) return;
    const auto passes = [](const ProbeEvidence& e) {
        return config::is_connect_probe(e.plan.probe) && e.last && e.last->ok;
    };
    if (std::ranges::none_of(facts.snapshot().probes, passes)) {
        add_consequence(verdict, Cause::database_down);
    }
}

/// The wire let it through: only the token was in the way.
bool met_only_the_token(const probes::Outcome& outcome) {
    return rejected(outcome) || without_token(outcome);
}

/// What only the probe's own token is to blame for decides nothing where users are cut off, for whatever
/// reason.
bool hides_an_outage(const Finding& finding, const Snapshot& snapshot) {
    return finding.severity == Severity::unknown && public_route_is_down(snapshot, met_only_the_token);
}

/// The worst of cause and consequences; `unknown` is none of them.
Severity severity_of(const Verdict& verdict, const Finding& finding, const Snapshot& snapshot) {
    Severity worst = Severity::ok;
    const auto add = [&worst](Severity floor) {
        if (floor != Severity::unknown) worst = std::max(worst, floor);
    };
    if (!finding.severity) add(facts_of(verdict.cause).severity);
    for (Cause consequence : verdict.consequences) add(facts_of(consequence).severity);
    if (worst == Severity::ok) return Severity::unknown;
    const bool down = verdict.prober_at_fault ? public_route_is_down(snapshot, met_only_the_token)
                                              : public_route_is_down(snapshot);
    return down ? Severity::down : worst;
}

void add_nginx_findings(Verdict& verdict, const Facts& facts) {
    for (auto& line : nginx_lines(facts, verdict.cause)) {
        if (std::ranges::find(verdict.evidence, line) == verdict.evidence.end()) {
            verdict.evidence.push_back(std::move(line));
        }
    }
}

}  // namespace

Verdict diagnose(const Snapshot& snapshot) {
    const Facts facts(snapshot);
    const auto decided = decide(facts);
    if (decided.empty()) return all_work(facts) ? healthy(facts) : undecided(facts);

    const std::size_t primary = primary_of(decided);
    const auto& [rule, finding] = decided[primary];
    const auto is_own = [](const Decided& d) { return d.finding.severity == Severity::unknown; };
    const bool prober_at_fault = std::ranges::any_of(decided, is_own);
    if (hides_an_outage(finding, snapshot)) {
        Verdict verdict = undecided(facts);
        verdict.prober_at_fault = prober_at_fault;
        return verdict;
    }
    Verdict verdict;
    verdict.prober_at_fault = prober_at_fault;
    verdict.cause = rule->cause;
    verdict.hop = facts_of(rule->cause).hop;
    add_consequences(verdict, decided, primary);
    if (verdict.cause != Cause::prober_unhealthy) add_dead_database(verdict, facts);
    verdict.severity = severity_of(verdict, finding, snapshot);
    verdict.evidence = finding.evidence;
    add_nginx_findings(verdict, facts);
    for (auto& line : edge_lines(facts, verdict.cause)) verdict.evidence.push_back(std::move(line));
    add_control(verdict, facts);
    add_collectors(verdict, snapshot);
    const Text mended = mended_block(facts, verdict.cause);
    verdict.fix = mended.empty() ? rule->fix(facts) : mended;
    return verdict;
}

}  // namespace gatewatch::agent
