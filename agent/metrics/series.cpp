#include "agent/metrics/series.hpp"

namespace gatewatch::agent::metrics {
namespace {

const prometheus::Histogram::BucketBoundaries buckets{0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                      0.5,   1,    2.5,   5,    10,  15};

}  // namespace

Families::Families() {
    for (const MetricRow& row : catalogue()) {
        const std::string name = full_name(row.metric);
        if (name.starts_with("process_")) continue;
        const std::string help{row.help};
        auto& slot = families_[static_cast<std::size_t>(row.metric)];
        switch (row.type) {
            case MetricType::counter:
                slot = &prometheus::BuildCounter().Name(name).Help(help).Register(registry_);
                break;
            case MetricType::gauge:
                slot = &prometheus::BuildGauge().Name(name).Help(help).Register(registry_);
                break;
            case MetricType::histogram:
                slot = &prometheus::BuildHistogram().Name(name).Help(help).Register(registry_);
                break;
        }
    }
}

CounterSeries Families::counter(Metric metric, const Labels& labels) {
    using Pointer = prometheus::Family<prometheus::Counter>*;
    auto* family = std::get<Pointer>(families_[static_cast<std::size_t>(metric)]);
    return CounterSeries(&family->Add(labels), {family});
}

GaugeSeries Families::gauge(Metric metric, const Labels& labels) {
    auto& family = gauges(metric);
    return GaugeSeries(&family.Add(labels), {&family});
}

HistogramSeries Families::histogram(Metric metric, const Labels& labels) {
    using Pointer = prometheus::Family<prometheus::Histogram>*;
    auto* family = std::get<Pointer>(families_[static_cast<std::size_t>(metric)]);
    return HistogramSeries(&family->Add(labels, buckets), {family});
}

prometheus::Family<prometheus::Gauge>& Families::gauges(Metric metric) {
    using Pointer = prometheus::Family<prometheus::Gauge>*;
    return *std::get<Pointer>(families_[static_cast<std::size_t>(metric)]);
}

}  // namespace gatewatch::agent::metrics
