// Gateways that come, go and change while others run.
#include "agent/gateways.hpp"

#include <stdlib.h>

#include <boost/asio/redirect_error.hpp>
#include <fstream>

#include "watch_fixture.hpp"

namespace gatewatch::agent::test {
namespace {

namespace fs = std::filesystem;

class GatewaysTest : public Watch {
  protected:
    void SetUp() override {
        auto pattern = (fs::temp_directory_path() / "gatewatch-gateways-XXXXXX").native();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
    }
    void TearDown() override {
        if (gateways_) gateways_->stop();
        loop_.restart();
        loop_.run();  // and comes to an end
        gateways_.reset();
        fs::remove_all(directory_);
    }

    Gateways& with(GatewayWatch::Runner runner) {
        gateways_ = std::make_unique<Gateways>(loop_.get_executor(), directory_, recorder_, std::move(runner),
                                               workers_);
        return *gateways_;
    }
    static config::GatewaySettings named(const std::string& name) {
        auto settings = watched_gateway();
        settings.name = name;
        settings.interval = 2s;
        return settings;
    }
    void run_until(const std::function<bool()>& condition) {
        const auto end = std::chrono::steady_clock::now() + 60s;
        while (!condition() && std::chrono::steady_clock::now() < end) {
            loop_.restart();
            loop_.run_for(20ms);
        }
        ASSERT_TRUE(condition()) << recorder_.render();
    }
    /// The sum of all series of that name that hold these labels; nothing if there is none.
    [[nodiscard]] std::optional<double> sum(const std::string& name, const std::string& labels) const {
        std::optional<double> total;
        std::istringstream text(recorder_.render());
        for (std::string line; std::getline(text, line);) {
            if (!line.starts_with("gatewatch_" + name + "{") || !line.contains(labels)) continue;
            total = total.value_or(0) + std::stod(line.substr(line.rfind(' ')));
        }
        return total;
    }
    [[nodiscard]] std::optional<double> runs(const std::string& gateway) const {
        return sum("probe_runs_total", "gateway=\"" + gateway + "\"");
    }

