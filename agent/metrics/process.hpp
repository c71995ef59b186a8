// The usual process_* metrics, which prometheus-cpp does not have, read from /proc/self at each rendering.
// Used by recorder.cpp.
#pragma once

#include <prometheus/metric_family.h>

#include <vector>

namespace gatewatch::agent::metrics {

/// What cannot be read is left out.
[[nodiscard]] std::vector<prometheus::MetricFamily> process_families();

}  // namespace gatewatch::agent::metrics
