// What a gateway's watch makes of its evidence: when it gives a verdict, how the verdict is kept, the report.
#include <utility>

#include "agent/follow_up.hpp"
#include "agent/gateway_watch.hpp"

namespace gatewatch::agent {

using probes::Outcome;
using probes::SteadyTime;

namespace {

/// Longer than a first run with the default timeout takes.
constexpr std::chrono::seconds settling_time{15};

SteadyTime steady_now() {
    return std::chrono::steady_clock::now();
}
probes::WallTime wall_now() {
    return std::chrono::system_clock::now();
}

}  // namespace

/// A verdict on a part of the probes would be a guess that the next one overturns. One that hangs must not
/// hold back the verdict on the others for long, though.
bool GatewayWatch::is_settling() const {
    if (look_ == Look::once) return false;  // `check` asks when it has seen all that it waits for
    if (steady_now() - created_ > settling_time) return false;
    for (std::size_t i = 0; i < plan().size(); ++i) {
        const bool soon = !plan()[i].on_failure && !is_slow(plan()[i].probe);
        if (soon && !evidence_.last(i)) return true;
    }
    return runs_.busy() || collectors_.awaits_first();
}

bool GatewayWatch::awaits_sample() const {
    if (collectors_.awaits_first()) return true;
    const auto& sample = evidence_.mysql();
    return sample && sample->up && tokens_.own() && sample->own == probes::OwnToken::not_looked_up;
}

void GatewayWatch::evaluate() {
    if (retired_ || (!settled_ && is_settling())) return;
    settled_ = true;
    const Cause before = verdicts_.verdict().cause;
    if (!verdicts_.add(diagnose(evidence_.snapshot(steady_now(), wall_now())), steady_now(), wall_now()))
        return;
    const Verdict& verdict = verdicts_.verdict();
    metrics_->verdict(verdict.cause, verdict.prober_at_fault);
    // It is `unknown` before anything is known: no news.
    if (verdict.cause != before) notices_.verdict(before, verdict);
    if (!verdict_file_.empty()) notices_.verdict_file(write_verdict_file(verdict_file_, verdicts_.save()));
    notify();
}

void GatewayWatch::restore_verdicts() {
    const auto text = read_verdict_file(verdict_file_);
    if (!text) {
        notices_.verdict_file(text.error());
    } else if (!text->empty()) {
        if (const auto restored = verdicts_.restore(*text); !restored) {
            notices_.verdict_file(
                fmt::format("{} is left out: {}", verdict_file_.native(), restored.error()));
        }
    }
}

void GatewayWatch::notify() const {
    if (changed_) changed_();
}

GatewayReport GatewayWatch::report() const {
    GatewayReport report;
    report.name = evidence_.gateway().name;
    report.verdict = verdicts_.verdict();
    report.since = verdicts_.since();
    const SteadyTime now = steady_now();
    for (std::size_t i = 0; i < plan().size(); ++i) {
        const auto& last = evidence_.last(i);
        if (last && !evidence_.is_stale(i, now)) {
            report.probes.push_back(*last);
        } else if (!plan()[i].on_failure) {
            report.not_yet_run.push_back(plan()[i]);
        }
    }
    report.mysql = evidence_.mysql();
    report.collectors = collectors_.reports();
    for (const Outcome* run : evidence_.history().runs()) report.history.push_back(*run);
    report.changes.assign(verdicts_.changes().begin(), verdicts_.changes().end());
    if (evidence_.log()) report.events = evidence_.event_counts();
    report.last_events.assign(evidence_.last_events().begin(), evidence_.last_events().end());
    if (const auto& nginx = evidence_.samples().nginx) report.nginx_findings = nginx->findings;
    return report;
}

}  // namespace gatewatch::agent
