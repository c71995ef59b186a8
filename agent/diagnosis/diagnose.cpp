#include <algorithm>

#include "agent/diagnosis/lines.hpp"
#include "agent/diagnosis/rules.hpp"
#include "agent/diagnosis/text.hpp"

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
    return decided;
}

/// The first; but what only the prober's own token is to blame for must not hide a fault that users meet.
std::size_t primary_of(const std::vector<Decided>& decided) {
    const auto about_users = [](const Decided& d) { return d.finding.severity != Severity::unknown; };
    const auto first = std::ranges::find_if(decided, about_users);
    return first == decided.end() ? 0 : static_cast<std::size_t>(first - decided.begin());
}

void add_consequences(Verdict& verdict, const std::vector<Decided>& decided, std::size_t primary) {
    const auto add = [&verdict](Cause cause) {
        auto& all = verdict.consequences;
        if (cause != verdict.cause && std::ranges::find(all, cause) == all.end()) all.push_back(cause);
    };
    for (Cause cause : decided[primary].finding.consequences) add(cause);
    for (const auto& other : decided) {
        const bool own_fault =
            other.rule->cause == Cause::prober_unhealthy || other.finding.severity == Severity::unknown;
        if (!own_fault) add(other.rule->cause);
    }
}

/// Users come over it and nothing that was tried there works. A probe without its token came through to the
/// backend, as users do.
bool public_route_is_down(const Snapshot& snapshot, const Matches& comes_through = without_token) {
    bool any = false;
    for (const auto& evidence : snapshot.probes) {
        if (evidence.plan.role != Role::public_ || !evidence.last) continue;
        if (evidence.last->ok || comes_through(*evidence.last)) return false;
        any = true;
    }
    return any;
}

/// What only the probe's own token is to blame for decides nothing where users are cut off, for whatever
/// reason.
bool hides_an_outage(const Finding& finding, const Snapshot& snapshot) {
    const Matches own = [](const probes::Outcome& outcome) {
        return rejected(outcome) || without_token(outcome);
    };
    return finding.severity == Severity::unknown && public_route_is_down(snapshot, own);
}

Severity severity_of(const Verdict& verdict, const Finding& finding, const Snapshot& snapshot) {
    if (finding.severity) return *finding.severity;
    if (verdict.cause == Cause::prober_unhealthy) return Severity::unknown;
    return public_route_is_down(snapshot) ? Severity::down : facts_of(verdict.cause).severity;
}

/// A browser never takes the local route: CORS headers that nginx adds are missing there by design.
bool is_harmless(const Facts& facts, const ProbeEvidence& evidence) {
    return evidence.plan.role == Role::local && evidence.last->reason == probes::Reason::cors &&
           facts.passes(Role::public_, evidence.plan.probe);
}

bool works(const Facts& facts, const ProbeEvidence& evidence) {
    return evidence.last && (evidence.last->ok || is_harmless(facts, evidence));
}

/// Collectors that do not answer, and a table whose rows cannot all be counted: no cause by themselves, but
/// worth a line.
void add_collectors(Verdict& verdict, const Snapshot& snapshot) {
    const auto add = [&verdict](EvidenceLine line) {
        const auto same = [&line](const EvidenceLine& earlier) { return earlier.source == line.source; };
        if (std::ranges::none_of(verdict.evidence, same)) verdict.evidence.push_back(std::move(line));
    };
    if (snapshot.mysql && (!snapshot.mysql->up || !snapshot.mysql->detail.empty()))
        add(mysql_line(*snapshot.mysql));
    if (snapshot.log && !snapshot.log->status.up) add(log_line(*snapshot.log));
}

/// A collector that cannot be read is no fault of the gateway, but what it watches may be broken unseen.
void add_blind_spots(Verdict& verdict, const Snapshot& snapshot) {
    std::string names;
    std::string details;
    const auto add = [&](CollectorKind kind, const std::string& detail) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", name_of(kind));
        details += fmt::format("\n{}: {}", name_of(kind), one_line(detail));
    };
    if (snapshot.mysql && !snapshot.mysql->up) add(CollectorKind::mysql, snapshot.mysql->detail);
    if (snapshot.log && !snapshot.log->status.up) add(CollectorKind::pm2_log, snapshot.log->status.detail);
    if (names.empty()) return;
    verdict.evidence.front() =
        make_line("probes", say("all probes pass; {} cannot be read", "探测全部通过；无法读取 {}", names));
    verdict.fix =
        say("Logins work. Mend what cannot be read:{}", "登录正常。请修复无法读取的部分：{}", details);
}

Verdict healthy(const Snapshot& snapshot) {
    Verdict verdict;
    verdict.cause = Cause::none;
    verdict.severity = Severity::ok;
    verdict.evidence.push_back(
        make_line("probes", say("all {} probes pass", "{} 个探测全部通过", snapshot.probes.size())));
    add_collectors(verdict, snapshot);
    verdict.fix = {"Nothing to do.", "无需处理。"};
    add_blind_spots(verdict, snapshot);
    return verdict;
}

/// Everything that does not work, so that a person can decide what the rules do not.
Verdict undecided(const Facts& facts) {
    const Snapshot& snapshot = facts.snapshot();
    Verdict verdict;
    bool failing = false;
    for (const auto& evidence : snapshot.probes) {
        if (works(facts, evidence)) continue;
        failing = failing || evidence.last.has_value();
        verdict.evidence.push_back(line_of(evidence));
    }
    add_collectors(verdict, snapshot);
    if (verdict.evidence.empty()) {
        verdict.evidence.push_back(make_line("probes", {"none is planned", "没有计划任何探测"}));
    }
    verdict.fix = failing ? Text{"The evidence does not decide. Let another round of probes pass; if it "
                                 "stays so, begin with the first line of the evidence.",
                                 "证据不足以判定。请等待下一轮探测；若仍如此，从证据的第一行开始排查。"}
                          : Text{"Wait until every probe has a fresh result. If none comes, see that "
                                 "gatewatch runs and read its log.",
                                 "请等待每个探测给出新的结果。若一直没有，确认 gatewatch 在运行并查看其日志"
                                 "。"};
    // A rejection alone may be a matter of the probe's own token: no outage before its cause is known.
    const bool more_than_rejected =
        facts.failure(Role::public_, [](const probes::Outcome& outcome) { return !rejected(outcome); });
    if (more_than_rejected && public_route_is_down(snapshot)) verdict.severity = Severity::down;
    return verdict;
}

bool all_work(const Facts& facts) {
    const auto& probes = facts.snapshot().probes;
    const auto fine = [&facts](const ProbeEvidence& evidence) { return works(facts, evidence); };
    return !probes.empty() && std::ranges::all_of(probes, fine);
}

}  // namespace

Verdict diagnose(const Snapshot& snapshot) {
    const Facts facts(snapshot);
    const auto decided = decide(facts);
    if (decided.empty()) return all_work(facts) ? healthy(snapshot) : undecided(facts);

    const std::size_t primary = primary_of(decided);
    const auto& [rule, finding] = decided[primary];
    if (hides_an_outage(finding, snapshot)) return undecided(facts);
    Verdict verdict;
    verdict.cause = rule->cause;
    verdict.hop = facts_of(rule->cause).hop;
    verdict.severity = severity_of(verdict, finding, snapshot);
    verdict.evidence = finding.evidence;
    add_collectors(verdict, snapshot);
    verdict.fix = rule->fix(facts);
    // A prober that cannot see has no word on anything else either.
    if (verdict.cause != Cause::prober_unhealthy) add_consequences(verdict, decided, primary);
    return verdict;
}

}  // namespace gatewatch::agent
