// Families and series of prometheus-cpp, made from the catalogue. Only for the files of metrics/.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <chrono>
#include <memory>
#include <utility>
#include <variant>

#include "agent/metrics/catalogue.hpp"

namespace gatewatch::agent::metrics {

using prometheus::Labels;

template <class Value>
struct RemoveSeries {
    prometheus::Family<Value>* family = nullptr;
    void operator()(Value* series) const { family->Remove(series); }
};

/// A series that vanishes with its owner: one of a gateway that is no longer watched must not stand there
/// with its last value.
template <class Value>
using OwnedSeries = std::unique_ptr<Value, RemoveSeries<Value>>;
using CounterSeries = OwnedSeries<prometheus::Counter>;
using GaugeSeries = OwnedSeries<prometheus::Gauge>;
using HistogramSeries = OwnedSeries<prometheus::Histogram>;

/// Every family of the catalogue, made once; those of process_* are rendered by process.cpp instead.
class Families {
  public:
    Families();

    /// Each has one owner at a time: no two of them with the same labels.
    [[nodiscard]] CounterSeries counter(Metric metric, const Labels& labels);
    [[nodiscard]] GaugeSeries gauge(Metric metric, const Labels& labels);
    [[nodiscard]] HistogramSeries histogram(Metric metric, const Labels& labels);
    /// For those that stay for as long as the agent.
    [[nodiscard]] prometheus::Family<prometheus::Gauge>& gauges(Metric metric);
    [[nodiscard]] const prometheus::Registry& registry() const { return registry_; }

  private:
    using Family =
        std::variant<prometheus::Family<prometheus::Counter>*, prometheus::Family<prometheus::Gauge>*,
                     prometheus::Family<prometheus::Histogram>*>;
    prometheus::Registry registry_;
    std::array<Family, enum_count<Metric>> families_;
};

/// A gauge that is absent while its value is not known.
class OptionalGauge {
  public:
    OptionalGauge(Families& families, Metric metric, Labels labels)
        : families_(&families), metric_(metric), labels_(std::move(labels)) {}

    void set(double value) {
        if (!gauge_) gauge_ = families_->gauge(metric_, labels_);
        gauge_->Set(value);
    }
    void clear() { gauge_.reset(); }

  private:
    Families* families_;
    Metric metric_;
    Labels labels_;
    GaugeSeries gauge_;
};

template <class Rep, class Period>
double to_seconds(std::chrono::duration<Rep, Period> duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace gatewatch::agent::metrics
