// Families and series of prometheus-cpp, made from the catalogue. Only for the files of metrics/.
#pragma once

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <chrono>
#include <utility>
#include <variant>

#include "agent/metrics/catalogue.hpp"

namespace gatewatch::agent::metrics {

using prometheus::Labels;

/// Every family of the catalogue, made once; those of process_* are rendered by process.cpp instead.
class Families {
  public:
    Families();

    [[nodiscard]] prometheus::Counter& counter(Metric metric, const Labels& labels);
    [[nodiscard]] prometheus::Histogram& histogram(Metric metric, const Labels& labels);
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
        : family_(&families.gauges(metric)), labels_(std::move(labels)) {}

    void set(double value) {
        if (!gauge_) gauge_ = &family_->Add(labels_);
        gauge_->Set(value);
    }
    void clear() {
        if (gauge_) family_->Remove(gauge_);
        gauge_ = nullptr;
    }

  private:
    prometheus::Family<prometheus::Gauge>* family_;
    Labels labels_;
    prometheus::Gauge* gauge_ = nullptr;
};

template <class Rep, class Period>
double to_seconds(std::chrono::duration<Rep, Period> duration) {
    return std::chrono::duration<double>(duration).count();
}

}  // namespace gatewatch::agent::metrics
