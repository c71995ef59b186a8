// What a gateway's watch makes of its collectors, its verdicts over a restart, and its bad tokens.
#include <gmock/gmock.h>
#include <stdlib.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <map>

#include "agent/gateway_watch.hpp"

namespace gatewatch::agent::test {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace std::chrono_literals;
using probes::Outcome;
using probes::Reason;
using testing::HasSubstr;
using testing::Not;

class WatchWithFiles : public testing::Test {
  protected:
    void SetUp() override {
        auto pattern = (fs::temp_directory_path() / "gatewatch-watch-XXXXXX").native();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        directory_ = pattern;
        gateway_.name = "im";
        config::RouteSettings route;
        route.url = "http://127.0.0.1:1";
        gateway_.routes.push_back(route);
    }
    void TearDown() override { fs::remove_all(directory_); }

    fs::path write(const std::string& name, const std::string& text) const {
        std::ofstream(directory_ / name) << text;
        return directory_ / name;
    }
    std::unique_ptr<GatewayWatch> watch(std::optional<Reason> reason = std::nullopt,
                                        GatewayWatch::Look look = GatewayWatch::Look::lasting) {
        return std::make_unique<GatewayWatch>(
            loop_.get_executor(), gateway_, directory_, recorder_,
            [this, reason](ProbeKind kind, probes::Target target, probes::Run run) {
                return answer(kind, target.role, std::move(run), reason);
            },
            workers_, look);
    }
    asio::awaitable<Outcome> answer(ProbeKind kind, Role role, probes::Run run,
                                    std::optional<Reason> reason) {
        tokens_[kind] = run.token ? run.token->reveal() : "";
        Outcome outcome;
        outcome.probe = kind;
        outcome.role = role;
        outcome.ok = !reason;
        outcome.reason = reason;
        outcome.phase = reason == Reason::deadline ? probes::Phase::open : probes::Phase::connect;
        outcome.scheduled = outcome.started = run.scheduled;
        co_return outcome;
    }
    void run_all(GatewayWatch& watched) {
        bool ended = false;
        asio::co_spawn(loop_, watched.run_all(true), [&ended](std::exception_ptr) { ended = true; });
        until([&ended] { return ended; });
    }
    template <class Condition>
    void until(Condition condition) {
        loop_.restart();
        const auto deadline = std::chrono::steady_clock::now() + 20s;
        while (!condition() && std::chrono::steady_clock::now() < deadline) {
            loop_.run_one_for(10ms);
            loop_.restart();
        }
        EXPECT_TRUE(condition());
    }
    [[nodiscard]] static const CollectorReport* of(const GatewayReport& report, CollectorKind kind) {
        for (const auto& collector : report.collectors) {
            if (collector.kind == kind) return &collector;
        }
        return nullptr;
    }

