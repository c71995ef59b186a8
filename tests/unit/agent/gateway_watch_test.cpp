#include "agent/gateway_watch.hpp"

#include <gmock/gmock.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <filesystem>
#include <sstream>

#include "agent/check.hpp"
#include "agent/logging.hpp"

namespace gatewatch::agent::test {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using probes::Outcome;
using probes::Reason;
using testing::HasSubstr;
using testing::Not;

config::GatewaySettings gateway() {
    config::GatewaySettings settings;
    settings.name = "im";
    config::RouteSettings route;
    route.url = "http://127.0.0.1:1";
    settings.routes.push_back(route);
    return settings;
}

Outcome outcome_of(ProbeKind kind, const probes::Target& target, const probes::Run& run,
                   std::optional<Reason> reason) {
    Outcome outcome;
    outcome.probe = kind;
    outcome.role = target.role;
    outcome.ok = !reason;
    outcome.reason = reason;
    outcome.scheduled = run.scheduled;
    outcome.started = std::chrono::steady_clock::now();
    outcome.started_wall = std::chrono::system_clock::now();
    return outcome;
}

asio::awaitable<Outcome> pass(ProbeKind kind, probes::Target target, probes::Run run) {
    co_return outcome_of(kind, target, run, std::nullopt);
}

asio::awaitable<Outcome> refused(ProbeKind kind, probes::Target target, probes::Run run) {
    co_return outcome_of(kind, target, run, Reason::tcp_refused);
}

asio::awaitable<Outcome> rejected(ProbeKind kind, probes::Target target, probes::Run run) {
    auto outcome = outcome_of(kind, target, run, Reason::sio_rejected);
    outcome.phase = probes::Phase::ready;
    co_return outcome;
}

asio::awaitable<Outcome> throws(ProbeKind, probes::Target, probes::Run) {
    throw std::runtime_error("a fault of the probe");
    co_return Outcome{};
}

asio::awaitable<Outcome> out_of_memory(ProbeKind, probes::Target, probes::Run) {
    throw std::bad_alloc();
    co_return Outcome{};
}

asio::awaitable<Outcome> hangs(ProbeKind, probes::Target, probes::Run) {
    asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
    co_await timer.async_wait(asio::use_awaitable);
    co_return Outcome{};
}

class Watch : public testing::Test {
  protected:
    Watch() {
        auto logger =
            std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::ostream_sink_mt>(log_));
        logger->set_formatter(make_log_formatter(config::LogFormat::logfmt));
        spdlog::set_default_logger(logger);
    }
    ~Watch() override { spdlog::set_default_logger(before_); }

    std::unique_ptr<GatewayWatch> watch(config::GatewaySettings settings, GatewayWatch::Runner runner) {
        return std::make_unique<GatewayWatch>(loop_.get_executor(), std::move(settings),
                                              std::filesystem::path(), recorder_, std::move(runner));
    }
    void run_all(GatewayWatch& watch) {
        for (std::size_t i = 0; i < watch.plan().size(); ++i) {
            asio::co_spawn(loop_, watch.run_probe(i, std::chrono::steady_clock::now()),
                           [](std::exception_ptr error) {
                               if (error) std::rethrow_exception(error);
                           });
        }
        loop_.restart();
        loop_.run();
    }
    [[nodiscard]] std::size_t logged(std::string_view text) const {
        std::size_t count = 0;
        const std::string all = log_.str();
        for (auto at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) ++count;
        return count;
    }

    asio::io_context loop_;
    metrics::Recorder recorder_{"test"};

  private:
    std::ostringstream log_;
    std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
};

TEST_F(Watch, GivesAVerdictOnceEveryProbeHasRun) {
    const auto watched = watch(gateway(), pass);
    EXPECT_EQ(watched->report().verdict.cause, Cause::unknown);
    EXPECT_EQ(watched->report().not_yet_run.size(), watched->plan().size());
    asio::co_spawn(loop_, watched->run_probe(0, std::chrono::steady_clock::now()), [](std::exception_ptr) {});
    loop_.run();
    EXPECT_EQ(watched->report().verdict.cause, Cause::unknown);
    run_all(*watched);
    EXPECT_EQ(watched->report().verdict.cause, Cause::none);
    EXPECT_TRUE(watched->report().since);
    EXPECT_TRUE(watched->report().not_yet_run.empty());
    EXPECT_THAT(recorder_.render(), HasSubstr("gatewatch_diagnosis{cause=\"none\",gateway=\"im\"} 1\n"));
}

