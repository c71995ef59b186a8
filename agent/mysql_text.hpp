// The token table in words: what stands behind the collector mysql in reports, and what of it belongs to the
// evidence.
#pragma once

#include "config/text.hpp"
#include "probes/samples.hpp"

namespace gatewatch::agent {

/// Why it is not up, or all that is amiss or worth knowing; empty: nothing.
[[nodiscard]] Text detail_of(const probes::MysqlSample& sample);

/// The rows do not fit, so that the counts do not mean what they seem to; empty: they do.
[[nodiscard]] Text misfit_of(const probes::MysqlSample& sample);

}  // namespace gatewatch::agent
