// What a gateway's watch has to do with log files: which ones it tells of its runs, what it makes of their
// lines.
#include <algorithm>
#include <utility>

#include "agent/gateway_watch.hpp"

namespace gatewatch::agent {

using probes::Outcome;

namespace {

probes::SteadyTime steady_now() {
    return std::chrono::steady_clock::now();
}

}  // namespace

void GatewayWatch::share_logs(const std::vector<GatewayWatch*>& watches) {
    std::shared_ptr<std::uint64_t> ids;  // one caller, one series of ids, which goes on where it is
    for (auto* watch : watches) {
        if (!watch->collectors_.log()) continue;
        watch->logs_.clear();
        for (auto* other : watches) {
            const bool same = other->evidence_.gateway().pm2 == watch->evidence_.gateway().pm2;
            if (same) watch->logs_.push_back(other->collectors_.log());
        }
        if (!ids || *ids < *watch->run_ids_) ids = watch->run_ids_;
    }
    for (auto* watch : watches) {
        if (watch->collectors_.log()) watch->run_ids_ = ids;
    }
}

void GatewayWatch::on_connected(std::size_t index, std::uint64_t run, const std::string& sid) {
    evidence_.add_connect(index, sid);
    const bool last = plan()[index].probe != ProbeKind::sticky;
    // Over the public route it may have been the backend of another host, whose log is not read here.
    const bool has_local = config::find_route(evidence_.gateway(), Role::local) != nullptr;
    const bool here = plan()[index].role == Role::local || !has_local;
    for (const auto& log : logs_) log->probe_connected(run, sid, last, here);
}

/// Other gateways' logs go on: what the run has sent may still show there, and nobody can tell whose it is.
void GatewayWatch::cut_off(std::uint64_t run) const {
    Outcome outcome;
    outcome.connect_sent = true;
    for (const auto& log : logs_) log->probe_finished(run, outcome);
}

/// The backend's errors may quote what it was sent, the probe's token too.
void GatewayWatch::on_log_event(probes::LogEvent event) {
    event.excerpt = tokens_.redacted(std::move(event.excerpt));
    metrics_->log_event(event);
    if (const auto owner = evidence_.add_event(event, steady_now())) metrics_->probe(*owner).backend_seen();
}

/// nginx quotes what it got from the backend, which may send back what it was sent.
void GatewayWatch::on_edge_trouble(probes::EdgeTrouble trouble, probes::nginx::EdgeLog::Age age) {
    metrics_->edge_trouble(trouble);
    if (age == probes::nginx::EdgeLog::Age::old) return;
    trouble.excerpt = tokens_.redacted(std::move(trouble.excerpt));
    evidence_.edge().add(std::move(trouble), steady_now());
}

}  // namespace gatewatch::agent
