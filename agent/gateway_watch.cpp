#include "agent/gateway_watch.hpp"

#include <fmt/format.h>

#include <boost/asio/this_coro.hpp>
#include <new>

#include "probes/evidence_text.hpp"

namespace gatewatch::agent {

namespace asio = boost::asio;
using probes::Outcome;
using probes::Reason;
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

/// A run that failed before, or beside, its probe; its times are filled in by run_probe.
Outcome failed_run(const config::PlannedProbe& plan, Reason reason, std::string_view evidence) {
    Outcome outcome;
    outcome.probe = plan.probe;
    outcome.role = plan.role;
    outcome.reason = reason;
    outcome.evidence = probes::evidence_text(evidence, std::nullopt);
    return outcome;
}

Outcome broken_run(const config::PlannedProbe& plan, const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::bad_alloc&) {
        return failed_run(plan, Reason::local_resource, "out of memory in this agent");
    } catch (const std::exception& exception) {
        return failed_run(plan, Reason::internal, exception.what());
    }
}

}  // namespace

GatewayWatch::GatewayWatch(asio::any_io_executor executor, config::GatewaySettings gateway,
                           const std::filesystem::path& state_directory, metrics::Recorder& recorder,
                           Runner runner)
    : run_(std::move(runner)),
      evidence_(std::move(gateway)),
      notices_(evidence_.gateway().name),
      metrics_(recorder.add_gateway(evidence_.gateway(), evidence_.plan())) {
    const auto& settings = evidence_.gateway();
    if (settings.mysql) {
        mysql_.emplace(executor, *settings.mysql,
                       [this](probes::MysqlSample sample) { on_sample(std::move(sample)); });
    }
    token_source_ = probes::make_token_source(settings.token, mysql_ ? &*mysql_ : nullptr);
    if (settings.pm2) {
        log_.emplace(executor, *settings.pm2, state_directory,
                     [this](const probes::LogEvent& event) { on_log_event(event); });
        logs_.push_back(&*log_);
    }
}

GatewayWatch::~GatewayWatch() = default;

void GatewayWatch::share_logs(const std::vector<GatewayWatch*>& watches) {
    for (auto* watch : watches) {
        if (!watch->log_) continue;
        for (auto* other : watches) {
            const bool same =
                other != watch && other->evidence_.gateway().pm2 == watch->evidence_.gateway().pm2;
            if (same) watch->logs_.push_back(&*other->log_);
        }
        watch->runs_ = watches.front()->runs_;  // one caller, one series of ids
    }
}

void GatewayWatch::start_collectors() {
    if (mysql_) {
        sampled_ = steady_now();
        mysql_->start();
    }
    if (log_) {
        log_->start();
        check_log();
    }
}

void GatewayWatch::stop_collectors() {
    if (mysql_) mysql_->stop();
    if (log_) log_->stop();
}

asio::awaitable<void> GatewayWatch::run_probe(std::size_t index, SteadyTime scheduled) {
    const std::uint64_t run = ++*runs_;
    const SteadyTime started = steady_now();
    const probes::WallTime started_wall = wall_now();
    for (auto* log : logs_) log->probe_started(run);

    Outcome outcome;
    std::exception_ptr error;
    try {
        outcome = co_await outcome_of(index, scheduled);
    } catch (...) {
        error = std::current_exception();
    }
    if (error) {
        const auto cancellation = co_await asio::this_coro::cancellation_state;
        if (cancellation.cancelled() != asio::cancellation_type::none) std::rethrow_exception(error);
        outcome = broken_run(plan()[index], error);
    }
    if (outcome.started == SteadyTime{}) {
        outcome.scheduled = scheduled;
        outcome.started = started;
        outcome.started_wall = started_wall;
        outcome.duration = steady_now() - scheduled;
    }
    on_outcome(index, outcome);
    // After on_outcome, which knows the sids of the events to come.
    for (auto* log : logs_) log->probe_finished(run, outcome);
}

asio::awaitable<Outcome> GatewayWatch::outcome_of(std::size_t index, SteadyTime scheduled) {
    const config::PlannedProbe plan = evidence_.plan()[index];
    const config::RouteSettings* route = config::find_route(evidence_.gateway(), plan.role);
    probes::Target target = probes::make_target(evidence_.gateway(), *route);
    probes::Run run{scheduled, steady_now() + plan.timeout, std::nullopt};

    // Half of the time is the probe's: a token that cannot be fetched must not hide that nothing works.
    auto token = co_await token_source_->get(steady_now() + plan.timeout / 2);
    evidence_.set_token_problem(token ? std::string() : token.error());
    if (token) {
        run.token = *token;
        use_token(*token);
        co_return co_await run_(plan.probe, std::move(target), std::move(run));
    }
    Outcome outcome = co_await run_(plan.probe, std::move(target), std::move(run));
    if (!outcome.ok && outcome.phase < probes::Phase::namespace_) co_return outcome;
    // The gateway was reached. What it says to a probe without its token is no verdict on anything.
    outcome.ok = false;
    outcome.reason = Reason::token_unavailable;
    outcome.evidence = probes::evidence_text(token.error(), std::nullopt);
    co_return outcome;
}

