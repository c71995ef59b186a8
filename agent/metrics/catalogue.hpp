// Every metric that the agent exports: name, type, labels and help in one table, from which the recorder
// makes its families and the documentation its list. A metric that is not in here cannot be exported.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "config/enum_names.hpp"

namespace gatewatch::agent::metrics {

/// The names, without the prefix `gatewatch_`, which all but the usual `process_*` carry.
GATEWATCH_ENUM(Metric, probe_success, probe_runs_total, probe_failures_total, probe_duration_seconds,
               probe_phase_duration_seconds, probe_last_run_timestamp_seconds,
               probe_last_success_timestamp_seconds, probe_interval_seconds, probe_lateness_seconds,
               probe_skipped_total, probe_backend_seen_total, hold_duration_seconds,
               tls_not_after_timestamp_seconds, probe_token_expiry_timestamp_seconds, tokens, tokens_capped,
               tokens_expiring, tokens_by_age, users_without_valid_token, mysql_clock_skew_seconds,
               mysql_zone_skew_seconds, mysql_warning, log_events_total, log_lag_bytes,
               log_unparsed_lines_total, log_truncations_total, log_rotations_total,
               log_possible_losses_total, log_replayed_lines_total, log_wording_drift,
               nginx_log_requests_total, nginx_log_upstream_errors_total, nginx_log_unparsed_lines_total,
               collector_up, diagnosis, prober_at_fault, config_last_reload_successful,
               config_last_reload_success_timestamp_seconds, event_loop_lag_seconds, build_info,
               process_cpu_seconds_total, process_open_fds, process_max_fds, process_virtual_memory_bytes,
               process_resident_memory_bytes, process_start_time_seconds);

GATEWATCH_ENUM(MetricType, counter, gauge, histogram);

struct MetricRow {
    Metric metric;
    MetricType type;
    std::string_view labels;  ///< names, separated by commas
    std::string_view help;    ///< printable ASCII without a backslash: prometheus-cpp does not escape it
};

/// One row for each Metric, in order; checked at compile time.
[[nodiscard]] std::span<const MetricRow> catalogue();

[[nodiscard]] const MetricRow& row_of(Metric metric);

/// The name as it is scraped: "gatewatch_probe_success", "process_open_fds".
[[nodiscard]] std::string full_name(Metric metric);

}  // namespace gatewatch::agent::metrics