TEST_F(Watch, SaysAFailureAndARecoveryOnceAndNotAtEachRun) {
    bool up = false;
    const auto watched = watch(gateway(), [&up](ProbeKind kind, probes::Target target, probes::Run run) {
        return up ? pass(kind, std::move(target), std::move(run))
                  : refused(kind, std::move(target), std::move(run));
    });
    for (int i = 0; i < 3; ++i) run_all(*watched);
    EXPECT_EQ(logged("msg=\"probe fails\""), watched->plan().size());
    EXPECT_EQ(logged("msg=verdict"), 1u);
    EXPECT_EQ(logged("cause=tcp_refused"), 1u);
    up = true;
    for (int i = 0; i < 3; ++i) run_all(*watched);
    EXPECT_EQ(logged("msg=\"probe passes again\""), watched->plan().size());
    EXPECT_EQ(logged("cause=none"), 1u);
}

TEST_F(Watch, TurnsAnExceptionIntoTheOneOutcomeOfTheRun_fault_94) {
    const auto broken = watch(gateway(), throws);
    run_all(*broken);
    const Outcome outcome = broken->report().probes.at(0);
    EXPECT_EQ(outcome.reason, Reason::internal);
    EXPECT_THAT(outcome.evidence, HasSubstr("a fault of the probe"));
    EXPECT_NE(outcome.started, probes::SteadyTime{});

    auto second = gateway();
    second.name = "other";
    const auto starved = watch(second, out_of_memory);
    run_all(*starved);
    EXPECT_EQ(starved->report().probes.at(0).reason, Reason::local_resource);
}

config::GatewaySettings gateway_without_its_token() {
    auto settings = gateway();
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
        EXPECT_THAT(watched->evidence().snapshot(std::chrono::steady_clock::now(), {}).token_problem,
                    HasSubstr("/nonexistent/token"));
    }
}

TEST_F(Watch, StillSeesAnOutageWhereTheTokenCannotBeHad) {
    const auto watched = watch(gateway_without_its_token(), refused);
    run_all(*watched);
    EXPECT_EQ(watched->report().probes.at(0).reason, Reason::tcp_refused);
}

TEST_F(Watch, LeavesNoOutcomeOfARunThatIsCancelled_fault_87) {
    const auto watched = watch(gateway(), hangs);
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
    auto settings = gateway();
    settings.pm2.emplace().home = "/nonexistent/pm2";
    const auto watched = watch(settings, pass);
    watched->start_collectors();
    for (int i = 0; i < 5; ++i) watched->tick();
    EXPECT_EQ(logged("collector=pm2_log"), 1u);
    ASSERT_EQ(watched->report().collectors.size(), 1u);
    EXPECT_FALSE(watched->report().collectors[0].up);
    EXPECT_THAT(recorder_.render(),
                HasSubstr("gatewatch_collector_up{collector=\"pm2_log\",gateway=\"im\"} 0\n"));
    watched->stop_collectors();
}

TEST_F(Watch, IsWhatACheckRunsEveryProbeOfOnce) {
    config::Settings settings;
    settings.gateways.push_back(gateway());
    int runs = 0;
    const auto result = run_check(settings, [&runs](ProbeKind kind, probes::Target target, probes::Run run) {
        ++runs;
        return refused(kind, std::move(target), std::move(run));
    });
    ASSERT_EQ(result.report.gateways.size(), 1u);
    EXPECT_EQ(runs, static_cast<int>(config::plan_probes(settings.gateways[0]).size()));
    EXPECT_EQ(result.report.gateways[0].verdict.cause, Cause::tcp_refused);
    EXPECT_EQ(result.note, "");
    EXPECT_EQ(exit_code(result.report), 2);
}

}  // namespace
}  // namespace gatewatch::agent::test
