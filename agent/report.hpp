// What `check`, the status page and /api/v1/status show: the state of every gateway as text for people and as
// JSON for programs. Pure: values in, a string out.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/diagnosis/verdict.hpp"
#include "agent/runbook.hpp"
#include "config/settings.hpp"
#include "probes/outcome.hpp"
#include "probes/samples.hpp"

namespace gatewatch::agent {

struct CollectorReport {
    CollectorKind kind = CollectorKind::mysql;
    bool up = false;
    Text detail;  ///< why not up, or what is odd although it is
};

/// One verdict that was given, and for how long.
struct VerdictChange {
    Cause cause = Cause::unknown;
    Severity severity = Severity::unknown;
    probes::WallTime from{};
    std::optional<probes::WallTime> to;  ///< nothing: it still stands
};

struct GatewayReport {
    std::string name;
    Verdict verdict;
    std::optional<probes::WallTime> since;          ///< when this verdict was first given
    std::vector<probes::Outcome> probes;            ///< the last outcome of each
    std::vector<config::PlannedProbe> not_yet_run;  ///< or whose last outcome is stale
    std::optional<probes::MysqlSample> mysql;
    std::vector<CollectorReport> collectors;
    std::vector<probes::Outcome> history;       ///< the last runs, the newest first; failures are kept longer
    std::vector<VerdictChange> changes;         ///< the newest first, the present one too
    std::optional<EventCounts> events;          ///< since the start; nothing: no log is configured
    std::vector<probes::LogEvent> last_events;  ///< the newest first, at most 20
    std::vector<probes::NginxFinding> nginx_findings;  ///< of the last look
};

struct Report {
    std::string version;
    probes::WallTime time{};
    std::vector<GatewayReport> gateways;
    bool run_under_way =
        false;  ///< the configured probes are run now, since somebody asked for it on the page
    RunbookPlace runbooks{};
};

/// How the text is shown.
struct Look {
    bool colour = false;    ///< the words for passed and failed in the terminal's green and red
    bool running = false;   ///< the check still runs: what is not there yet is awaited, and no verdict yet
    bool once = false;      ///< of `check`, where what has no result was not asked for
    bool thorough = false;  ///< and the slow probes were
};

/// A checklist that a person on call can read: the probes, tokens and collectors, then the verdict with its
/// fix.
[[nodiscard]] std::string render_text(const Report& report, Language language, Look look = {});

/// The output of a monitoring plugin (Nagios Plugin Development Guidelines): a status line with performance
/// data, then evidence and fix as long text.
[[nodiscard]] std::string render_nagios(const Report& report, Language language);

/// The JSON of the contract: times in seconds, dates in RFC 3339, null for what is not known.
[[nodiscard]] std::string render_json(const Report& report, Language language);

/// 0 healthy, 1 degraded, 2 down, 3 cannot tell; the worst gateway counts: down, unknown, degraded, ok.
[[nodiscard]] int exit_code(const Report& report);

}  // namespace gatewatch::agent
