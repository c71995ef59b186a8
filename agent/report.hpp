// What `check`, the status page and /api/v1/status show: the state of every gateway as text for people and as
// JSON for programs. Pure: values in, a string out.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "agent/diagnosis/verdict.hpp"
#include "config/settings.hpp"
#include "probes/outcome.hpp"
#include "probes/samples.hpp"

namespace gatewatch::agent {

struct CollectorReport {
    CollectorKind kind = CollectorKind::mysql;
    bool up = false;
    std::string detail;  ///< why not up, or what is odd although it is
};

struct GatewayReport {
    std::string name;
    Verdict verdict;
    std::optional<probes::WallTime> since;          ///< when this verdict was first given
    std::vector<probes::Outcome> probes;            ///< the last outcome of each
    std::vector<config::PlannedProbe> not_yet_run;  ///< or whose last outcome is stale
    std::optional<probes::MysqlSample> mysql;
    std::vector<CollectorReport> collectors;
};

struct Report {
    std::string version;
    probes::WallTime time{};
    std::vector<GatewayReport> gateways;
};

/// A checklist that a person on call can read: the probes, tokens and collectors, then the verdict with its
/// fix.
[[nodiscard]] std::string render_text(const Report& report, Language language);

/// The JSON of the contract: times in seconds, dates in RFC 3339, null for what is not known.
[[nodiscard]] std::string render_json(const Report& report, Language language);

/// 0 healthy, 1 degraded, 2 down, 3 cannot tell; the worst gateway counts: down, unknown, degraded, ok.
[[nodiscard]] int exit_code(const Report& report);

}  // namespace gatewatch::agent
