#include "agent/app.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <systemd/sd-daemon.h>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>

#include "agent/follow_up.hpp"
#include "agent/logging.hpp"
#include "agent/version.hpp"

namespace gatewatch::agent {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds tick_interval{500};

}  // namespace

App::App(config::Settings settings, GatewayWatch::Runner runner)
    : settings_(std::move(settings)),
      workers_(loop_.get_executor(), worker_threads),
      recorder_(version()),
      endpoints_(sources()),
      server_(loop_.get_executor(),
              [this](web::Request request) { return endpoints_.handle(std::move(request)); }),
      ticks_(loop_),
      lag_(std::chrono::steady_clock::now()),
      signals_(loop_.get_executor(), [this](int signal) { on_signal(signal); }) {
    for (const auto& gateway : settings_.gateways) {
        watches_.push_back(std::make_unique<GatewayWatch>(
            loop_.get_executor(), gateway, settings_.agent.state_directory, recorder_, runner, workers_));
    }
    std::vector<GatewayWatch*> all;
    for (const auto& watch : watches_) all.push_back(watch.get());
    GatewayWatch::share_logs(all);
}

int App::run() {
    ignore_broken_pipes();
    const auto endpoint = server_.listen(settings_.agent.listen);
    if (!endpoint) {
        spdlog::error("{}", endpoint.error());
        return 2;
    }
    // Port 0 is a free one.
    settings_.agent.listen = fmt::format(fmt::runtime(endpoint->address().is_v6() ? "[{}]:{}" : "{}:{}"),
                                         endpoint->address().to_string(), endpoint->port());
    recorder_.configuration_loaded(std::chrono::system_clock::now());
    for (const auto& watch : watches_) watch->start_collectors();
    make_jobs();
    for (const auto& job : jobs_) job->start();
    ticks_.expires_after(tick_interval);
    tick();
    log_event(spdlog::level::info, "started",
              {{"version", version()},
               {"web", fmt::format("http://{}/", settings_.agent.listen)},
               {"gateways", fmt::to_string(watches_.size())},
               {"probes", fmt::to_string(jobs_.size())}});
    sd_notify(0, "READY=1");

    loop_.run();
    workers_.stop();
    render_pool_.join();
    log_event(spdlog::level::info, "stopped", {});
    return 0;
}

void App::make_jobs() {
    const SteadyTime start = std::chrono::steady_clock::now();
    for (std::size_t g = 0; g < watches_.size(); ++g) {
        GatewayWatch* watch = watches_[g].get();
        const auto& plan = watch->plan();
        for (std::size_t p = 0; p < plan.size(); ++p) {
            if (plan[p].on_failure) continue;
            jobs_.push_back(std::make_unique<Job>(
                loop_.get_executor(),
                Grid(start, plan[p].interval, stagger(p, plan.size(), g, watches_.size())),
                [watch, p](SteadyTime scheduled) { return watch->run_probe(p, scheduled); },
                [watch, p](std::uint64_t runs) { watch->probe_skipped(p, runs); }));
        }
    }
}

void App::tick() {
    ticks_.async_wait([this](const boost::system::error_code& error) {
        if (error || stopping_) return;
        const SteadyTime now = std::chrono::steady_clock::now();
        recorder_.event_loop_lag(lag_.add(ticks_.expiry(), now));
        for (const auto& watch : watches_) watch->tick();
        ticks_.expires_after(tick_interval);
        tick();
    });
}

void App::on_signal(int signal) {
    if (signal == SIGHUP) {
        spdlog::warn("SIGHUP: the configuration is read at the start only; restart the agent for a new one");
        return;
    }
    if (stopping_) return;
    log_event(spdlog::level::info, "stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
    stop();
}

void App::stop() {
    stopping_ = true;
    sd_notify(0, "STOPPING=1");
    server_.stop();
    for (const auto& job : jobs_) job->cancel();
    run_now_cancel_.emit(asio::cancellation_type::terminal);
    for (const auto& watch : watches_) watch->stop_collectors();
    ticks_.cancel();
    signals_.stop();
}

web::Sources App::sources() {
    return {[this] { return render_metrics(); }, [this] { return not_ready(); }, [this] { return report(); },
            [this] { return run_now(); }};
}

bool App::run_now() {
    if (stopping_ || !run_limit_.try_start(std::chrono::steady_clock::now())) return false;
    log_event(spdlog::level::info, "all probes run now, as the status page was asked to", {});
    auto ended = [this](const std::exception_ptr&) { run_limit_.ended(); };
    asio::co_spawn(loop_, run_all(), asio::bind_cancellation_slot(run_now_cancel_.slot(), std::move(ended)));
    return true;
}

/// Gateway after gateway. The session that is held for a minute is left out: its own schedule has it.
asio::awaitable<void> App::run_all() {
    for (const auto& watch : watches_) watch->sample_now();
    for (const auto& watch : watches_) co_await watch->run_all(false);
}

/// On the pool's thread, since it takes milliseconds; the coroutine itself never leaves the event loop.
asio::awaitable<std::string> App::render_metrics() {
    auto initiate = [this](auto handler) {
        asio::post(render_pool_, [this, handler = std::move(handler)]() mutable {
            std::string text = recorder_.render();
            const auto executor = asio::get_associated_executor(handler);
            asio::post(executor, [handler = std::move(handler), text = std::move(text)]() mutable {
                std::move(handler)(std::move(text));
            });
        });
    };
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::string)>(
        initiate, asio::use_awaitable);
}

std::string App::not_ready() const {
    std::string waiting;
    for (const auto& watch : watches_) {
        for (std::size_t i = 0; i < watch->plan().size(); ++i) {
            const auto& plan = watch->plan()[i];
            // Those that nothing may ever call for, and the one that takes a minute, are not waited for.
            if (watch->evidence().last(i) || plan.on_failure || is_slow(plan.probe)) continue;
            waiting += fmt::format("{}{} {} {}", waiting.empty() ? "" : ", ",
                                   watch->evidence().gateway().name, name_of(plan.role), name_of(plan.probe));
        }
    }
    return waiting.empty() ? waiting : "no run has ended yet of: " + waiting;
}

Report App::report() const {
    Report report;
    report.version = version();
    report.time = std::chrono::system_clock::now();
    report.run_under_way = run_limit_.is_running();
    report.runbooks = runbook_place(settings_.agent);
    for (const auto& watch : watches_) report.gateways.push_back(watch->report());
    return report;
}

}  // namespace gatewatch::agent
