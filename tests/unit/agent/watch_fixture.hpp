// A gateway's watch whose probes end as the test says, and what it logs. Used by gateway_watch_test.cpp.
#pragma once

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

namespace asio = boost::asio;
using namespace std::chrono_literals;
using probes::Outcome;
using probes::Reason;
using testing::HasSubstr;
using testing::Not;

inline config::GatewaySettings watched_gateway() {
    config::GatewaySettings settings;
    settings.name = "im";
    config::RouteSettings route;
    route.url = "http://127.0.0.1:1";
    settings.routes.push_back(route);
    return settings;
}

inline Outcome outcome_of(ProbeKind kind, const probes::Target& target, const probes::Run& run,
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

inline asio::awaitable<Outcome> pass(ProbeKind kind, probes::Target target, probes::Run run) {
    co_return outcome_of(kind, target, run, std::nullopt);
}

inline asio::awaitable<Outcome> refused(ProbeKind kind, probes::Target target, probes::Run run) {
    co_return outcome_of(kind, target, run, Reason::tcp_refused);
}

inline asio::awaitable<Outcome> rejected(ProbeKind kind, probes::Target target, probes::Run run) {
    auto outcome = outcome_of(kind, target, run, Reason::sio_rejected);
    outcome.phase = probes::Phase::ready;
    co_return outcome;
}

inline asio::awaitable<Outcome> throws(ProbeKind, probes::Target, probes::Run) {
    throw std::runtime_error("a fault of the probe");
    co_return Outcome{};
}

inline asio::awaitable<Outcome> out_of_memory(ProbeKind, probes::Target, probes::Run) {
    throw std::bad_alloc();
    co_return Outcome{};
}

inline asio::awaitable<Outcome> hangs(ProbeKind, probes::Target, probes::Run) {
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
                                              std::filesystem::path(), recorder_, std::move(runner),
                                              workers_);
    }
    void run_all(GatewayWatch& watch) {
        for (std::size_t i = 0; i < watch.plan().size(); ++i) {
            if (watch.plan()[i].on_failure) continue;
            asio::co_spawn(loop_, watch.run_probe(i, std::chrono::steady_clock::now()),
                           [](std::exception_ptr error) {
                               if (error) std::rethrow_exception(error);
                           });
        }
        loop_.restart();
        loop_.run();
    }
    [[nodiscard]] static std::size_t scheduled(const GatewayWatch& watch) {
        return static_cast<std::size_t>(
            std::ranges::count(watch.plan(), false, &config::PlannedProbe::on_failure));
    }
    [[nodiscard]] std::size_t logged(std::string_view text) const {
        std::size_t count = 0;
        const std::string all = log_.str();
        for (auto at = all.find(text); at != std::string::npos; at = all.find(text, at + 1)) ++count;
        return count;
    }

    asio::io_context loop_;
    Workers workers_{loop_.get_executor(), worker_threads};
    metrics::Recorder recorder_{"test"};

  private:
    std::ostringstream log_;
    std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
};

}  // namespace gatewatch::agent::test
