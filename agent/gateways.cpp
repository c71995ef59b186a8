#include "agent/gateways.hpp"

#include <algorithm>
#include <utility>

namespace gatewatch::agent {

using config::GatewaySettings;

Gateways::Gateways(boost::asio::any_io_executor executor, std::filesystem::path state_directory,
                   metrics::Recorder& recorder, GatewayWatch::Runner runner, Workers& workers)
    : executor_(std::move(executor)),
      state_directory_(std::move(state_directory)),
      recorder_(recorder),
      runner_(std::move(runner)),
      workers_(workers) {}

Gateways::~Gateways() = default;

/// What is retired is so before its successor is made: they share a name, series and files.
std::vector<Text> Gateways::watch(const std::vector<GatewaySettings>& wanted) {
    retire_all_but(wanted);
    std::vector<Text> problems;
    const auto kept = std::exchange(watches_, {});
    for (const auto& gateway : wanted) {
        const auto same = std::ranges::find_if(
            kept, [&](const auto& each) { return each->evidence().gateway().name == gateway.name; });
        if (same != kept.end()) {
            watches_.push_back(*same);
            continue;
        }
        try {
            watches_.push_back(std::make_shared<GatewayWatch>(executor_, gateway, state_directory_, recorder_,
                                                              runner_, workers_));
        } catch (const std::exception& error) {
            const std::string what = error.what();
            problems.push_back(say("the gateway \"{}\" cannot be started: {}", "网关 \"{}\" 无法启动：{}",
                                   gateway.name, what));
        }
    }
    std::vector<GatewayWatch*> all;
    for (const auto& watch : watches_) all.push_back(watch.get());
    GatewayWatch::share_logs(all);
    for (std::size_t place = 0; place < watches_.size(); ++place) {
        if (!jobs_.contains(watches_[place].get())) start(place);
    }
    return problems;
}

void Gateways::retire_all_but(const std::vector<GatewaySettings>& wanted) {
    std::erase_if(watches_, [&](const auto& watch) {
        if (std::ranges::find(wanted, watch->evidence().gateway()) != wanted.end()) return false;
        jobs_.erase(watch.get());  // cancels them
        watch->retire();
        return true;
    });
}

/// Its jobs own the watch as long as a run of theirs is under way.
void Gateways::start(std::size_t place) {
    const auto& watch = watches_[place];
    Jobs& jobs = jobs_[watch.get()];
    watch->start_collectors();
    const SteadyTime now = std::chrono::steady_clock::now();
    const auto& plan = watch->plan();
    for (std::size_t p = 0; p < plan.size(); ++p) {
        if (plan[p].on_failure) continue;
        jobs.push_back(std::make_unique<Job>(
            executor_, Grid(now, plan[p].interval, stagger(p, plan.size(), place, watches_.size())),
            [watch, p](SteadyTime scheduled) { return watch->run_probe(p, scheduled); },
            [watch, p](std::uint64_t runs) { watch->probe_skipped(p, runs); }));
        jobs.back()->start();
    }
}

void Gateways::tick() {
    for (const auto& watch : watches_) watch->tick();
}

void Gateways::stop() {
    for (const auto& [watch, jobs] : jobs_) {
        for (const auto& job : jobs) job->cancel();
    }
    for (const auto& watch : watches_) watch->stop_collectors();
}

std::vector<GatewaySettings> Gateways::settings() const {
    std::vector<GatewaySettings> settings;
    for (const auto& watch : watches_) settings.push_back(watch->evidence().gateway());
    return settings;
}

std::size_t Gateways::probes() const {
    std::size_t probes = 0;
    for (const auto& [watch, jobs] : jobs_) probes += jobs.size();
    return probes;
}

}  // namespace gatewatch::agent
