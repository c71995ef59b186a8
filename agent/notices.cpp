#include "agent/notices.hpp"

#include <fmt/format.h>

#include "agent/logging.hpp"

namespace gatewatch::agent {
namespace {

std::string probe_name(Role role, ProbeKind probe) {
    return fmt::format("{} {}", name_of(role), name_of(probe));
}

}  // namespace

void Notices::probe(const std::optional<probes::Outcome>& last, const probes::Outcome& outcome) const {
    const bool was_ok = !last || last->ok;
    if (was_ok == outcome.ok) return;
    const std::string name = probe_name(outcome.role, outcome.probe);
    if (outcome.ok) {
        log_event(spdlog::level::info, "probe passes again", {{"gateway", gateway_}, {"probe", name}});
    } else {
        log_event(spdlog::level::warn, "probe fails",
                  {{"gateway", gateway_},
                   {"probe", name},
                   {"reason", name_of(outcome.reason.value_or(probes::Reason::internal))},
                   {"phase", name_of(outcome.phase)},
                   {"evidence", outcome.evidence}});
    }
}

void Notices::skipped(const config::PlannedProbe& plan, std::uint64_t runs) const {
    log_event(spdlog::level::debug,
              "runs were skipped: the one before took longer than the interval, or the agent stood still",
              {{"gateway", gateway_},
               {"probe", probe_name(plan.role, plan.probe)},
               {"runs", fmt::to_string(runs)}});
}

void Notices::collector(CollectorKind collector, bool up, const Text& detail) {
    auto& was_up = was_up_[static_cast<std::size_t>(collector)];
    if (was_up == up) return;
    const bool first = !was_up;
    was_up = up;
    if (!up) {
        log_event(spdlog::level::warn, "collector is down, and goes on trying",
                  {{"gateway", gateway_}, {"collector", name_of(collector)}, {"detail", detail.en}});
    } else if (!first) {
        log_event(spdlog::level::info, "collector is up again",
                  {{"gateway", gateway_}, {"collector", name_of(collector)}});
    }
}

void Notices::verdict(Cause before, const Verdict& verdict) const {
    std::string evidence;
    for (const EvidenceLine& line : verdict.evidence) {
        if (!evidence.empty()) evidence += "; ";
        evidence += fmt::format("{}: {}", line.source, line.text.en);
    }
    log_event(verdict.severity == Severity::ok ? spdlog::level::info : spdlog::level::warn, "verdict",
              {{"gateway", gateway_},
               {"cause", name_of(verdict.cause)},
               {"severity", name_of(verdict.severity)},
               {"before", name_of(before)},
               {"evidence", evidence},
               {"fix", verdict.fix.en}});
}

void Notices::verdict_file(const std::string& problem) {
    if (!problem.empty() && problem != file_problem_) {
        log_event(spdlog::level::warn, "the verdicts are not kept over a restart",
                  {{"gateway", gateway_}, {"detail", problem}});
    }
    file_problem_ = problem;
}

}  // namespace gatewatch::agent
