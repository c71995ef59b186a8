#include "agent/metrics/recorder.hpp"

#include <prometheus/text_serializer.h>

#include "agent/metrics/edge_series.hpp"
#include "agent/metrics/process.hpp"
#include "agent/metrics/series.hpp"
#include "agent/metrics/token_series.hpp"

namespace gatewatch::agent::metrics {

struct GatewayMetrics::Series {
    Series(Families& all, const config::GatewaySettings& gateway)
        : families(all),
          own{{"gateway", gateway.name}},
          tokens(all, gateway, own),
          log_lag(all, Metric::log_lag_bytes, own),
          wording_drift(all, Metric::log_wording_drift, own),
          edge(all, gateway, own) {
        for (auto kind : all_of<CollectorKind>()) {
            up.emplace_back(all, Metric::collector_up, with("collector", name_of(kind)));
        }
        for (auto cause : all_of<Cause>()) {
            causes.push_back(all.gauge(Metric::diagnosis, with("cause", name_of(cause))));
        }
        prober_at_fault = all.gauge(Metric::prober_at_fault, own);
        if (gateway.pm2) add_log_counters();
    }

    Labels with(const char* name, std::string_view value) const {
        Labels labels = own;
        labels.emplace(name, value);
        return labels;
    }

    void add_log_counters() {
        for (auto kind : all_of<probes::EventKind>()) {
            for (auto origin : all_of<probes::Origin>()) {
                Labels labels = with("event", name_of(kind));
                labels.emplace("origin", name_of(origin));
                events.push_back(families.counter(Metric::log_events_total, labels));
            }
        }
        unparsed = families.counter(Metric::log_unparsed_lines_total, own);
        truncations = families.counter(Metric::log_truncations_total, own);
        rotations = families.counter(Metric::log_rotations_total, own);
        losses = families.counter(Metric::log_possible_losses_total, own);
        replayed = families.counter(Metric::log_replayed_lines_total, own);
    }

    Families& families;
    Labels own;
    TokenSeries tokens;
    OptionalGauge log_lag, wording_drift;
    EdgeSeries edge;
    std::vector<OptionalGauge> up;    // by CollectorKind
    std::vector<GaugeSeries> causes;  // by Cause
    GaugeSeries prober_at_fault;
    std::vector<CounterSeries> events;  // by EventKind and Origin; empty without a log
    CounterSeries unparsed, truncations, rotations, losses, replayed;
};

GatewayMetrics::GatewayMetrics(Families& families, const config::GatewaySettings& gateway,
                               const std::vector<config::PlannedProbe>& plan)
    : series_(std::make_unique<Series>(families, gateway)) {
    for (const auto& probe : plan)
        probes_.push_back(std::make_unique<ProbeMetrics>(families, gateway.name, probe));
    verdict(Cause::unknown);
}

GatewayMetrics::~GatewayMetrics() = default;

void GatewayMetrics::sampled(const probes::MysqlSample& sample) {
    collector(CollectorKind::mysql, sample.up);
    series_->tokens.set(sample);
}

void GatewayMetrics::log_event(const probes::LogEvent& event) {
    const auto index = static_cast<std::size_t>(event.kind) * enum_count<probes::Origin> +
                       static_cast<std::size_t>(event.origin);
    if (index < series_->events.size()) series_->events[index]->Increment();
}

void GatewayMetrics::log_status(const probes::LogStatus& status) {
    Series& s = *series_;
    collector(CollectorKind::pm2_log, status.up);
    if (status.up) {
        s.log_lag.set(static_cast<double>(status.lag_bytes));
        s.wording_drift.set(status.wording_drift ? 1 : 0);
    } else {
        s.log_lag.clear();
        s.wording_drift.clear();
    }
    if (!s.unparsed) return;
    const auto raise = [](prometheus::Counter& counter, std::uint64_t total) {
        const double more = static_cast<double>(total) - counter.Value();
        if (more > 0) counter.Increment(more);
    };
    raise(*s.unparsed, status.unparsed_lines);
    raise(*s.truncations, status.truncations);
    raise(*s.rotations, status.rotations);
    raise(*s.losses, status.possible_losses);
    raise(*s.replayed, status.replayed_lines);
}

void GatewayMetrics::edge_request(const probes::EdgeRequest& request) {
    series_->edge.add(request);
}

void GatewayMetrics::edge_trouble(const probes::EdgeTrouble& trouble) {
    series_->edge.add(trouble);
}

void GatewayMetrics::edge_status(const probes::EdgeLogStatus& status) {
    collector(CollectorKind::nginx_log, status.up);
    series_->edge.set(status);
}

void GatewayMetrics::collector(CollectorKind kind, bool up) {
    series_->up[static_cast<std::size_t>(kind)].set(up ? 1 : 0);
}

void GatewayMetrics::verdict(Cause cause, bool prober_at_fault) {
    for (auto each : all_of<Cause>())
        series_->causes[static_cast<std::size_t>(each)]->Set(each == cause ? 1 : 0);
    series_->prober_at_fault->Set(prober_at_fault ? 1 : 0);
}

Recorder::Recorder(std::string_view version) : families_(std::make_unique<Families>()) {
    families_->gauges(Metric::build_info)
        .Add({{"version", std::string(version)}, {"compiler", __VERSION__}})
        .Set(1);
}

Recorder::~Recorder() = default;

std::unique_ptr<GatewayMetrics> Recorder::add_gateway(const config::GatewaySettings& gateway,
                                                      const std::vector<config::PlannedProbe>& plan) {
    return std::make_unique<GatewayMetrics>(*families_, gateway, plan);
}

void Recorder::configuration_loaded(probes::WallTime when) {
    families_->gauges(Metric::config_last_reload_successful).Add({}).Set(1);
    families_->gauges(Metric::config_last_reload_success_timestamp_seconds)
        .Add({})
        .Set(to_seconds(when.time_since_epoch()));
}

void Recorder::configuration_refused() {
    families_->gauges(Metric::config_last_reload_successful).Add({}).Set(0);
}

void Recorder::event_loop_lag(std::chrono::nanoseconds lag) {
    families_->gauges(Metric::event_loop_lag_seconds).Add({}).Set(to_seconds(lag));
}

std::string Recorder::render() const {
    auto families = families_->registry().Collect();
    for (auto& family : process_families()) families.push_back(std::move(family));
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace gatewatch::agent::metrics
