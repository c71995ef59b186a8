#include "agent/metrics/recorder.hpp"
#include "agent/metrics/series.hpp"

namespace gatewatch::agent::metrics {
namespace {

Labels labels_of(const std::string& gateway, const config::PlannedProbe& plan) {
    return {{"gateway", gateway},
            {"route", std::string(name_of(plan.role))},
            {"probe", std::string(name_of(plan.probe))}};
}

Labels with(Labels labels, const char* name, std::string_view value) {
    labels.emplace(name, value);
    return labels;
}

double unix_seconds(probes::WallTime time) {
    return to_seconds(time.time_since_epoch());
}

}  // namespace

struct ProbeMetrics::Series {
    Series(Families& all, Labels own, Labels route)
        : families(all),
          labels(std::move(own)),
          success(all, Metric::probe_success, labels),
          last_run(all, Metric::probe_last_run_timestamp_seconds, labels),
          last_success(all, Metric::probe_last_success_timestamp_seconds, labels),
          interval(all, Metric::probe_interval_seconds, labels),
          lateness(all, Metric::probe_lateness_seconds, labels),
          tls_not_after(all, Metric::tls_not_after_timestamp_seconds, labels),
          hold_duration(all, Metric::hold_duration_seconds, std::move(route)),
          ok_runs(all.counter(Metric::probe_runs_total, with(labels, "result", "ok"))),
          failed_runs(all.counter(Metric::probe_runs_total, with(labels, "result", "fail"))),
          skipped(all.counter(Metric::probe_skipped_total, labels)),
          backend_seen(all.counter(Metric::probe_backend_seen_total, labels)),
          duration(all.histogram(Metric::probe_duration_seconds, labels)) {
        for (auto reason : all_of<probes::Reason>()) {
            failures[static_cast<std::size_t>(reason)] =
                all.counter(Metric::probe_failures_total, with(labels, "reason", name_of(reason)));
        }
    }

    /// Made at first use: which phases a probe has is the probe's business.
    prometheus::Histogram& phase(probes::Phase which) {
        auto& slot = phases[static_cast<std::size_t>(which)];
        if (!slot) {
            slot = families.histogram(Metric::probe_phase_duration_seconds,
                                      with(labels, "phase", name_of(which)));
        }
        return *slot;
    }

    Families& families;
    Labels labels;
    OptionalGauge success, last_run, last_success, interval, lateness, tls_not_after, hold_duration;
    CounterSeries ok_runs, failed_runs, skipped, backend_seen;
    HistogramSeries duration;
    std::array<CounterSeries, enum_count<probes::Reason>> failures;
    std::array<HistogramSeries, enum_count<probes::Phase>> phases;
};

ProbeMetrics::ProbeMetrics(Families& families, const std::string& gateway, const config::PlannedProbe& plan)
    : series_(std::make_unique<Series>(
          families, labels_of(gateway, plan),
          Labels{{"gateway", gateway}, {"route", std::string(name_of(plan.role))}})) {
    series_->interval.set(to_seconds(plan.interval));
}

ProbeMetrics::~ProbeMetrics() = default;

void ProbeMetrics::ran(const probes::Outcome& outcome) {
    Series& s = *series_;
    s.success.set(outcome.ok ? 1 : 0);
    s.last_run.set(unix_seconds(outcome.started_wall));
    s.lateness.set(to_seconds(outcome.started - outcome.scheduled));
    s.duration->Observe(to_seconds(outcome.duration));
    for (auto phase : all_of<probes::Phase>()) {
        const auto& took = outcome.phases[static_cast<std::size_t>(phase)];
        if (took) s.phase(phase).Observe(to_seconds(*took));
    }
    const auto& held = outcome.phases[static_cast<std::size_t>(probes::Phase::hold)];
    if (held) {
        s.hold_duration.set(to_seconds(*held));
    } else {
        s.hold_duration.clear();
    }
    if (outcome.ok) {
        s.last_success.set(unix_seconds(outcome.started_wall));
        s.ok_runs->Increment();
    } else {
        s.failed_runs->Increment();
        const auto reason = outcome.reason.value_or(probes::Reason::internal);
        s.failures[static_cast<std::size_t>(reason)]->Increment();
    }
    if (outcome.tls_not_after) {
        s.tls_not_after.set(unix_seconds(*outcome.tls_not_after));
    } else {
        s.tls_not_after.clear();
    }
}

void ProbeMetrics::skipped(std::uint64_t runs) {
    series_->skipped->Increment(static_cast<double>(runs));
}

void ProbeMetrics::backend_seen() {
    series_->backend_seen->Increment();
}

void ProbeMetrics::stale() {
    series_->success.clear();
    series_->lateness.clear();
    series_->tls_not_after.clear();
    series_->hold_duration.clear();
}

}  // namespace gatewatch::agent::metrics
