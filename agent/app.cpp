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
#include "agent/reload_plan.hpp"
#include "agent/version.hpp"

namespace gatewatch::agent {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::milliseconds tick_interval{500};
constexpr std::string_view nothing_changed = "the configuration is refused; what ran before goes on";

}  // namespace

App::App(config::Settings settings, std::filesystem::path config_file, GatewayWatch::Runner runner)
    : settings_(std::move(settings)),
      workers_(loop_.get_executor(), worker_threads),
      reload_worker_(loop_.get_executor(), 1),
      recorder_(version()),
      gateways_(loop_.get_executor(), settings_.agent.state_directory, recorder_, std::move(runner),
                workers_),
      config_file_(std::move(config_file), reload_worker_),
      reloads_(loop_.get_executor(), [this] { return reload(); }),
      endpoints_(sources()),
      server_(loop_.get_executor(),
              [this](web::Request request) { return endpoints_.handle(std::move(request)); }),
      ticks_(loop_),
      lag_(std::chrono::steady_clock::now()),
      signals_(loop_.get_executor(), [this](int signal) { on_signal(signal); }) {}

int App::run() {
    ignore_broken_pipes();
    const auto endpoint = server_.listen(settings_.agent.listen);
    if (!endpoint) {
        spdlog::error("{}", endpoint.error());
        return 2;
    }
    address_ = fmt::format(fmt::runtime(endpoint->address().is_v6() ? "[{}]:{}" : "{}:{}"),
                           endpoint->address().to_string(), endpoint->port());
    recorder_.configuration_loaded(std::chrono::system_clock::now());
    const auto problems = gateways_.watch(settings_.gateways);
    if (!problems.empty()) {
        for (const auto& problem : problems) log_event(spdlog::level::err, problem.en, {});
        stop();
        loop_.run();
        return 2;
    }
    ticks_.expires_after(tick_interval);
    tick();
    log_event(spdlog::level::info, "started",
              {{"version", version()},
               {"web", fmt::format("http://{}/", address_)},
               {"gateways", fmt::to_string(gateways_.watches().size())},
               {"probes", fmt::to_string(gateways_.probes())}});
    sd_notify(0, "READY=1");

    loop_.run();
    workers_.stop();
    reload_worker_.stop();
    render_pool_.join();
    log_event(spdlog::level::info, "stopped", {});
    return 0;
}

void App::tick() {
    ticks_.async_wait([this](const boost::system::error_code& error) {
        if (error || stopping_) return;
        const SteadyTime now = std::chrono::steady_clock::now();
        recorder_.event_loop_lag(lag_.add(ticks_.expiry(), now));
        gateways_.tick();
        ticks_.expires_after(tick_interval);
        tick();
    });
}

void App::on_signal(int signal) {
    if (stopping_) return;
    if (signal == SIGHUP) {
        reloads_.ask();
        return;
    }
    log_event(spdlog::level::info, "stopping", {{"signal", signal == SIGTERM ? "SIGTERM" : "SIGINT"}});
    stop();
}

void App::stop() {
    stopping_ = true;
    sd_notify(0, "STOPPING=1");
    server_.stop();
    reloads_.stop();
    run_now_cancel_.emit(asio::cancellation_type::terminal);
    gateways_.stop();
    ticks_.cancel();
    signals_.stop();
}

web::Sources App::sources() {
    return {[this] { return render_metrics(); }, [this] { return not_ready(); }, [this] { return report(); },
            [this] { return run_now(); }, [this] { return reloads_.ask_and_wait(); }};
}

/// Once; Reloads sees to it that no two of these are under way.
asio::awaitable<Reloaded> App::reload() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    const auto since = std::chrono::duration_cast<std::chrono::microseconds>(now).count();
    sd_notify(0, fmt::format("RELOADING=1\nMONOTONIC_USEC={}", since).c_str());
    Reloaded result;
    try {
        const auto loaded = co_await config_file_.read();
        if (stopping_) co_return Reloaded{};
        result = loaded ? put_in_force(*loaded) : refuse(loaded.error(), nothing_changed);
    } catch (const std::exception& error) {
        if (stopping_) co_return Reloaded{};
        const std::string what = error.what();
        result = refuse({say("the reload broke off: {}", "重载中断：{}", what)},
                        "not all of the configuration may be in force");
    }
    sd_notify(0, "READY=1");
    co_return result;
}

/// All of it or, where a key cannot change in a running process, nothing: that the metric says 1 means that
/// what runs is what stands in the file.
Reloaded App::put_in_force(const config::Loaded& loaded) {
    settings_.gateways = gateways_.settings();
    const ReloadPlan plan = plan_reload(settings_, loaded.settings);
    if (!plan.refused.empty()) {
        std::vector<Text> problems;
        for (const auto& why : plan.refused) {
            problems.push_back(say("{}: {}", "{}：{}", config_file_.path().native(), why));
        }
        return refuse(std::move(problems), nothing_changed);
    }
    settings_ = loaded.settings;
    change_logging(settings_.agent.log_format, settings_.agent.log_level);
    Reloaded result{true, {say("the configuration is in force: {}", "配置已生效：{}", describe(plan))}};
    for (const auto& warning : loaded.warnings) {
        result.lines.emplace_back(warning.text(Language::en), warning.text(Language::zh));
        log_event(spdlog::level::warn, result.lines.back().en, {});
    }
    auto problems = gateways_.watch(settings_.gateways);
    if (!problems.empty()) {
        return refuse(std::move(problems), "the configuration is in force but for what cannot be started");
    }
    recorder_.configuration_loaded(std::chrono::system_clock::now());
    log_event(spdlog::level::info, result.lines.front().en, {});
    return result;
}

Reloaded App::refuse(std::vector<Text> problems, std::string_view outcome) {
    recorder_.configuration_refused();
    for (const auto& problem : problems) log_event(spdlog::level::err, problem.en, {});
    log_event(spdlog::level::err, outcome, {{"problems", fmt::to_string(problems.size())}});
    return {false, std::move(problems)};
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
    const auto watches = gateways_.watches();
    for (const auto& watch : watches) watch->sample_now();
    for (const auto& watch : watches) co_await watch->run_all(false);
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

Text App::not_ready() const {
    std::vector<std::string> waiting;
    for (const auto& watch : gateways_.watches()) {
        for (std::size_t i = 0; i < watch->plan().size(); ++i) {
            const auto& plan = watch->plan()[i];
            // Those that nothing may ever call for, and the one that takes a minute, are not waited for.
            if (watch->evidence().last(i) || plan.on_failure || is_slow(plan.probe)) continue;
            waiting.push_back(fmt::format("{} {} {}", watch->evidence().gateway().name, name_of(plan.role),
                                          name_of(plan.probe)));
        }
    }
    if (waiting.empty()) return {};
    return say("no run has ended yet of: {}", "尚无运行结果：{}", joined(waiting, {", ", "、"}));
}

Report App::report() const {
    Report report;
    report.version = version();
    report.time = std::chrono::system_clock::now();
    report.run_under_way = run_limit_.is_running();
    config::AgentSettings agent = settings_.agent;
    agent.listen = address_;
    report.runbooks = runbook_place(agent);
    for (const auto& watch : gateways_.watches()) report.gateways.push_back(watch->report());
    return report;
}

}  // namespace gatewatch::agent
