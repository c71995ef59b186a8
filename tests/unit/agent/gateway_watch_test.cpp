#include "watch_fixture.hpp"

namespace gatewatch::agent::test {
namespace {

TEST_F(Watch, GivesAVerdictOnceEveryProbeHasRun) {
    const auto watched = watch(watched_gateway(), pass);
    EXPECT_EQ(watched->report().verdict.cause, Cause::unknown);
    EXPECT_EQ(watched->report().not_yet_run.size(), scheduled(*watched));
    asio::co_spawn(loop_, watched->run_probe(0, std::chrono::steady_clock::now()), [](std::exception_ptr) {});
    loop_.run();
    EXPECT_EQ(watched->report().verdict.cause, Cause::unknown);
    run_all(*watched);
    EXPECT_EQ(watched->report().verdict.cause, Cause::none);
    EXPECT_TRUE(watched->report().since);
    EXPECT_TRUE(watched->report().not_yet_run.empty());
    EXPECT_EQ(watched->report().probes.size(), scheduled(*watched));
    EXPECT_THAT(recorder_.render(), HasSubstr("gatewatch_diagnosis{cause=\"none\",gateway=\"im\"} 1\n"));
}

TEST_F(Watch, WaitsForNoRunThatAFailureCallsForOnceItGaveAVerdict) {
    bool up = true;
    bool called = false;
    const auto watched =
        watch(watched_gateway(), [&](ProbeKind kind, probes::Target target, probes::Run run) {
            if (up) return pass(kind, std::move(target), std::move(run));
            if (kind == ProbeKind::websocket) return rejected(kind, std::move(target), std::move(run));
            called = true;
            return hangs(kind, std::move(target), std::move(run));
        });
    run_all(*watched);
    ASSERT_EQ(watched->report().verdict.cause, Cause::none);
    up = false;
    for (std::size_t i = 0; i < watched->plan().size(); ++i) {
        if (watched->plan()[i].probe != ProbeKind::websocket) continue;
        asio::co_spawn(loop_, watched->run_probe(i, std::chrono::steady_clock::now()),
                       [](std::exception_ptr) {});
    }
    loop_.restart();
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (!called && std::chrono::steady_clock::now() < end) loop_.run_one_for(100ms);
    EXPECT_TRUE(called);
    EXPECT_NE(watched->report().verdict.cause, Cause::none);
}

TEST_F(Watch, SaysAFailureAndARecoveryOnceAndNotAtEachRun) {
    bool up = false;
    auto settings = watched_gateway();
    settings.interval = 1ms;  // after which a recovery is believed
    const auto watched = watch(settings, [&up](ProbeKind kind, probes::Target target, probes::Run run) {
        return up ? pass(kind, std::move(target), std::move(run))
                  : refused(kind, std::move(target), std::move(run));
    });
    for (int i = 0; i < 3; ++i) run_all(*watched);
    EXPECT_EQ(logged("msg=\"probe fails\""), scheduled(*watched));
    EXPECT_EQ(logged("msg=verdict"), 1u);
    EXPECT_EQ(logged("cause=tcp_refused"), 1u);
    up = true;
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (logged("cause=none") == 0 && std::chrono::steady_clock::now() < end) run_all(*watched);
    run_all(*watched);
    EXPECT_EQ(logged("msg=\"probe passes again\""), scheduled(*watched));
    EXPECT_EQ(logged("cause=none"), 1u);
}

TEST_F(Watch, TurnsAnExceptionIntoTheOneOutcomeOfTheRun_fault_94) {
    const auto broken = watch(watched_gateway(), throws);
    run_all(*broken);
    const Outcome outcome = broken->report().probes.at(0);
    EXPECT_EQ(outcome.reason, Reason::internal);
    EXPECT_THAT(outcome.evidence, HasSubstr("a fault of the probe"));
    EXPECT_NE(outcome.started, probes::SteadyTime{});

    auto second = watched_gateway();
    second.name = "other";
    const auto starved = watch(second, out_of_memory);
    run_all(*starved);
    EXPECT_EQ(starved->report().probes.at(0).reason, Reason::local_resource);
}

config::GatewaySettings gateway_without_its_token() {
    auto settings = watched_gateway();
    settings.token.source = config::TokenFile{"/nonexistent/token"};
    return settings;
}

TEST_F(Watch, NeverTakesTheGatewaysWordToAProbeWhoseTokenCannotBeHad) {
    for (const bool passes : {true, false}) {
        auto settings = gateway_without_its_token();
        settings.name = passes ? "open" : "closed";
        const auto watched =
            watch(settings, [passes](ProbeKind kind, probes::Target target, probes::Run run) {
                return passes ? pass(kind, std::move(target), std::move(run))
                              : rejected(kind, std::move(target), std::move(run));
            });
        run_all(*watched);
        const Outcome outcome = watched->report().probes.at(0);
        EXPECT_FALSE(outcome.ok);
        EXPECT_EQ(outcome.reason, Reason::token_unavailable);
        EXPECT_THAT(outcome.evidence, HasSubstr("/nonexistent/token"));
        EXPECT_THAT(watched->evidence().snapshot(std::chrono::steady_clock::now(), {}).token_problem.en,
                    HasSubstr("/nonexistent/token"));
    }
}

TEST_F(Watch, StillSeesAnOutageWhereTheTokenCannotBeHad) {
    const auto watched = watch(gateway_without_its_token(), refused);
    run_all(*watched);
    EXPECT_EQ(watched->report().probes.at(0).reason, Reason::tcp_refused);
}

TEST_F(Watch, LeavesNoOutcomeOfARunThatIsCancelled_fault_87) {
    const auto watched = watch(watched_gateway(), hangs);
    asio::cancellation_signal cancel;
    bool ended = false;
    asio::co_spawn(loop_, watched->run_probe(0, std::chrono::steady_clock::now()),
                   asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr error) {
                       ended = true;
                       EXPECT_TRUE(error);
                   }));
    loop_.poll();
    cancel.emit(asio::cancellation_type::terminal);
    loop_.run();
    EXPECT_TRUE(ended);
    EXPECT_TRUE(watched->report().probes.empty());
}

