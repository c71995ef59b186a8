// What a gateway's watch makes of the backend's log.
#include <gmock/gmock.h>
#include <stdlib.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>

#include "agent/gateway_watch.hpp"

namespace gatewatch::agent::test {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace std::chrono_literals;

asio::awaitable<probes::Outcome> pass(ProbeKind kind, probes::Target target, probes::Run run) {
    probes::Outcome outcome;
    outcome.probe = kind;
    outcome.role = target.role;
    outcome.ok = true;
    outcome.scheduled = outcome.started = run.scheduled;
    co_return outcome;
}

class WatchOfALog : public testing::Test {
  protected:
    void SetUp() override {
        auto pattern = (fs::temp_directory_path() / "gatewatch-watch-XXXXXX").native();
        ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
        home_ = pattern;
        fs::create_directory(home_ / "logs");
        append("");
    }
    void TearDown() override { fs::remove_all(home_); }

    void append(const std::string& text) const {
        std::ofstream(home_ / "logs" / "nest-backend-error.log", std::ios::app) << text;
    }
    config::GatewaySettings gateway() const {
        config::GatewaySettings settings;
        settings.name = "im";
        config::RouteSettings route;
        route.url = "http://127.0.0.1:1";
        settings.routes.push_back(route);
        settings.pm2.emplace().home = home_;
        return settings;
    }

    fs::path home_;
    asio::io_context loop_;
    Workers workers_{loop_.get_executor(), worker_threads};
    metrics::Recorder recorder_{"test"};
};

TEST_F(WatchOfALog, NeverRepeatsTheProbesTokenThatTheBackendLogsInAnError_fault_100) {
    ::setenv("GATEWATCH_TEST_TOKEN", "open sesame", 1);
    auto settings = gateway();
    settings.token.source = config::TokenEnv{"GATEWATCH_TEST_TOKEN"};
    GatewayWatch watch(loop_.get_executor(), settings, home_, recorder_, pass, workers_);
    watch.start_collectors();
    bool ran = false;
    asio::co_spawn(loop_, watch.run_probe(0, std::chrono::steady_clock::now()),
                   [&](std::exception_ptr) { ran = true; });
    while (!ran && loop_.run_one_for(5s) > 0) {
    }
    append("连接处理错误: cannot look up open sesame\n");
    const auto last_error = [&] {
        return watch.evidence().snapshot(std::chrono::steady_clock::now(), {}).log->last_error;
    };
    const auto end = std::chrono::steady_clock::now() + 5s;
    while (last_error().empty() && std::chrono::steady_clock::now() < end) loop_.run_one_for(20ms);
    EXPECT_EQ(last_error(), "连接处理错误: cannot look up [redacted]");
    watch.stop_collectors();
    ::unsetenv("GATEWATCH_TEST_TOKEN");
}

}  // namespace
}  // namespace gatewatch::agent::test
