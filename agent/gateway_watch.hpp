// Everything that watches one gateway: its collectors, its token, its evidence, its verdict. The app runs its
// probes on a schedule, `check` runs each once; both get the same verdicts from the same parts. Lives on the
// event loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/diagnosis/verdict.hpp"
#include "agent/evidence_store.hpp"
#include "agent/metrics/recorder.hpp"
#include "agent/notices.hpp"
#include "agent/report.hpp"
#include "probes/mysql/token_collector.hpp"
#include "probes/pm2/log_collector.hpp"
#include "probes/probe.hpp"
#include "probes/token_source.hpp"

namespace gatewatch::agent {

class GatewayWatch {
  public:
    /// Runs one probe over the wire; tests put their own in the place of the table of probes.
    using Runner =
        std::function<boost::asio::awaitable<probes::Outcome>(ProbeKind, probes::Target, probes::Run)>;

    GatewayWatch(boost::asio::any_io_executor executor, config::GatewaySettings gateway,
                 const std::filesystem::path& state_directory, metrics::Recorder& recorder, Runner runner);
    GatewayWatch(const GatewayWatch&) = delete;
    GatewayWatch& operator=(const GatewayWatch&) = delete;
    ~GatewayWatch();

    /// Gateways of one PM2 app share its log: each is told of the others' probes, which are no users either.
    /// Before the first run; the watches must live as long as each other.
    static void share_logs(const std::vector<GatewayWatch*>& watches);
    void start_collectors();
    void stop_collectors();
    /// Runs the probe at that place of the plan once: token, probe, evidence, metrics, verdict. Throws only
    /// if it is cancelled; whatever else goes wrong is the outcome.
    boost::asio::awaitable<void> run_probe(std::size_t index, probes::SteadyTime scheduled);
    void probe_skipped(std::size_t index, std::uint64_t runs);
    /// To be called about once a second: notices what has gone stale and what the collectors say of
    /// themselves.
    void tick();

    [[nodiscard]] const std::vector<config::PlannedProbe>& plan() const { return evidence_.plan(); }
    [[nodiscard]] const EvidenceStore& evidence() const { return evidence_; }
    /// The first sample of the token table, or its word on the probe's token, is still to come.
    [[nodiscard]] bool awaits_sample() const;
    [[nodiscard]] GatewayReport report() const;

  private:
    boost::asio::awaitable<probes::Outcome> outcome_of(std::size_t index, probes::SteadyTime scheduled);
    void use_token(const std::optional<Secret>& token);
    void on_outcome(std::size_t index, probes::Outcome outcome);
    void on_sample(probes::MysqlSample sample);
    void on_log_event(probes::LogEvent event);
    void check_log();
    void check_sample_age();
    [[nodiscard]] bool is_settling() const;
    void evaluate();

    const probes::SteadyTime created_ = std::chrono::steady_clock::now();
    Runner run_;
    EvidenceStore evidence_;
    Notices notices_;
    std::unique_ptr<metrics::GatewayMetrics> metrics_;
    std::optional<probes::mysql::TokenCollector> mysql_;
    std::unique_ptr<probes::TokenSource> token_source_;  // uses mysql_
    std::optional<probes::pm2::LogCollector> log_;
    Verdict verdict_;
    std::optional<probes::WallTime> since_;
    std::vector<probes::pm2::LogCollector*> logs_;  ///< that a run of this gateway may leave lines in
    std::shared_ptr<std::uint64_t> runs_ = std::make_shared<std::uint64_t>(0);
    std::optional<Secret> token_;   ///< of the last run
    probes::SteadyTime sampled_{};  ///< when the last sample came, or sampling began
};

}  // namespace gatewatch::agent