/// A new token is looked up at once: until then the samples have no word on it.
void GatewayWatch::use_token(const std::optional<Secret>& token) {
    if (token == token_) return;
    token_ = token;
    if (!mysql_) return;
    mysql_->set_probe_token(token);
    mysql_->sample_now();
}

void GatewayWatch::on_outcome(std::size_t index, Outcome outcome) {
    notices_.probe(evidence_.last(index), outcome);
    if (outcome.reason == Reason::sio_rejected) token_source_->rejected();
    metrics_->probe(index).ran(outcome);
    evidence_.add_outcome(index, std::move(outcome));
    evaluate();
}

void GatewayWatch::probe_skipped(std::size_t index, std::uint64_t runs) {
    metrics_->probe(index).skipped(runs);
    notices_.skipped(plan()[index], runs);
}

void GatewayWatch::on_sample(probes::MysqlSample sample) {
    sampled_ = steady_now();
    notices_.collector(CollectorKind::mysql, sample.up, sample.detail);
    metrics_->sampled(sample);
    evidence_.set_sample(std::move(sample));
    evaluate();
}

/// The backend's errors may quote what it was sent, the probe's token too.
void GatewayWatch::on_log_event(probes::LogEvent event) {
    event.excerpt = probes::evidence_text(event.excerpt, token_);
    metrics_->log_event(event);
    if (const auto owner = evidence_.add_event(event, steady_now())) metrics_->probe(*owner).backend_seen();
}

void GatewayWatch::tick() {
    if (log_) check_log();
    if (mysql_) check_sample_age();
    const SteadyTime now = steady_now();
    for (std::size_t i = 0; i < plan().size(); ++i) {
        if (evidence_.is_stale(i, now)) metrics_->probe(i).stale();
    }
    evaluate();
}

void GatewayWatch::check_log() {
    const probes::LogStatus status = log_->status();
    notices_.collector(CollectorKind::pm2_log, status.up, status.detail);
    metrics_->log_status(status);
    evidence_.set_log_status(status);
}

/// A worker that hangs in its library sends no sample at all: the one before must not stand for the present.
void GatewayWatch::check_sample_age() {
    const auto limit = 2 * evidence_.gateway().mysql->interval + std::chrono::seconds(10);
    const auto age = steady_now() - sampled_;
    if (age <= limit) return;
    probes::MysqlSample sample;
    sample.detail =
        fmt::format("no sample for {} s: the database library does not return; restart the agent if it lasts",
                    std::chrono::duration_cast<std::chrono::seconds>(age).count());
    sample.taken = wall_now();
    on_sample(std::move(sample));
}

/// A verdict on a part of the probes would be a guess that the next one overturns. One that hangs must not
/// hold back the verdict on the others for long, though.
bool GatewayWatch::is_settling() const {
    if (steady_now() - created_ > settling_time) return false;
    for (std::size_t i = 0; i < plan().size(); ++i) {
        if (!evidence_.last(i)) return true;
    }
    return mysql_ && !evidence_.mysql();
}

bool GatewayWatch::awaits_sample() const {
    const auto& sample = evidence_.mysql();
    return mysql_ && (!sample || (sample->up && token_ && sample->own == probes::OwnToken::not_looked_up));
}

void GatewayWatch::evaluate() {
    if (is_settling()) return;
    Verdict verdict = diagnose(evidence_.snapshot(steady_now(), wall_now()));
    std::swap(verdict, verdict_);
    if (since_ && verdict.cause == verdict_.cause) return;
    since_ = wall_now();
    metrics_->verdict(verdict_.cause);
    // It is `unknown` before anything is known: no news.
    if (verdict.cause != verdict_.cause) notices_.verdict(verdict.cause, verdict_);
}

GatewayReport GatewayWatch::report() const {
    GatewayReport report;
    report.name = evidence_.gateway().name;
    report.verdict = verdict_;
    report.since = since_;
    const SteadyTime now = steady_now();
    for (std::size_t i = 0; i < plan().size(); ++i) {
        const auto& last = evidence_.last(i);
        if (last && !evidence_.is_stale(i, now)) {
            report.probes.push_back(*last);
        } else {
            report.not_yet_run.push_back(plan()[i]);
        }
    }
    report.mysql = evidence_.mysql();
    if (mysql_) {
        const auto& sample = report.mysql;
        report.collectors.push_back(
            {CollectorKind::mysql, sample && sample->up, sample ? sample->detail : "no sample yet"});
    }
    if (const auto& log = evidence_.log()) {
        report.collectors.push_back({CollectorKind::pm2_log, log->up, log->detail});
    }
    return report;
}

}  // namespace gatewatch::agent
