#include "agent/check.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "agent/metrics/recorder.hpp"
#include "agent/signals.hpp"
#include "agent/version.hpp"

namespace gatewatch::agent {

namespace asio = boost::asio;
using probes::SteadyTime;

namespace {

using namespace std::chrono_literals;

/// The next probe begins when the one before has ended, but no later than this: one after the other, their
/// lines in the log do not interleave, and each verdict there can be told to its probe.
constexpr auto probe_gap = 400ms;
constexpr auto sample_wait = 6s;         ///< for the first sample of the token table, from the start
constexpr auto own_token_wait = 1500ms;  ///< for its word on the probe's token, from the last probe's end
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

/// For the daemon that follows the same log: these attempts are no user's.
std::string leave_sid(const EvidenceStore& evidence, std::size_t probe,
                      const std::filesystem::path& state_directory) {
    const auto& outcome = evidence.last(probe);
    if (!evidence.gateway().pm2 || !outcome || outcome->namespace_sid.empty()) return {};
    return probes::pm2::leave_sids(state_directory, {outcome->namespace_sid});
}

struct GatewayCheck {
    std::unique_ptr<GatewayWatch> watch;
    std::filesystem::path state_directory;
    std::size_t ended = 0;
    std::string note;
};

asio::awaitable<void> check_probe(GatewayCheck* check, std::size_t probe) {
    co_await check->watch->run_probe(probe, now());
    const std::string problem = leave_sid(check->watch->evidence(), probe, check->state_directory);
    if (!problem.empty()) check->note = problem;
    ++check->ended;
}

asio::awaitable<void> check_gateway(GatewayCheck* check) {
    GatewayWatch& watch = *check->watch;
    const SteadyTime start = now();
    const auto executor = co_await asio::this_coro::executor;
    watch.start_collectors();
    SteadyTime last_end = start;
    for (std::size_t i = 0; i < watch.plan().size(); ++i) {
        last_end = std::max(last_end, now() + watch.plan()[i].timeout + 1s);
        asio::co_spawn(executor, check_probe(check, i), [](std::exception_ptr error) {
            if (error) std::rethrow_exception(error);
        });
        co_await until([check, i] { return check->ended > i; }, now() + probe_gap);
    }
    co_await until([check] { return check->ended == check->watch->plan().size(); }, last_end);
    const SteadyTime ended = now();
    const SteadyTime sampled_by = watch.evidence().mysql() ? ended + own_token_wait : start + sample_wait;
    co_await until([check] { return !check->watch->awaits_sample(); }, sampled_by);
    co_await until(
        [check] {
            check->watch->tick();
            return !check->watch->evidence().awaits_lines(now());
        },
        ended + lines_wait);
    watch.tick();
}

}  // namespace

CheckResult run_check(const config::Settings& settings, const GatewayWatch::Runner& runner) {
    ignore_broken_pipes();
    asio::io_context loop{1};
    metrics::Recorder recorder(version());
    std::vector<std::unique_ptr<GatewayCheck>> checks;
    std::vector<GatewayWatch*> watches;
    for (const auto& gateway : settings.gateways) {
        auto check = std::make_unique<GatewayCheck>();
        check->state_directory = settings.agent.state_directory;
        check->watch = std::make_unique<GatewayWatch>(loop.get_executor(), gateway, check->state_directory,
                                                      recorder, runner);
        watches.push_back(check->watch.get());
        checks.push_back(std::move(check));
    }
    GatewayWatch::share_logs(watches);
    std::size_t running = checks.size();
    for (const auto& check : checks) {
        asio::co_spawn(loop, check_gateway(check.get()), [&running](std::exception_ptr error) {
            --running;
            if (error) std::rethrow_exception(error);
        });
    }
    while (running > 0) loop.run_one();

    CheckResult result;
    result.report.version = version();
    result.report.time = std::chrono::system_clock::now();
    for (const auto& check : checks) {
        result.report.gateways.push_back(check->watch->report());
        result.report.gateways.back().since.reset();  // one look does not tell since when
        if (!check->note.empty()) result.note = check->note;
        check->watch->stop_collectors();
    }
    loop.run_for(100ms);  // what was cancelled ends
    return result;
}

}  // namespace gatewatch::agent
