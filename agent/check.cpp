#include "agent/check.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <vector>

#include "agent/follow_up.hpp"
#include "agent/metrics/recorder.hpp"
#include "agent/signals.hpp"
#include "agent/version.hpp"

namespace gatewatch::agent {

namespace asio = boost::asio;
using probes::SteadyTime;

namespace {

using namespace std::chrono_literals;

/// A look has this long at least, and this much more than the slowest probe: for the turns before it, and for
/// what failures call for.
constexpr auto shortest_look = 10s;
constexpr auto look_beyond_timeout = 5s;
constexpr auto sample_wait = 8s;     ///< for the first sample of every collector, from the start
constexpr auto beyond_page = 500ms;  ///< for that of the frontend, whose page has the gateway's timeout
constexpr auto own_token_wait =
    1500ms;  ///< for the table's word on the probe's token, from the last probe's end
constexpr auto lines_wait = 700ms;
constexpr auto poll_interval = 10ms;

SteadyTime now() {
    return std::chrono::steady_clock::now();
}

/// True once the condition holds, false at the deadline.
asio::awaitable<bool> until(std::function<bool()> condition, SteadyTime deadline) {
    asio::steady_timer timer(co_await asio::this_coro::executor);
    while (!condition()) {
        if (now() >= deadline) co_return false;
        timer.expires_after(poll_interval);
        co_await timer.async_wait(asio::use_awaitable);
    }
    co_return true;
}

struct GatewayCheck {
    std::unique_ptr<GatewayWatch> watch;
    std::filesystem::path state_directory;
    SteadyTime end{};  ///< no probe runs longer
    std::set<std::string> left_sids;
    Text note;
};

SteadyTime end_of_look(const GatewayWatch& watch, bool thorough) {
    config::Duration longest{};
    for (const auto& planned : watch.plan()) {
        const bool asked_for = !planned.on_failure && (thorough || !is_slow(planned.probe));
        if (asked_for) longest = std::max(longest, planned.timeout);
    }
    return now() + std::max<SteadyTime::duration>(longest + look_beyond_timeout, shortest_look);
}

/// A page that never answers is a result too, and the only one that takes as long as the gateway's timeout.
SteadyTime end_of_samples(const GatewayCheck& check, SteadyTime start) {
    const config::GatewaySettings& gateway = check.watch->evidence().gateway();
    SteadyTime::duration wait = sample_wait;
    if (gateway.frontend) wait = std::max<SteadyTime::duration>(wait, gateway.timeout + beyond_page);
    return std::min(start + wait, check.end);
}

/// For the daemon that follows the same log: these attempts are no user's. Left as soon as a run has ended,
/// since the daemon holds an attempt back for a short while only.
void leave_new_sids(GatewayCheck& check) {
    const EvidenceStore& evidence = check.watch->evidence();
    // Where nothing keeps its state, no daemon counts.
    std::error_code unknown;
    if (!evidence.gateway().pm2 || !std::filesystem::exists(check.state_directory, unknown)) return;
    std::vector<std::string> sids;
    for (std::size_t i = 0; i < evidence.plan().size(); ++i) {
        const auto& outcome = evidence.last(i);
        if (!outcome) continue;
        for (const auto& sid : probes::namespace_sids_of(*outcome)) {
            if (check.left_sids.insert(sid).second) sids.push_back(sid);
        }
    }
    if (sids.empty()) return;
    const Text problem = probes::pm2::leave_sids(check.state_directory, sids);
    if (!problem.empty()) check.note = problem;
}

asio::awaitable<void> check_gateway(GatewayCheck* check, bool thorough) {
    GatewayWatch& watch = *check->watch;
    const SteadyTime start = now();
    check->end = end_of_look(watch, thorough);
    watch.start_collectors();
    co_await watch.run_all(thorough);
    const SteadyTime ended = now();
    const SteadyTime sampled_by = std::max<SteadyTime>(end_of_samples(*check, start), ended + own_token_wait);
    co_await until([check] { return !check->watch->awaits_sample(); }, sampled_by);
    co_await until(
        [check] {
            check->watch->tick();
            return !check->watch->evidence().awaits_lines(now());
        },
        ended + lines_wait);
    watch.tick();
}

Report report_of(const std::vector<std::unique_ptr<GatewayCheck>>& checks) {
    Report report;
    report.version = version();
    report.time = std::chrono::system_clock::now();
    for (const auto& check : checks) {
        report.gateways.push_back(check->watch->report());
        report.gateways.back().since.reset();  // one look does not tell since when
    }
    return report;
}

}  // namespace

CheckResult run_check(const config::Settings& settings, const GatewayWatch::Runner& runner,
                      const CheckOptions& options) {
    ignore_broken_pipes();
    asio::io_context loop{1};
    Workers workers(loop.get_executor(), worker_threads);
    metrics::Recorder recorder(version());
    std::vector<std::unique_ptr<GatewayCheck>> checks;
    std::vector<GatewayWatch*> watches;
    for (const auto& gateway : settings.gateways) {
        auto check = std::make_unique<GatewayCheck>();
        check->state_directory = settings.agent.state_directory;
        const auto in_time = [&runner, check = check.get()](ProbeKind kind, probes::Target target,
                                                            probes::Run run) {
            run.deadline = std::min(run.deadline, check->end);
            return runner(kind, std::move(target), std::move(run));
        };
        check->watch = std::make_unique<GatewayWatch>(loop.get_executor(), gateway, check->state_directory,
                                                      recorder, in_time, workers, GatewayWatch::Look::once);
        watches.push_back(check->watch.get());
        checks.push_back(std::move(check));
    }
    GatewayWatch::share_logs(watches);
    std::size_t running = checks.size();
    for (const auto& check : checks) {
        check->watch->on_change([each = check.get(), &checks, &options] {
            leave_new_sids(*each);
            if (options.progress) options.progress(report_of(checks));
        });
        asio::co_spawn(loop, check_gateway(check.get(), options.thorough),
                       [&running](std::exception_ptr error) {
                           --running;
                           if (error) std::rethrow_exception(error);
                       });
    }
    if (options.progress) options.progress(report_of(checks));
    while (running > 0) loop.run_one();

    CheckResult result;
    result.report = report_of(checks);
    result.report.runbooks = runbook_place(settings.agent);
    for (const auto& check : checks) {
        if (!check->note.empty()) result.note = check->note;
        check->watch->on_change({});
        check->watch->stop_collectors();
    }
    loop.run_for(100ms);  // what was cancelled ends
    return result;
}

}  // namespace gatewatch::agent
