// The series of the collector nginx_log, for those of nginx's logs that are configured. Only for the files of
// metrics/.
#pragma once

#include <cstdint>
#include <vector>

#include "agent/metrics/series.hpp"
#include "config/settings.hpp"
#include "probes/samples.hpp"

namespace gatewatch::agent::metrics {

class EdgeSeries {
  public:
    /// `own` are the labels of the gateway.
    EdgeSeries(Families& families, const config::GatewaySettings& gateway, const Labels& own);

    void add(const probes::EdgeRequest& request);
    void add(const probes::EdgeTrouble& trouble);
    void set(const probes::EdgeLogStatus& status);

  private:
    // Empty or nullptr without the log that they count.
    std::vector<CounterSeries> requests_;  // by transport, status and origin
    std::vector<CounterSeries> errors_;    // by EdgeError
    CounterSeries unparsed_;
};

}  // namespace gatewatch::agent::metrics