TEST_F(Watch, SaysOnceThatACollectorIsDownAndGoesOn) {
    auto settings = watched_gateway();
    settings.pm2.emplace().home = "/nonexistent/pm2";
    const auto watched = watch(settings, pass);
    watched->start_collectors();
    for (int i = 0; i < 5; ++i) watched->tick();
    EXPECT_EQ(logged("collector=pm2_log"), 1u);
    ASSERT_FALSE(watched->report().collectors.empty());
    EXPECT_EQ(watched->report().collectors[0].kind, CollectorKind::pm2_log);
    EXPECT_FALSE(watched->report().collectors[0].up);
    EXPECT_THAT(recorder_.render(),
                HasSubstr("gatewatch_collector_up{collector=\"pm2_log\",gateway=\"im\"} 0\n"));
    watched->stop_collectors();
}

TEST_F(Watch, IsWhatACheckRunsEveryProbeOfOnce) {
    config::Settings settings;
    settings.gateways.push_back(watched_gateway());
    int runs = 0;
    const auto result = run_check(settings, [&runs](ProbeKind kind, probes::Target target, probes::Run run) {
        ++runs;
        return refused(kind, std::move(target), std::move(run));
    });
    ASSERT_EQ(result.report.gateways.size(), 1u);
    // Websocket, polling, http, upgrade and sticky; not hold, which takes a minute, nor what splits a tie,
    // since no connection came about.
    EXPECT_EQ(runs, 5);
    EXPECT_EQ(result.report.gateways[0].verdict.cause, Cause::tcp_refused);
    EXPECT_EQ(result.note, Text{});
    EXPECT_EQ(exit_code(result.report), 2);
}

}  // namespace
}  // namespace gatewatch::agent::test
