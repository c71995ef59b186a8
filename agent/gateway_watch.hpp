// Everything that watches one gateway: its collectors, its tokens, its evidence, its verdict. The app runs
// its probes on a schedule, `check` runs each once; both get the same verdicts from the same parts. Lives on
// the event loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "agent/diagnosis/verdict.hpp"
#include "agent/evidence_store.hpp"
#include "agent/gateway_collectors.hpp"
#include "agent/metrics/recorder.hpp"
#include "agent/notices.hpp"
#include "agent/probe_runs.hpp"
#include "agent/probe_tokens.hpp"
#include "agent/report.hpp"
#include "agent/verdict_log.hpp"
#include "agent/workers.hpp"
#include "probes/probe.hpp"

namespace gatewatch::agent {

class GatewayWatch : public std::enable_shared_from_this<GatewayWatch> {
  public:
    /// Runs one probe over the wire; tests put their own in the place of the table of probes.
    using Runner =
        std::function<boost::asio::awaitable<probes::Outcome>(ProbeKind, probes::Target, probes::Run)>;

    /// A daemon watches: the end of an outage must hold for a while before it is believed, verdicts are kept
    /// over a restart, and what failed is asked for again. `check` looks once: what it sees is what it says.
    enum class Look { lasting, once };

    /// Workers and recorder outlive the watch.
    GatewayWatch(boost::asio::any_io_executor executor, config::GatewaySettings gateway,
                 const std::filesystem::path& state_directory, metrics::Recorder& recorder, Runner runner,
                 Workers& workers, Look look = Look::lasting);
    GatewayWatch(const GatewayWatch&) = delete;
    GatewayWatch& operator=(const GatewayWatch&) = delete;
    ~GatewayWatch();

    /// Gateways of one PM2 app share its log: each is told of the others' probes, which are no users either.
    /// With all watches that there are, before the first run of a new one.
    static void share_logs(const std::vector<GatewayWatch*>& watches);
    void start_collectors();
    /// And the runs that failures called for.
    void stop_collectors();
    /// Stops it in favour of another watch of that name, or of none: once this has returned it writes no file
    /// and has no series. Runs under way are cancelled, and what they bring counts no more. A watch with
    /// shared owners lives until the last of them has ended.
    void retire();
    /// Runs the probe at that place of the plan once: token, probe, evidence, metrics, verdict. If a run of
    /// it is under way, this one is skipped and counted. Throws only if it is cancelled; whatever else goes
    /// wrong is the outcome.
    boost::asio::awaitable<void> run_probe(std::size_t index, probes::SteadyTime scheduled);
    void probe_skipped(std::size_t index, std::uint64_t runs);
    /// Runs every scheduled probe once, one after the other, and with what their failures call for; those
    /// that hold a session for a minute only if `slow`. Ends when the last of them has ended.
    boost::asio::awaitable<void> run_all(bool slow);
    /// Every collector once, beside its schedule.
    void sample_now() { collectors_.sample_now(); }
    /// Called after every change of what report() says. At most one; for `check`, which shows it.
    void on_change(std::function<void()> changed) { changed_ = std::move(changed); }
    /// To be called about once a second: notices what has gone stale, what the collectors say of themselves,
    /// and which probes are due again.
    void tick();

    [[nodiscard]] const std::vector<config::PlannedProbe>& plan() const { return evidence_.plan(); }
    [[nodiscard]] const EvidenceStore& evidence() const { return evidence_; }
    /// The first sample of a collector, or the token table's word on the probe's token, is still to come.
    [[nodiscard]] bool awaits_sample() const;
    [[nodiscard]] GatewayReport report() const;

  private:
    boost::asio::awaitable<void> perform(std::size_t index, probes::SteadyTime scheduled);
    boost::asio::awaitable<probes::Outcome> outcome_of(std::size_t index, probes::SteadyTime scheduled,
                                                       std::uint64_t run);
    void on_connected(std::size_t index, std::uint64_t run, const std::string& sid);
    void cut_off(std::uint64_t run) const;
    void on_outcome(std::size_t index, probes::Outcome outcome);
    void on_log_event(probes::LogEvent event);
    void on_edge_trouble(probes::EdgeTrouble trouble, probes::nginx::EdgeLog::Age age);
    /// A new token is looked up at once: until then the samples have no word on it.
    void look_up_token();
    [[nodiscard]] bool is_settling() const;
    /// Asks for the verdict anew, once there was enough to give the first one.
    void evaluate();
    void restore_verdicts();
    void notify() const;

    const probes::SteadyTime created_ = std::chrono::steady_clock::now();
    const Look look_;
    Runner run_;
    EvidenceStore evidence_;
    Notices notices_;
    std::unique_ptr<metrics::GatewayMetrics> metrics_;  ///< nothing once it is retired
    GatewayCollectors collectors_;
    ProbeTokens tokens_;  // uses the collectors' token table
    ProbeRuns runs_;
    VerdictLog verdicts_;
    std::filesystem::path verdict_file_;  ///< empty: they are not kept
    std::vector<std::shared_ptr<probes::pm2::LogCollector>>
        logs_;  ///< that a run of this gateway may leave lines in
    std::shared_ptr<std::uint64_t> run_ids_ = std::make_shared<std::uint64_t>(0);
    std::optional<Secret> looked_up_;  ///< the token that the table is asked about
    std::function<void()> changed_;
    bool settled_ = false;  ///< for good
    bool retired_ = false;
};

}  // namespace gatewatch::agent
