// The series of the collector mysql: what its last sample found, and nothing once a sample has failed. Only
// for the files of metrics/.
#pragma once

#include <vector>

#include "agent/metrics/series.hpp"
#include "config/settings.hpp"
#include "probes/samples.hpp"

namespace gatewatch::agent::metrics {

class TokenSeries {
  public:
    /// `own` are the labels of the gateway.
    TokenSeries(Families& families, const config::GatewaySettings& gateway, const Labels& own);

    void set(const probes::MysqlSample& sample);

  private:
    bool login_renews_;  ///< nobody has to see to the end of the probe's own token
    OptionalGauge token_expiry_, clock_skew_, zone_skew_, users_;
    std::vector<OptionalGauge> tokens_, capped_;  // by TokenState
    std::vector<OptionalGauge> expiring_;         // by ExpiryWindow
    std::vector<OptionalGauge> by_age_;           // by IssueAge
    std::vector<OptionalGauge> warnings_;         // by MysqlWarningKind
};

}  // namespace gatewatch::agent::metrics
