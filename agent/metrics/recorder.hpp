// Turns what the agent finds into metrics, and renders them. With series.hpp and process.hpp it is all that
// sees prometheus-cpp: everybody else calls these classes with outcomes, samples and events. The updating
// members are called on the event loop, render() from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/diagnosis/cause.hpp"
#include "config/settings.hpp"
#include "probes/outcome.hpp"
#include "probes/samples.hpp"

namespace gatewatch::agent::metrics {

class Families;

/// The metrics of one probe over one route.
class ProbeMetrics {
  public:
    ProbeMetrics(Families& families, const std::string& gateway, const config::PlannedProbe& plan);
    ~ProbeMetrics();

    void ran(const probes::Outcome& outcome);
    void skipped(std::uint64_t runs);
    void backend_seen();
    /// The last outcome says nothing of the present any more: its success is not known.
    void stale();

  private:
    struct Series;
    std::unique_ptr<Series> series_;
};

/// The metrics of one gateway. Counters stand at 0 and `diagnosis` at unknown from the beginning; all of its
/// series vanish with it.
class GatewayMetrics {
  public:
    GatewayMetrics(Families& families, const config::GatewaySettings& gateway,
                   const std::vector<config::PlannedProbe>& plan);
    ~GatewayMetrics();

    /// In the order of the plan.
    [[nodiscard]] ProbeMetrics& probe(std::size_t index) { return *probes_[index]; }
    void sampled(const probes::MysqlSample& sample);
    void log_event(const probes::LogEvent& event);
    void log_status(const probes::LogStatus& status);
    void edge_request(const probes::EdgeRequest& request);
    void edge_trouble(const probes::EdgeTrouble& trouble);
    void edge_status(const probes::EdgeLogStatus& status);
    /// Of the collectors that have no more to tell than whether they can see what they watch.
    void collector(CollectorKind kind, bool up);
    void verdict(Cause cause, bool prober_at_fault = false);

  private:
    struct Series;
    std::unique_ptr<Series> series_;
    std::vector<std::unique_ptr<ProbeMetrics>> probes_;
};

class Recorder {
  public:
    explicit Recorder(std::string_view version);
    ~Recorder();

    /// One at a time of that name; the recorder outlives it.
    [[nodiscard]] std::unique_ptr<GatewayMetrics> add_gateway(const config::GatewaySettings& gateway,
                                                              const std::vector<config::PlannedProbe>& plan);
    void configuration_loaded(probes::WallTime when);
    /// Read again, and not good: when a good one was last read stays.
    void configuration_refused();
    void event_loop_lag(std::chrono::nanoseconds lag);
    /// Everything in the text format 0.0.4. Takes milliseconds: not for the event loop's thread.
    [[nodiscard]] std::string render() const;

  private:
    std::unique_ptr<Families> families_;
};

inline constexpr std::string_view content_type = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace gatewatch::agent::metrics
