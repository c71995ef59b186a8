// Is the prober itself healthy, and is the log that it reads the right one?
#include "agent/diagnosis/lines.hpp"
#include "agent/diagnosis/rules.hpp"

namespace gatewatch::agent::rule {

using probes::Outcome;
using probes::Reason;

namespace {

std::vector<EvidenceLine> of_each_route(const Facts& facts, const Matches& matches) {
    std::vector<EvidenceLine> lines;
    for (Role role : {Role::local, Role::public_}) {
        if (const auto* failure = facts.failure(role, matches)) lines.push_back(line_of(*failure));
    }
    return lines;
}

}  // namespace

MaybeFinding prober_unhealthy(const Facts& facts) {
    const Matches own_fault = [](const Outcome& outcome) {
        return is_any(outcome, {Reason::local_resource, Reason::internal});
    };
    auto evidence = of_each_route(facts, own_fault);
    if (evidence.empty()) return std::nullopt;
    return Finding{std::move(evidence), {}, {}};
}

MaybeFinding token_unavailable(const Facts& facts) {
    auto evidence = of_each_route(facts, without_token);
    if (evidence.empty()) return std::nullopt;
    if (const auto& problem = facts.snapshot().token_problem; !problem.empty()) {
        evidence.insert(evidence.begin(), make_line("token", problem));
    }
    return Finding{std::move(evidence), {}, Severity::unknown};
}

MaybeFinding log_blind(const Facts& facts) {
    const auto& log = facts.snapshot().log;
    if (log && log->status.up && log->status.wording_drift) return Finding{{log_line(*log)}, {}, {}};
    if (!facts.log()) return std::nullopt;
    // Over the public route the connection may end at a backend of another host, whose log is not read here.
    const ProbeEvidence* unseen = nullptr;
    for (ProbeKind probe : {ProbeKind::websocket, ProbeKind::polling}) {
        const auto* evidence = facts.snapshot().find(Role::local, probe);
        if (!evidence || !evidence->last || !evidence->last->ok) continue;
        if (evidence->backend_seen == true) return std::nullopt;
        if (evidence->backend_seen == false && !unseen) unseen = evidence;
    }
    if (!unseen) return std::nullopt;
    return Finding{{line_of(*unseen),
                    make_line("pm2_log", {"is followed, and the probe's own connection never came up in it",
                                          "正常读取，但始终没有出现探测自身的连接"})},
                   {},
                   {}};
}

}  // namespace gatewatch::agent::rule
