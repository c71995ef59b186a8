#include "agent/metrics/catalogue.hpp"

#include <algorithm>
#include <array>

namespace gatewatch::agent::metrics {
namespace {

using enum Metric;
using enum MetricType;

constexpr std::array rows{
    MetricRow{probe_success, gauge, "gateway,route,probe",
              "1 if the last run passed, 0 if it failed; absent before the first run and once that is stale"},
    MetricRow{probe_runs_total, counter, "gateway,route,probe,result", "Finished runs by result: ok, fail"},
    MetricRow{probe_failures_total, counter, "gateway,route,probe,reason", "Failed runs by reason"},
    MetricRow{probe_duration_seconds, histogram, "gateway,route,probe",
              "From the scheduled time to the end of the run"},
    MetricRow{probe_phase_duration_seconds, histogram, "gateway,route,probe,phase",
              "Time in each phase of the run that was entered"},
    MetricRow{probe_last_run_timestamp_seconds, gauge, "gateway,route,probe", "When the last run began"},
    MetricRow{probe_last_success_timestamp_seconds, gauge, "gateway,route,probe",
              "When the last run that passed began; absent if none has yet"},
    MetricRow{probe_interval_seconds, gauge, "gateway,route,probe", "Configured interval"},
    MetricRow{probe_lateness_seconds, gauge, "gateway,route,probe",
              "How long after its scheduled time the last run began: the agent's own delay"},
    MetricRow{probe_skipped_total, counter, "gateway,route,probe",
              "Scheduled runs left out because the one before still ran or the agent was stopped"},
    MetricRow{probe_backend_seen_total, counter, "gateway,route,probe",
              "Runs whose namespace sid came up in the backend's log"},
    MetricRow{hold_duration_seconds, gauge, "gateway,route",
              "How long the session of the last hold run lasted; absent if that run held none"},
    MetricRow{tls_not_after_timestamp_seconds, gauge, "gateway,route,probe",
              "When the certificate that the last run was shown runs out"},
    MetricRow{probe_token_expiry_timestamp_seconds, gauge, "gateway",
              "When the probe's own token runs out, by the token table; absent if logins renew it"},
    MetricRow{tokens, gauge, "gateway,state", "Rows of the token table by state: valid, expired, revoked"},
    MetricRow{tokens_capped, gauge, "gateway,state",
              "1 if counting stopped at the limit, so that there are more"},
    MetricRow{tokens_expiring, gauge, "gateway,within",
              "Valid tokens that run out within an hour, six hours, a day; counted no further than tokens"},
    MetricRow{tokens_by_age, gauge, "gateway,age",
              "Valid tokens by the time since they were issued: up to an hour, a day, a week, older"},
    MetricRow{users_without_valid_token, gauge, "gateway",
              "Users who have tokens in the table and none that is valid; absent unless count_users is set"},
    MetricRow{mysql_clock_skew_seconds, gauge, "gateway", "The database's clock minus this host's"},
    MetricRow{mysql_zone_skew_seconds, gauge, "gateway",
              "Time zone of the database server's sessions minus the backend's"},
    MetricRow{mysql_warning, gauge, "gateway,warning",
              "1 while something is amiss with the table or the account although it can be counted, else 0"},
    MetricRow{log_events_total, counter, "gateway,event,origin",
              "Lines of the backend's log by what they say and whose connection it was"},
    MetricRow{log_lag_bytes, gauge, "gateway", "Bytes of the followed log files that are not read yet"},
    MetricRow{log_unparsed_lines_total, counter, "gateway",
              "Lines that look like the gateway's but say nothing known"},
    MetricRow{log_truncations_total, counter, "gateway", "Followed files that were truncated in place"},
    MetricRow{log_rotations_total, counter, "gateway", "Followed files that were replaced by a new one"},
    MetricRow{log_possible_losses_total, counter, "gateway", "Times at which lines may have been missed"},
    MetricRow{log_replayed_lines_total, counter, "gateway",
              "Lines read again after a restart, which the process before may have counted"},
    MetricRow{log_wording_drift, gauge, "gateway",
              "1 while the backend's log grows, connections are made, and no line says anything known"},
    MetricRow{nginx_log_requests_total, counter, "gateway,transport,status,origin",
              "Requests to the Socket.IO path by nginx's access log"},
    MetricRow{nginx_log_upstream_errors_total, counter, "gateway,error",
              "Complaints about the upstream of the Socket.IO path by nginx's error log"},
    MetricRow{nginx_log_unparsed_lines_total, counter, "gateway",
              "Lines of nginx's access log that do not fit the configured log_format"},
    MetricRow{collector_up, gauge, "gateway,collector",
              "1 if the collector can read what it watches, 0 if not; absent if it is not configured"},
    MetricRow{diagnosis, gauge, "gateway,cause", "1 for the cause that is diagnosed, 0 for all others"},
    MetricRow{prober_at_fault, gauge, "gateway",
              "1 while some failures are the agent's own, for its token or its host, else 0"},
    MetricRow{config_last_reload_successful, gauge, "",
              "1 if the configuration file, when last read, was good and put in force"},
    MetricRow{config_last_reload_success_timestamp_seconds, gauge, "",
              "When a good configuration was last read"},
    MetricRow{event_loop_lag_seconds, gauge, "",
              "Longest delay of a timer of the agent within the last 15 to 30 seconds"},
    MetricRow{build_info, gauge, "version,compiler", "Always 1"},
    MetricRow{process_cpu_seconds_total, counter, "", "User and system CPU time spent"},
    MetricRow{process_open_fds, gauge, "", "Open file descriptors"},
    MetricRow{process_max_fds, gauge, "", "Limit of open file descriptors"},
    MetricRow{process_virtual_memory_bytes, gauge, "", "Virtual memory"},
    MetricRow{process_resident_memory_bytes, gauge, "", "Resident memory"},
    MetricRow{process_start_time_seconds, gauge, "", "When the process started"},
};

constexpr bool complete_and_in_order() {
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].metric != static_cast<Metric>(i)) return false;
    }
    return rows.size() == enum_count<Metric>;
}
static_assert(complete_and_in_order());

constexpr bool help_needs_no_escaping() {
    return std::ranges::all_of(rows, [](const MetricRow& row) {
        return !row.help.empty() &&
               std::ranges::all_of(row.help, [](char c) { return c >= ' ' && c <= '~' && c != '\\'; });
    });
}
static_assert(help_needs_no_escaping());

}  // namespace

std::span<const MetricRow> catalogue() {
    return rows;
}

const MetricRow& row_of(Metric metric) {
    return rows[static_cast<std::size_t>(metric)];
}

std::string full_name(Metric metric) {
    const auto name = name_of(metric);
    return std::string(name.starts_with("process_") ? "" : "gatewatch_").append(name);
}

}  // namespace gatewatch::agent::metrics
