// What the agent knows of one gateway, kept up to date on the event loop: the last outcome of each probe, the
// last sample of each collector, the log's words on the agent's own probes, and the last failures. Bounded,
// without I/O and without a clock of its own: times come in, so that tests choose them. Used by GatewayWatch,
// which has it diagnosed.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/edge_window.hpp"
#include "agent/evidence.hpp"

namespace gatewatch::agent {

/// The last outcomes; failures stay when the passes around them have gone.
class History {
  public:
    static constexpr std::size_t limit = 32;  ///< of recent outcomes, and as many older failures

    void add(probes::Outcome outcome);
    /// All of them, the newest first.
    [[nodiscard]] std::vector<const probes::Outcome*> runs() const;

  private:
    std::deque<probes::Outcome> recent_;
    std::deque<probes::Outcome> older_failures_;
};

/// The last samples of the collectors that look at something from time to time; nothing: not configured, none
/// yet, or stale.
struct Samples {
    std::optional<probes::NginxSample> nginx;
    std::optional<probes::FrontendSample> frontend;
    std::optional<probes::EnvSample> env;
    std::optional<probes::Pm2ProcessSample> processes;
};

class EvidenceStore {
  public:
    static constexpr std::size_t recent_limit = 8;   ///< of the runs that are counted as recent
    static constexpr std::size_t events_limit = 20;  ///< of the log's last events

    /// How long a line may take from the backend to an event: it is held back while its owner is not known.
    static constexpr std::chrono::seconds line_grace{3};

    /// Of one look, every result is of the present, however long the slowest probe takes.
    enum class Results { go_stale, stay };

    explicit EvidenceStore(config::GatewaySettings gateway, Results results = Results::go_stale);

    /// `index` is the probe's place in the plan.
    void add_outcome(std::size_t index, probes::Outcome outcome);
    /// Its run that is under way was acknowledged under this sid: lines of it may come before its outcome.
    void add_connect(std::size_t index, const std::string& sid);
    /// The place of the probe whose last run this is the attempt of, if it is one.
    std::optional<std::size_t> add_event(const probes::LogEvent& event, probes::SteadyTime now);
    void set_sample(probes::MysqlSample sample) { mysql_ = std::move(sample); }
    void set_log_status(probes::LogStatus status) { log_ = std::move(status); }
    /// Of nginx's own logs.
    [[nodiscard]] EdgeWindow& edge() { return edge_; }
    /// Why that probe's token cannot be had; empty: it can. The probes that send the own token share one
    /// word.
    void set_token_problem(ProbeKind probe, Text problem);
    /// The runs from here on send another token than those before.
    void set_token_since(probes::WallTime since) { token_since_ = since; }
    [[nodiscard]] Samples& samples() { return samples_; }
    [[nodiscard]] const Samples& samples() const { return samples_; }

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
    /// What the backend last said of its pings, in the newest run that was told.
    [[nodiscard]] std::optional<probes::Handshake> handshake() const;
    [[nodiscard]] const EventCounts& event_counts() const { return event_counts_; }
    /// The newest first.
    [[nodiscard]] const std::deque<probes::LogEvent>& last_events() const { return last_events_; }

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
        // Of the run that is under way, which becomes `last`.
        std::vector<std::string> sids_under_way;
        OwnLines lines_under_way;
        struct Recent {
            probes::SteadyTime scheduled;
            bool ok;
        };
        std::deque<Recent> recent;  ///< the newest last
        // What the run before left, which stands while this run's lines may still come, if both ended alike:
        // else a verdict that rests on the log would come and go with every run.
        OwnLines lines_before;
        std::optional<bool> seen_before;
        // Runs may follow each other faster than their lines come: since when none of them was seen, and the
        // sids of those before the last.
        std::optional<probes::SteadyTime> unseen_since;
        std::deque<std::string> earlier_sids;
    };

    [[nodiscard]] bool awaits_lines(const ProbeState& state, probes::SteadyTime now) const;
    [[nodiscard]] std::optional<bool> backend_seen(const ProbeState& state, probes::SteadyTime now) const;
    [[nodiscard]] const OwnLines& lines_of(const ProbeState& state, probes::SteadyTime now) const;
    void note_sids(ProbeState& state, const probes::Outcome& outcome);
    void note_seen(const std::string& sid);
    [[nodiscard]] static bool is_under_way(const ProbeState& state, const std::string& sid);
    [[nodiscard]] std::optional<std::size_t> owner_of(const std::string& sid) const;
    std::optional<std::size_t> count(probes::EventKind kind, std::size_t owner, const std::string& sid);
    [[nodiscard]] ProbeEvidence probe_evidence(std::size_t index, probes::SteadyTime now) const;
    [[nodiscard]] LogEvidence log_evidence(probes::SteadyTime now) const;

    config::GatewaySettings gateway_;
    Results results_;
    std::vector<config::PlannedProbe> plan_;
    std::vector<ProbeState> probes_;
    /// The run that the last synthetic attempt belongs to, by its probe and sid.
    struct Attempt {
        std::size_t probe;
        std::string sid;
    };
    std::optional<Attempt> last_attempt_;
    std::deque<probes::SteadyTime> errors_;
    std::string last_error_;
    std::optional<probes::MysqlSample> mysql_;
    std::optional<probes::LogStatus> log_;
    EdgeWindow edge_;
    Samples samples_;
    probes::WallTime token_since_{};
    std::map<ProbeKind, Text> token_problems_;  ///< those that there are; the own token's under websocket
    History history_;
    EventCounts event_counts_{};
    std::deque<probes::LogEvent> last_events_;
};

}  // namespace gatewatch::agent