    fs::path directory_;
    std::unique_ptr<Gateways> gateways_;
};

TEST_F(GatewaysTest, LeavesAloneWhatHasNotChanged) {
    auto& gateways = with(pass);
    EXPECT_THAT(gateways.watch({named("a"), named("b")}), testing::IsEmpty());
    run_until([&] { return gateways.watches()[1]->report().verdict.cause == Cause::none; });
    const auto kept = gateways.watches()[1];
    const auto runs_before = runs("b");

    EXPECT_THAT(gateways.watch({named("b"), named("c")}), testing::IsEmpty());
    ASSERT_EQ(gateways.watches().size(), 2U);
    EXPECT_EQ(gateways.watches()[0], kept);
    EXPECT_EQ(gateways.watches()[1]->report().name, "c");
    EXPECT_EQ(runs("b"), runs_before);
    EXPECT_EQ(sum("diagnosis", "cause=\"none\",gateway=\"b\""), 1);
    EXPECT_EQ(runs("a"), std::nullopt);
    EXPECT_THAT(recorder_.render(), Not(HasSubstr("gateway=\"a\"")));
    EXPECT_EQ(runs("c"), 0);
    run_until([&] { return gateways.watches()[1]->report().verdict.cause == Cause::none; });
    EXPECT_EQ(gateways.settings(), (std::vector{named("b"), named("c")}));
}

TEST_F(GatewaysTest, StartsAChangedGatewayAnewWithTheHistoryOfItsVerdicts) {
    auto& gateways = with(refused);
    EXPECT_THAT(gateways.watch({named("a")}), testing::IsEmpty());
    run_until([&] { return gateways.watches()[0]->report().verdict.cause == Cause::tcp_refused; });
    const auto since = gateways.watches()[0]->report().since;

    auto changed = named("a");
    changed.timeout = 9s;
    EXPECT_THAT(gateways.watch({changed}), testing::IsEmpty());
    EXPECT_EQ(runs("a"), 0);
    EXPECT_EQ(sum("diagnosis", "cause=\"unknown\",gateway=\"a\""), 1);
    EXPECT_EQ(gateways.watches()[0]->report().changes.size(), 1U);
    run_until([&] { return gateways.watches()[0]->report().verdict.cause == Cause::tcp_refused; });
    EXPECT_EQ(gateways.watches()[0]->report().changes.size(), 1U);
    ASSERT_TRUE(gateways.watches()[0]->report().since && since);
    EXPECT_LT(*gateways.watches()[0]->report().since - *since, 1s);
}

TEST_F(GatewaysTest, KeepsARetiredWatchUntilItsRunsHaveEnded) {
    int begun = 0;
    auto& gateways = with([&begun](ProbeKind kind, probes::Target target, probes::Run run) {
        ++begun;
        return hangs(kind, std::move(target), std::move(run));
    });
    EXPECT_THAT(gateways.watch({named("a")}), testing::IsEmpty());
    run_until([&] { return begun >= 2; });
    const std::weak_ptr<GatewayWatch> retired = gateways.watches()[0];

    auto changed = named("a");
    changed.timeout = 9s;
    EXPECT_THAT(gateways.watch({changed}), testing::IsEmpty());
    EXPECT_FALSE(retired.expired());
    run_until([&] { return retired.expired(); });
    EXPECT_EQ(runs("a"), 0) << "a run that was cancelled is none, and its series are the new watch's";

    EXPECT_THAT(gateways.watch({}), testing::IsEmpty());
    EXPECT_THAT(recorder_.render(), Not(HasSubstr("gateway=\"a\"")));
    EXPECT_EQ(gateways.probes(), 0U);
}

/// Does not mind being cancelled, as a run whose answer has just come.
asio::awaitable<Outcome> ends_late(ProbeKind kind, probes::Target target, probes::Run run) {
    asio::steady_timer timer(co_await asio::this_coro::executor, 1h);
    boost::system::error_code cancelled;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    run.on_connected("sid");
    co_return outcome_of(kind, target, run, Reason::tcp_refused);
}

TEST_F(GatewaysTest, CountsNoRunThatEndsAfterItsWatchWasRetired) {
    int begun = 0;
    auto& gateways = with([&begun](ProbeKind kind, probes::Target target, probes::Run run) {
        ++begun;
        return ends_late(kind, std::move(target), std::move(run));
    });
    EXPECT_THAT(gateways.watch({named("a")}), testing::IsEmpty());
    run_until([&] { return begun >= 2; });
    const std::weak_ptr<GatewayWatch> retired = gateways.watches()[0];
    EXPECT_THAT(gateways.watch({named("b")}), testing::IsEmpty());
    run_until([&] { return retired.expired(); });
    EXPECT_EQ(logged("probe fails"), 0U);
    EXPECT_THAT(recorder_.render(), Not(HasSubstr("gateway=\"a\"")));
}

TEST_F(GatewaysTest, RunsOnRequestEndWithTheirWatch) {
    auto& gateways = with(hangs);
    EXPECT_THAT(gateways.watch({named("a")}), testing::IsEmpty());
    bool ended = false;
    const auto run_all = [](std::shared_ptr<GatewayWatch> watch) -> asio::awaitable<void> {
        co_await watch->run_all(false);
    };
    asio::co_spawn(loop_, run_all(gateways.watches()[0]), [&](std::exception_ptr) { ended = true; });
    const std::weak_ptr<GatewayWatch> retired = gateways.watches()[0];
    loop_.poll();
    EXPECT_THAT(gateways.watch({}), testing::IsEmpty());
    run_until([&] { return ended && retired.expired(); });
}

TEST_F(GatewaysTest, GoesOnInTheLogOfAChangedGatewayWhereItWas) {
    auto& gateways = with(pass);
    fs::create_directories(directory_ / "pm2" / "logs");
    const auto append = [&](int lines) {
        std::ofstream log(directory_ / "pm2" / "logs" / "nest-backend-error.log", std::ios::app);
        for (int i = 0; i < lines; ++i) log << "连接处理错误: no database\n";
    };
    append(1);
    auto settings = named("a");
    settings.pm2.emplace().home = directory_ / "pm2";
    const auto events = [&] { return sum("log_events_total", "gateway=\"a\"").value_or(0); };
    EXPECT_THAT(gateways.watch({settings}), testing::IsEmpty());
    append(3);
    run_until([&] { return events() == 3; });

    // Another one of the same log, in whose favour nothing of the first one's is lost.
    auto other = settings;
    other.name = "b";
    append(2);
    settings.timeout = 9s;
    EXPECT_THAT(gateways.watch({other, settings}), testing::IsEmpty());
    append(4);
    run_until([&] { return events() == 6; });
    append(1);
    run_until([&] { return events() == 7; });
}

}  // namespace
}  // namespace gatewatch::agent::test