    asio::io_context loop_;
    Workers workers_{loop_.get_executor(), worker_threads};
    metrics::Recorder recorder_{"test"};
    fs::path directory_;
    config::GatewaySettings gateway_;
    std::map<ProbeKind, std::string> tokens_;
};

TEST_F(WatchWithFiles, SaysOfEachCollectorWhetherItSeesWhatItWatches) {
    gateway_.env_files.emplace().backend =
        write(".env", "NODE_ENV=production\nFRONTEND_URL=http://127.0.0.1:1\n");
    gateway_.nginx.emplace().config = directory_ / "nowhere.conf";
    const auto watched = watch();
    EXPECT_TRUE(watched->awaits_sample());
    watched->start_collectors();
    until([&] { return !watched->awaits_sample(); });
    const auto report = watched->report();
    ASSERT_NE(of(report, CollectorKind::env_files), nullptr);
    EXPECT_TRUE(of(report, CollectorKind::env_files)->up);
    ASSERT_NE(of(report, CollectorKind::nginx_config), nullptr);
    EXPECT_FALSE(of(report, CollectorKind::nginx_config)->up);
    EXPECT_THAT(of(report, CollectorKind::nginx_config)->detail.en, HasSubstr("nowhere.conf"));
    const auto metrics = recorder_.render();
    EXPECT_THAT(metrics, HasSubstr("gatewatch_collector_up{collector=\"env_files\",gateway=\"im\"} 1\n"));
    EXPECT_THAT(metrics, HasSubstr("gatewatch_collector_up{collector=\"nginx_config\",gateway=\"im\"} 0\n"));
    EXPECT_THAT(metrics, Not(HasSubstr("collector=\"frontend\"")));
    const auto snapshot = watched->evidence().snapshot(std::chrono::steady_clock::now(), {});
    EXPECT_TRUE(snapshot.env);
    EXPECT_FALSE(snapshot.frontend);
    watched->stop_collectors();
}

TEST_F(WatchWithFiles, TriesWhatCouldNotBeReadAgainWhenConnectsPassAgain) {
    gateway_.nginx.emplace().config = directory_ / "nginx.conf";
    std::optional<Reason> reason = Reason::tcp_refused;
    const auto answering = [this, &reason](ProbeKind kind, const probes::Target& target, probes::Run run) {
        return answer(kind, target.role, std::move(run), reason);
    };
    GatewayWatch watched(loop_.get_executor(), gateway_, directory_, recorder_, answering, workers_,
                         GatewayWatch::Look::lasting);
    watched.start_collectors();
    until([&] { return !watched.awaits_sample(); });
    run_all(watched);
    const auto reads = [&] { return of(watched.report(), CollectorKind::nginx_config)->up; };
    EXPECT_FALSE(reads());

    write("nginx.conf", "events {}\nhttp {}\n");
    reason.reset();
    const auto passes_again = std::chrono::steady_clock::now();
    run_all(watched);
    until(reads);
    EXPECT_LT(std::chrono::steady_clock::now() - passes_again, 10s)
        << "it would have been tried after 15 s anyway";
    watched.stop_collectors();
}

TEST_F(WatchWithFiles, SendsEachNegativeProbeTheTokenOfItsFile) {
    gateway_.token.source = config::TokenFile{write("token", "own-secret\n")};
    gateway_.token.expired_file = write("expired", "expired-secret\n");
    gateway_.token.revoked_file = write("revoked", "revoked-secret\n");
    const auto watched = watch();
    run_all(*watched);
    EXPECT_EQ(tokens_[ProbeKind::websocket], "own-secret");
    EXPECT_EQ(tokens_[ProbeKind::hold], "own-secret");
    EXPECT_EQ(tokens_[ProbeKind::expired_token], "expired-secret");
    EXPECT_EQ(tokens_[ProbeKind::revoked_token], "revoked-secret");
    EXPECT_EQ(tokens_[ProbeKind::missing_token], "");
    EXPECT_EQ(tokens_[ProbeKind::http], "");
}

TEST_F(WatchWithFiles, SaysWhichNegativeProbesFileCannotBeRead) {
    gateway_.token.source = config::TokenFile{write("token", "own-secret\n")};
    gateway_.token.expired_file = directory_ / "no-such-token";
    const auto watched = watch();
    run_all(*watched);
    for (const auto& outcome : watched->report().probes) {
        EXPECT_EQ(outcome.reason == Reason::token_unavailable, outcome.probe == ProbeKind::expired_token);
    }
    const auto problem = watched->evidence().snapshot(std::chrono::steady_clock::now(), {}).token_problem;
    EXPECT_THAT(problem.en, HasSubstr("no-such-token"));
    EXPECT_THAT(problem.zh, HasSubstr("no-such-token"));
}

TEST_F(WatchWithFiles, RunsWhatSplitsATieOnlyAfterAFailedConnect) {
    const auto healthy = watch();
    run_all(*healthy);
    EXPECT_EQ(tokens_.count(ProbeKind::other_eio), 0u);
    for (const auto& waiting : healthy->report().not_yet_run) EXPECT_FALSE(waiting.on_failure);
    EXPECT_THAT(recorder_.render(),
                Not(HasSubstr("gatewatch_probe_success{gateway=\"im\",probe=\"other_eio\"")));

    gateway_.name = "broken";
    const auto broken = watch(Reason::deadline);
    run_all(*broken);
    EXPECT_EQ(tokens_.count(ProbeKind::other_eio), 1u);
    EXPECT_THAT(recorder_.render(),
                HasSubstr("gatewatch_probe_success{gateway=\"broken\",probe=\"other_eio\""));
}

TEST_F(WatchWithFiles, KnowsAfterARestartSinceWhenTheSameCauseStands) {
    auto first = watch(Reason::tcp_refused);
    run_all(*first);
    const auto since = first->report().since;
    ASSERT_TRUE(since);
    EXPECT_EQ(first->report().verdict.cause, Cause::tcp_refused);
    first.reset();
    gateway_.name = "im";
    metrics::Recorder recorder("test");
    GatewayWatch second(
        loop_.get_executor(), gateway_, directory_, recorder,
        [this](ProbeKind kind, probes::Target target, probes::Run run) {
            return answer(kind, target.role, std::move(run), Reason::tcp_refused);
        },
        workers_);
    EXPECT_EQ(second.report().since, std::nullopt);
    run_all(second);
    ASSERT_TRUE(second.report().since);
    EXPECT_EQ(std::chrono::floor<std::chrono::milliseconds>(*second.report().since),
              std::chrono::floor<std::chrono::milliseconds>(*since));
    EXPECT_EQ(second.report().changes.size(), 1u);
}

TEST_F(WatchWithFiles, KeepsNothingWhereItLooksOnce) {
    const auto watched = watch(Reason::tcp_refused, GatewayWatch::Look::once);
    run_all(*watched);
    EXPECT_EQ(watched->report().verdict.cause, Cause::tcp_refused);
    EXPECT_TRUE(fs::is_empty(directory_));
}

TEST_F(WatchWithFiles, GoesOnWithAFileOfVerdictsThatIsBroken) {
    write("verdicts-im.json", "{ no JSON");
    const auto watched = watch();
    run_all(*watched);
    EXPECT_EQ(watched->report().verdict.cause, Cause::none);
    EXPECT_EQ(watched->report().changes.size(), 1u);
}

TEST_F(WatchWithFiles, TellsEachChangeAndHasTheRunsOfTheLastWhile) {
    const auto watched = watch();
    int changes = 0;
    watched->on_change([&changes] { ++changes; });
    run_all(*watched);
    EXPECT_GE(changes, static_cast<int>(watched->report().probes.size()));
    const auto report = watched->report();
    EXPECT_EQ(report.history.size(), report.probes.size());
    EXPECT_FALSE(report.events);
}

}  // namespace
}  // namespace gatewatch::agent::test
