#include "agent/diagnosis/health.hpp"

#include <algorithm>

#include "agent/diagnosis/blind_spots.hpp"
#include "agent/diagnosis/edge_lines.hpp"
#include "agent/diagnosis/lines.hpp"

namespace gatewatch::agent {

using probes::Phase;
using probes::Reason;

namespace {

/// A browser never takes the local route: CORS headers that nginx adds are missing there by design.
bool is_harmless(const Facts& facts, const ProbeEvidence& evidence) {
    return evidence.plan.role == Role::local && is_any(*evidence.last, {Reason::cors}) &&
           facts.passes(Role::public_, evidence.plan.probe);
}

bool connects(const Facts& facts, const ProbeEvidence& evidence) {
    return evidence.last && (evidence.last->ok || is_harmless(facts, evidence));
}

/// What only this probe can find: not that the route is down, or that the token is turned down.
bool is_finding_of_its_own(const probes::Outcome& outcome) {
    switch (outcome.probe) {
        case ProbeKind::hold:
            return outcome.phase == Phase::hold;
        case ProbeKind::upgrade:
            return is_any(outcome, {Reason::upgrade_refused, Reason::upgrade_probe_failed}) ||
                   outcome.phase == Phase::upgrade;
        case ProbeKind::sticky:
            return is_any(outcome, {Reason::eio_sid_unknown});
        default:
            return is_any(outcome, {Reason::accepted_bad_token});
    }
}

/// A seldom probe saw a fault that has passed since: the connect probes of its route pass again.
bool is_over(const Facts& facts, const ProbeEvidence& seldom) {
    bool any = false;
    bool failed_lately = false;
    for (ProbeKind probe : {ProbeKind::websocket, ProbeKind::polling}) {
        const auto* connect = facts.snapshot().find(seldom.plan.role, probe);
        if (!connect) continue;
        if (!connects(facts, *connect) || connect->last->started <= seldom.last->started) return false;
        any = true;
        failed_lately = failed_lately || connect->recent_failures > 0;
    }
    return any && (failed_lately || !is_finding_of_its_own(*seldom.last));
}

/// Nothing that speaks against health: it works, it need not, or its failure is over.
bool is_fine(const Facts& facts, const ProbeEvidence& evidence) {
    if (config::is_connect_probe(evidence.plan.probe)) return connects(facts, evidence);
    const bool asks_something_else = evidence.plan.on_failure || evidence.plan.probe == ProbeKind::http;
    return asks_something_else || !evidence.last || evidence.last->ok || is_over(facts, evidence);
}

/// The control fails while Socket.IO works: not the gateway's fault, but perhaps a wrong http_path.
const ProbeEvidence* failing_control(const Facts& facts) {
    const Matches any = [](const probes::Outcome&) { return true; };
    for (Role role : {Role::public_, Role::local}) {
        if (const auto* failure = facts.failure(role, ProbeKind::http, any)) return failure;
    }
    return nullptr;
}

const std::string& http_path_of(const Facts& facts, Role role) {
    static const std::string none;
    const auto* route = config::find_route(facts.gateway(), role);
    return route ? route->http_path : none;
}

void add_failing_control(Verdict& verdict, const Facts& facts) {
    const auto* control = failing_control(facts);
    if (!control) return;
    const Role role = control->plan.role;
    const std::string& path = http_path_of(facts, role);
    verdict.evidence.push_back(control_line(*control, path));
    const Text fix =
        say("Socket.IO works over the route \"{0}\" and the HTTP control does not. Correct http_path of that "
            "route "
            "(now \"{1}\"; it must give 2xx without a login), or mend what answers there.",
            "路由 \"{0}\" 上 Socket.IO 正常，而 HTTP 对照请求失败。请修正该路由的 http_path（现为 "
            "\"{1}\"，须无需登录即返回 2xx），或修复该处的应答。",
            name_of(role), path.empty() ? std::string("/") : path);
    verdict.fix = fix;
}

/// The row of the probe's token reads as expired, and the gateway accepts the token.
void add_zone_doubt(Verdict& verdict, const Facts& facts) {
    const auto& sample = facts.snapshot().mysql;
    if (!sample || !sample->up || sample->own != probes::OwnToken::expired) return;
    verdict.evidence.push_back(make_line(
        std::string(name_of(CollectorKind::mysql)),
        {"the row of the probe's token reads as expired, yet the gateway accepts it: backend_time_zone in "
         "[gateway.mysql] is not the zone that the backend reads it in, or the backend ignores expires_at",
         "探测 token 的行已过期，而网关仍接受：[gateway.mysql] 的 backend_time_zone 与后端读取时所用时区不"
         "同，或后端没有检查 expires_at"}));
}

}  // namespace

bool public_route_is_down(const Snapshot& snapshot, const Matches& comes_through) {
    bool any = false;
    for (const auto& evidence : snapshot.probes) {
        const bool tells = config::is_connect_probe(evidence.plan.probe) && evidence.last;
        if (!tells || evidence.plan.role != Role::public_) continue;
        if (evidence.last->ok || comes_through(*evidence.last)) return false;
        any = true;
    }
    return any;
}

bool all_work(const Facts& facts) {
    const auto& all = facts.snapshot().probes;
    const auto counts = [](const ProbeEvidence& evidence) {
        return config::is_connect_probe(evidence.plan.probe) || (evidence.last && evidence.last->ok);
    };
    return std::ranges::any_of(all, counts) &&
           std::ranges::all_of(all, [&facts](const ProbeEvidence& e) { return is_fine(facts, e); });
}

void add_control(Verdict& verdict, const Facts& facts) {
    const Matches before_backend = [](const probes::Outcome& o) { return !reached_backend(o); };
    for (Role role : {Role::public_, Role::local}) {
        const auto* failure = facts.failure(role, before_backend);
        const auto* control = facts.snapshot().find(role, ProbeKind::http);
        if (!failure || !control || !control->last || !control->last->ok) continue;
        if (belong_together(*control, *failure)) {
            verdict.evidence.push_back(control_line(*control, http_path_of(facts, role)));
        }
    }
}

Verdict healthy(const Facts& facts) {
    const Snapshot& snapshot = facts.snapshot();
    const auto passed = std::ranges::count_if(
        snapshot.probes, [](const ProbeEvidence& e) { return e.last && e.last->ok && !e.plan.on_failure; });
    Verdict verdict;
    verdict.cause = Cause::none;
    verdict.severity = Severity::ok;
    verdict.evidence.push_back(make_line("probes", say("all {} probes pass", "{} 个探测全部通过", passed)));
    verdict.fix = {"Nothing to do.", "无需处理。"};
    for (const auto& evidence : snapshot.probes) {
        const bool seldom = !config::is_connect_probe(evidence.plan.probe) && !evidence.plan.on_failure;
        const bool failed = evidence.last && !evidence.last->ok;
        if (!seldom || !failed) continue;
        verdict.evidence.front() =
            make_line("probes", say("users connect: websocket and polling pass; {} probes pass in all",
                                    "用户可以连接：websocket 与 polling 均通过；共 {} 个探测通过", passed));
        if (evidence.plan.probe != ProbeKind::http) verdict.evidence.push_back(line_of(evidence));
    }
    add_collectors(verdict, snapshot);
    add_zone_doubt(verdict, facts);
    add_failing_control(verdict, facts);
    add_blind_spots(verdict, snapshot);
    return verdict;
}

Verdict undecided(const Facts& facts) {
    const Snapshot& snapshot = facts.snapshot();
    Verdict verdict;
    bool failing = false;
    for (const auto& evidence : snapshot.probes) {
        if (is_fine(facts, evidence)) continue;
        failing = failing || evidence.last.has_value();
        verdict.evidence.push_back(line_of(evidence));
    }
    for (const auto& evidence : snapshot.probes) {
        if (evidence.plan.on_failure && evidence.last && failing) {
            verdict.evidence.push_back(line_of(evidence));
        }
    }
    for (auto& line : edge_lines(facts, Cause::unknown)) verdict.evidence.push_back(std::move(line));
    add_control(verdict, facts);
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

}  // namespace gatewatch::agent
