#include "recorder_fixture.hpp"

namespace gatewatch::agent::metrics::test {
namespace {

TEST_F(RecorderTest, StartsEveryCounterAtZeroAndTheDiagnosisAtUnknown) {
    EXPECT_EQ(value("gatewatch_probe_runs_total", {"websocket", "result=\"ok\""}), 0);
    EXPECT_EQ(value("gatewatch_probe_runs_total", {"websocket", "result=\"fail\""}), 0);
    for (auto reason : all_of<Reason>()) {
        EXPECT_EQ(value("gatewatch_probe_failures_total",
                        {"websocket", "reason=\"" + std::string(name_of(reason)) + "\""}),
                  0);
    }
    for (auto kind : all_of<probes::EventKind>()) {
        EXPECT_EQ(value("gatewatch_log_events_total",
                        {"event=\"" + std::string(name_of(kind)) + "\"", "origin=\"user\""}),
                  0);
    }
    for (auto cause : all_of<Cause>()) {
        EXPECT_EQ(value("gatewatch_diagnosis", {"cause=\"" + std::string(name_of(cause)) + "\""}),
                  cause == Cause::unknown ? 1 : 0);
    }
    EXPECT_EQ(value("gatewatch_probe_skipped_total", websocket), 0);
    EXPECT_EQ(value("gatewatch_probe_backend_seen_total", websocket), 0);
}

TEST_F(RecorderTest, LeavesOutWhatIsNotKnownYet) {
    const std::string text = recorder.render();
    for (const char* name :
         {"probe_success", "probe_last_run", "probe_last_success", "probe_lateness", "tls_not_after",
          "tokens", "collector_up", "log_lag", "mysql_clock_skew", "probe_token_expiry"}) {
        EXPECT_THAT(text, Not(HasSubstr("\ngatewatch_" + std::string(name)))) << name;
    }
    EXPECT_EQ(value("gatewatch_probe_interval_seconds", websocket), 15);
    EXPECT_EQ(value("gatewatch_build_info", {"version=\"1.2.3\""}), 1);
}

TEST_F(RecorderTest, RecordsAPassAndAFailure) {
    metrics->probe(0).ran(outcome(std::nullopt));
    EXPECT_EQ(value("gatewatch_probe_success", websocket), 1);
    EXPECT_EQ(value("gatewatch_probe_last_run_timestamp_seconds", websocket), 1'700'000'000);
    EXPECT_EQ(value("gatewatch_probe_last_success_timestamp_seconds", websocket), 1'700'000'000);
    EXPECT_EQ(value("gatewatch_probe_lateness_seconds", websocket), 0.02);
    metrics->probe(0).ran(outcome(Reason::sio_rejected));
    EXPECT_EQ(value("gatewatch_probe_success", websocket), 0);
    EXPECT_EQ(value("gatewatch_probe_runs_total", {"websocket", "result=\"ok\""}), 1);
    EXPECT_EQ(value("gatewatch_probe_runs_total", {"websocket", "result=\"fail\""}), 1);
    EXPECT_EQ(value("gatewatch_probe_failures_total", {"websocket", "reason=\"sio_rejected\""}), 1);
    EXPECT_EQ(value("gatewatch_probe_duration_seconds_bucket", {"websocket", "le=\"0.25\""}), 2);
    EXPECT_EQ(value("gatewatch_probe_duration_seconds_bucket", {"websocket", "le=\"0.1\""}), 0);
    EXPECT_EQ(value("gatewatch_probe_phase_duration_seconds_count", {"websocket", "phase=\"connect\""}), 2);
    EXPECT_EQ(value("gatewatch_probe_success", {"probe=\"polling\""}), std::nullopt);
}

TEST_F(RecorderTest, RemovesTheSuccessOfAProbeThatHasGoneStale) {
    metrics->probe(0).ran(outcome(std::nullopt));
    metrics->probe(0).stale();
    EXPECT_EQ(value("gatewatch_probe_success", websocket), std::nullopt);
    EXPECT_EQ(value("gatewatch_probe_last_success_timestamp_seconds", websocket), 1'700'000'000);
    metrics->probe(0).ran(outcome(Reason::deadline));
    EXPECT_EQ(value("gatewatch_probe_success", websocket), 0);
}

TEST_F(RecorderTest, ShowsTheCertificateOnlyAsLongAsItIsSeen) {
    Outcome seen = outcome(std::nullopt);
    seen.tls_not_after = probes::WallTime(1'800'000'000s);
    metrics->probe(0).ran(seen);
    EXPECT_EQ(value("gatewatch_tls_not_after_timestamp_seconds", websocket), 1'800'000'000);
    metrics->probe(0).ran(outcome(Reason::tcp_refused));
    EXPECT_EQ(value("gatewatch_tls_not_after_timestamp_seconds", websocket), std::nullopt);
}

TEST_F(RecorderTest, NeverLeavesTheTokensOfASampleThatFailedStanding_fault_64) {
    MysqlSample sample;
    sample.up = true;
    sample.tokens = {5, 2, 0};
    sample.capped[1] = true;
    sample.clock_skew = 2s;
    sample.own_expiry = probes::WallTime(1'900'000'000s);
    sample.expiring = {1, 2, 3};
    sample.issued = {4, 0, 1, std::nullopt};
    sample.users_without_token = 6;
    sample.zone_skew = -8h;
    sample.warnings = {{probes::MysqlWarningKind::time_zone, {"skewed", "时区不一致"}},
                       {probes::MysqlWarningKind::collation, {"worth knowing", "提示"}, true}};
    metrics->sampled(sample);
    EXPECT_EQ(value("gatewatch_tokens_expiring", {"within=\"six_hours\""}), 2);
    EXPECT_EQ(value("gatewatch_tokens_by_age", {"age=\"hour\""}), 4);
    EXPECT_EQ(value("gatewatch_tokens_by_age", {"age=\"older\""}), std::nullopt);
    EXPECT_EQ(value("gatewatch_users_without_valid_token"), 6);
    EXPECT_EQ(value("gatewatch_mysql_zone_skew_seconds"), -28800);
    EXPECT_EQ(value("gatewatch_mysql_warning", {"warning=\"time_zone\""}), 1);
    EXPECT_EQ(value("gatewatch_mysql_warning", {"warning=\"collation\""}), 0);
    EXPECT_EQ(value("gatewatch_mysql_warning", {"warning=\"missing_index\""}), 0);
    EXPECT_EQ(value("gatewatch_tokens", {"state=\"valid\""}), 5);
    EXPECT_EQ(value("gatewatch_tokens", {"state=\"revoked\""}), 0);
    EXPECT_EQ(value("gatewatch_tokens_capped", {"state=\"expired\""}), 1);
    EXPECT_EQ(value("gatewatch_mysql_clock_skew_seconds"), 2);
    EXPECT_EQ(value("gatewatch_probe_token_expiry_timestamp_seconds"), 1'900'000'000);
    EXPECT_EQ(value("gatewatch_collector_up", {"collector=\"mysql\""}), 1);

    // Nor what a failed one may still hold.
    sample.up = false;
    metrics->sampled(sample);
    EXPECT_EQ(value("gatewatch_collector_up", {"collector=\"mysql\""}), 0);
    const std::string text = recorder.render();
    for (const auto* name : {"tokens_expiring", "tokens_by_age", "mysql_warning"}) {
        EXPECT_THAT(text, Not(HasSubstr(std::string("\ngatewatch_") + name + "{")));
    }
    EXPECT_EQ(value("gatewatch_users_without_valid_token"), std::nullopt);
    EXPECT_EQ(value("gatewatch_mysql_zone_skew_seconds"), std::nullopt);
    EXPECT_THAT(text, Not(HasSubstr("\ngatewatch_tokens{")));
    EXPECT_THAT(text, Not(HasSubstr("\ngatewatch_tokens_capped{")));
    EXPECT_THAT(text, Not(HasSubstr("\ngatewatch_mysql_clock_skew_seconds{")));
    EXPECT_THAT(text, Not(HasSubstr("\ngatewatch_probe_token_expiry_timestamp_seconds{")));
}

TEST_F(RecorderTest, ShowsNoEndOfATokenThatALoginRenews) {
    metrics.reset();
    settings.token.source =
        config::TokenLogin{"http://127.0.0.1:7002/auth/login", "probe", "/nowhere/password"};
    metrics = recorder.add_gateway(settings, plan);
    MysqlSample sample;
    sample.up = true;
    sample.tokens = {5, 2, 0};
    sample.own_expiry = probes::WallTime(1'900'000'000s);
    metrics->sampled(sample);
    EXPECT_EQ(value("gatewatch_tokens", {"state=\"valid\""}), 5);
    EXPECT_EQ(value("gatewatch_probe_token_expiry_timestamp_seconds"), std::nullopt);
}

TEST_F(RecorderTest, TakesTheLogsTotalsAsCounters) {
    probes::LogStatus status;
    status.up = true;
    status.lag_bytes = 7;
    status.truncations = 2;
    status.replayed_lines = 5;
    status.wording_drift = true;
    metrics->log_status(status);
    metrics->log_status(status);
    EXPECT_EQ(value("gatewatch_log_replayed_lines_total"), 5);
    EXPECT_EQ(value("gatewatch_log_wording_drift"), 1);
    EXPECT_EQ(value("gatewatch_log_truncations_total"), 2);
    EXPECT_EQ(value("gatewatch_log_lag_bytes"), 7);
    status.up = false;
    status.truncations = 3;
    metrics->log_status(status);
    EXPECT_EQ(value("gatewatch_log_truncations_total"), 3);
    EXPECT_EQ(value("gatewatch_log_lag_bytes"), std::nullopt);
    EXPECT_EQ(value("gatewatch_log_wording_drift"), std::nullopt);
    EXPECT_EQ(value("gatewatch_collector_up", {"collector=\"pm2_log\""}), 0);
    probes::LogEvent event;
    event.kind = probes::EventKind::accepted;
    event.origin = probes::Origin::user;
    metrics->log_event(event);
    EXPECT_EQ(value("gatewatch_log_events_total", {"event=\"accepted\"", "origin=\"user\""}), 1);
}

TEST_F(RecorderTest, ShowsExactlyOneCause) {
    metrics->verdict(Cause::backend_down);
    EXPECT_EQ(value("gatewatch_diagnosis", {"cause=\"backend_down\""}), 1);
    EXPECT_EQ(value("gatewatch_diagnosis", {"cause=\"unknown\""}), 0);
    double sum = 0;
    for (const auto& line : lines_of(recorder.render())) {
        if (line.starts_with("gatewatch_diagnosis{")) sum += std::stod(line.substr(line.rfind(' ')));
    }
    EXPECT_EQ(sum, 1);
}

TEST_F(RecorderTest, TellsThatTheProberIsAtFaultWhateverTheCause) {
    EXPECT_EQ(value("gatewatch_prober_at_fault"), 0);
    metrics->verdict(Cause::tcp_refused, true);
    EXPECT_EQ(value("gatewatch_prober_at_fault"), 1);
    metrics->verdict(Cause::none, false);
    EXPECT_EQ(value("gatewatch_prober_at_fault"), 0);
}

TEST_F(RecorderTest, ExportsOnlyWhatTheCatalogueNamesWithTheLabelsThatItNames) {
    metrics->probe(0).ran(outcome(Reason::deadline));
    MysqlSample sample;
    sample.up = true;
    sample.tokens = {1, 1, 1};
    metrics->sampled(sample);
    recorder.event_loop_lag(1ms);
    recorder.configuration_loaded(probes::WallTime(1'700'000'000s));
    for (const auto& line : lines_of(recorder.render())) {
        if (line.starts_with('#')) continue;
        auto name = line.substr(0, line.find_first_of("{ "));
        for (const std::string suffix : {"_bucket", "_sum", "_count"}) {
            if (name.ends_with("duration_seconds" + suffix)) name.resize(name.size() - suffix.size());
        }
        const auto row = std::ranges::find_if(
            catalogue(), [&](const MetricRow& r) { return full_name(r.metric) == name; });
        ASSERT_NE(row, catalogue().end()) << line;
        std::set<std::string> expected;
        std::istringstream names{std::string(row->labels)};
        for (std::string label; std::getline(names, label, ',');) expected.insert(label);
        std::set<std::string> found;
        for (std::size_t at = line.find("=\""); at != std::string::npos; at = line.find("=\"", at + 1)) {
            const auto begin = line.find_last_of("{,", at) + 1;
            found.insert(line.substr(begin, at - begin));
        }
        found.erase("le");
        EXPECT_EQ(found, expected) << line;
    }
}

TEST_F(RecorderTest, HasTheUsualProcessMetrics) {
    EXPECT_GT(value("process_resident_memory_bytes").value_or(0), 1e6);
    EXPECT_GT(value("process_virtual_memory_bytes").value_or(0), 1e6);
    EXPECT_GT(value("process_open_fds").value_or(0), 2);
    EXPECT_TRUE(value("process_cpu_seconds_total"));
    const auto now =
        std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    EXPECT_NEAR(value("process_start_time_seconds").value_or(0), now, 600);
}

TEST_F(RecorderTest, TellsHowLongTheLastSessionWasHeldWhileThatIsKnown) {
    settings.name = "held";
    const auto held = recorder.add_gateway(settings, {{Role::public_, ProbeKind::hold, 5min, 70s}});
    const std::vector<std::string> labels{"gateway=\"held\"", "route=\"public\""};
    EXPECT_EQ(value("gatewatch_hold_duration_seconds", labels), std::nullopt);
    Outcome outcome;
    outcome.probe = ProbeKind::hold;
    outcome.ok = true;
    outcome.phases[static_cast<std::size_t>(probes::Phase::hold)] = 51s;
    held->probe(0).ran(outcome);
    EXPECT_EQ(value("gatewatch_hold_duration_seconds", labels), 51);
    held->probe(0).stale();
    EXPECT_EQ(value("gatewatch_hold_duration_seconds", labels), std::nullopt);
    held->probe(0).ran(outcome);
    Outcome refused;
    refused.probe = ProbeKind::hold;
    refused.reason = Reason::tcp_refused;
    held->probe(0).ran(refused);
    EXPECT_EQ(value("gatewatch_hold_duration_seconds", labels), std::nullopt);
}

TEST_F(RecorderTest, SaysOfEachConfiguredCollectorWhetherItIsUp) {
    EXPECT_EQ(value("gatewatch_collector_up", {"nginx_config"}), std::nullopt);
    metrics->collector(CollectorKind::nginx_config, true);
    EXPECT_EQ(value("gatewatch_collector_up", {"nginx_config"}), 1);
    metrics->collector(CollectorKind::nginx_config, false);
    EXPECT_EQ(value("gatewatch_collector_up", {"nginx_config"}), 0);
}

TEST_F(RecorderTest, LeavesNoSeriesOfAGatewayThatIsNoLongerWatched) {
    settings.name = "gone";
    settings.nginx.emplace().access_log = "/var/log/nginx/access.log";
    settings.nginx->error_log = "/var/log/nginx/error.log";
    auto gone = recorder.add_gateway(settings, plan);
    Outcome ran = outcome(std::nullopt);
    ran.phases[static_cast<std::size_t>(probes::Phase::hold)] = 51s;
    ran.tls_not_after = probes::WallTime(1'800'000'000s);
    gone->probe(0).ran(ran);
    MysqlSample sample;
    sample.up = true;
    sample.tokens[0] = 3;
    gone->sampled(sample);
    for (const auto kind : all_of<CollectorKind>()) gone->collector(kind, true);
    gone->log_status({.up = true, .detail = {}, .lag_bytes = 7});
    EXPECT_THAT(recorder.render(), HasSubstr("gateway=\"gone\""));
    const auto others = lines_of(recorder.render()).size();

    gone.reset();
    EXPECT_THAT(recorder.render(), Not(HasSubstr("gateway=\"gone\"")));
    EXPECT_EQ(value("gatewatch_probe_runs_total", {"gateway=\"im\"", "websocket", "result=\"ok\""}), 0);

    gone = recorder.add_gateway(settings, plan);
    EXPECT_EQ(value("gatewatch_probe_runs_total", {"gateway=\"gone\"", "websocket", "result=\"ok\""}), 0);
    EXPECT_EQ(value("gatewatch_probe_success", {"gateway=\"gone\"", "websocket"}), std::nullopt);
    EXPECT_LT(lines_of(recorder.render()).size(), others);
}

TEST_F(RecorderTest, KeepsTheTimeOfTheLastGoodConfigurationWhenOneIsRefused) {
    recorder.configuration_loaded(probes::WallTime(1'700'000'000s));
    recorder.configuration_refused();
    EXPECT_EQ(value("gatewatch_config_last_reload_successful"), 0);
    EXPECT_EQ(value("gatewatch_config_last_reload_success_timestamp_seconds"), 1'700'000'000);
    recorder.configuration_loaded(probes::WallTime(1'700'000'060s));
    EXPECT_EQ(value("gatewatch_config_last_reload_successful"), 1);
    EXPECT_EQ(value("gatewatch_config_last_reload_success_timestamp_seconds"), 1'700'000'060);
}

}  // namespace
}  // namespace gatewatch::agent::metrics::test
