// What the agent knows of one gateway, kept up to date on the event loop: the last outcome of each probe, the
// last sample of each collector, the log's words on the agent's own probes, and the last failures. Bounded,
// without I/O and without a clock of its own: times come in, so that tests choose them. Used by GatewayWatch,
// which has it diagnosed.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "agent/evidence.hpp"

namespace gatewatch::agent {

/// The last outcomes; failures stay when the passes around them have gone.
class History {
  public:
    static constexpr std::size_t limit = 32;  ///< of recent outcomes, and as many older failures

    void add(probes::Outcome outcome);
    /// Failures, the newest first.
    [[nodiscard]] std::vector<const probes::Outcome*> failures() const;

  private:
    std::deque<probes::Outcome> recent_;
    std::deque<probes::Outcome> older_failures_;
};

class EvidenceStore {
  public:
    /// How long a line may take from the backend to an event: it is held back while its owner is not known.
    static constexpr std::chrono::seconds line_grace{3};

    explicit EvidenceStore(config::GatewaySettings gateway);

    /// `index` is the probe's place in the plan.
    void add_outcome(std::size_t index, probes::Outcome outcome);
    /// The place of the probe whose last run this is the attempt of, if it is one.
    std::optional<std::size_t> add_event(const probes::LogEvent& event, probes::SteadyTime now);
    void set_sample(probes::MysqlSample sample) { mysql_ = std::move(sample); }
    void set_log_status(probes::LogStatus status) { log_ = std::move(status); }
    void set_token_problem(std::string problem) { token_problem_ = std::move(problem); }

    /// An outcome this old says nothing of the present: older than two intervals and the timeout.
    [[nodiscard]] bool is_stale(std::size_t index, probes::SteadyTime now) const;
    /// The attempt line of a finished run may still come.
    [[nodiscard]] bool awaits_lines(probes::SteadyTime now) const;
    [[nodiscard]] Snapshot snapshot(probes::SteadyTime now, probes::WallTime now_wall) const;

    [[nodiscard]] const config::GatewaySettings& gateway() const { return gateway_; }
    [[nodiscard]] const std::vector<config::PlannedProbe>& plan() const { return plan_; }
    /// The last outcome, however old; nothing before the first run.
    [[nodiscard]] const std::optional<probes::Outcome>& last(std::size_t index) const {
        return probes_[index].last;
    }
    [[nodiscard]] const std::optional<probes::MysqlSample>& mysql() const { return mysql_; }
    [[nodiscard]] const std::optional<probes::LogStatus>& log() const { return log_; }
    [[nodiscard]] const History& history() const { return history_; }

  private:
    /// What the log said of one run.
    struct OwnLines {
        unsigned attempts = 0, token_absent = 0, accepted = 0;
        unsigned rejected_missing = 0, rejected_expired = 0, rejected_unknown = 0;
    };
    struct ProbeState {
        std::optional<probes::Outcome> last;
        unsigned consecutive_failures = 0, consecutive_successes = 0;
        probes::SteadyTime finished{};
        OwnLines lines;
        // What the run before left, which stands while this run's lines may still come, if both ended alike:
        // else a verdict that rests on the log would come and go with every run.
        OwnLines lines_before;
        std::optional<bool> seen_before;
    };

    [[nodiscard]] bool awaits_lines(const ProbeState& state, probes::SteadyTime now) const;
    [[nodiscard]] std::optional<bool> backend_seen(const ProbeState& state, probes::SteadyTime now) const;
    [[nodiscard]] const OwnLines& lines_of(const ProbeState& state, probes::SteadyTime now) const;
    [[nodiscard]] LogEvidence log_evidence(probes::SteadyTime now) const;

    config::GatewaySettings gateway_;
    std::vector<config::PlannedProbe> plan_;
    std::vector<ProbeState> probes_;
    std::optional<std::size_t> last_attempt_;  ///< the probe that the last synthetic attempt belongs to
    std::deque<probes::SteadyTime> errors_;
    std::string last_error_;
    std::optional<probes::MysqlSample> mysql_;
    std::optional<probes::LogStatus> log_;
    std::string token_problem_;
    History history_;
};

}  // namespace gatewatch::agent
