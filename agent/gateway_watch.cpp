#include "agent/gateway_watch.hpp"

#include <boost/asio/this_coro.hpp>
#include <new>
#include <utility>

#include "agent/follow_up.hpp"
#include "probes/evidence_text.hpp"

namespace gatewatch::agent {

namespace asio = boost::asio;
using probes::Outcome;
using probes::Reason;
using probes::SteadyTime;

namespace {

SteadyTime steady_now() {
    return std::chrono::steady_clock::now();
}
probes::WallTime wall_now() {
    return std::chrono::system_clock::now();
}

/// A run that failed before, or beside, its probe; its times are filled in by perform.
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
                           Runner runner, Workers& workers, Look look)
    : look_(look),
      run_(std::move(runner)),
      evidence_(std::move(gateway),
                look == Look::once ? EvidenceStore::Results::stay : EvidenceStore::Results::go_stale),
      notices_(evidence_.gateway().name),
      metrics_(recorder.add_gateway(evidence_.gateway(), evidence_.plan())),
      collectors_(executor, workers, state_directory,
                  look == Look::once ? std::filesystem::path() : state_directory,
                  Findings{evidence_, notices_, *metrics_},
                  {[this] {
                       evaluate();
                       notify();
                   },
                   [this](probes::LogEvent event) { on_log_event(std::move(event)); },
                   [this](probes::EdgeTrouble trouble, probes::nginx::EdgeLog::Age age) {
                       on_edge_trouble(std::move(trouble), age);
                   }}),
      tokens_(evidence_.gateway().token, collectors_.mysql()),
      runs_(
          executor, evidence_.plan().size(),
          [this](std::size_t index, SteadyTime scheduled) { return perform(index, scheduled); },
          [this] { evaluate(); }),
      verdicts_(look == Look::once ? config::Duration(0) : evidence_.gateway().interval) {
    if (collectors_.log()) logs_.push_back(collectors_.log());
    if (look == Look::lasting && !state_directory.empty()) {
        verdict_file_ = verdict_file(state_directory, evidence_.gateway().name);
        restore_verdicts();
    }
}

GatewayWatch::~GatewayWatch() = default;

void GatewayWatch::start_collectors() {
    collectors_.start();
}

void GatewayWatch::stop_collectors() {
    runs_.stop();
    collectors_.stop();
}

void GatewayWatch::retire() {
    retired_ = true;
    changed_ = {};
    stop_collectors();
    metrics_.reset();
}

asio::awaitable<void> GatewayWatch::run_probe(std::size_t index, SteadyTime scheduled) {
    const bool ran = co_await runs_.run(index, scheduled);
    if (!ran) probe_skipped(index, 1);
}

asio::awaitable<void> GatewayWatch::perform(std::size_t index, SteadyTime scheduled) {
    const auto self = weak_from_this().lock();  // it may be retired meanwhile
    const std::uint64_t run = ++*run_ids_;
    const SteadyTime started = steady_now();
    const probes::WallTime started_wall = wall_now();
    for (const auto& log : logs_) log->probe_started(run);

    Outcome outcome;
    std::exception_ptr error;
    try {
        outcome = co_await outcome_of(index, scheduled, run);
    } catch (...) {
        error = std::current_exception();
    }
    if (error) {
        const auto cancellation = co_await asio::this_coro::cancellation_state;
        if (cancellation.cancelled() != asio::cancellation_type::none) {
            cut_off(run);
            std::rethrow_exception(error);
        }
        outcome = broken_run(plan()[index], error);
    }
    if (retired_) {
        for (const auto& log : logs_) log->probe_finished(run, outcome);
        co_return;
    }
    if (outcome.started == SteadyTime{}) {
        outcome.scheduled = scheduled;
        outcome.started = started;
        outcome.started_wall = started_wall;
        outcome.duration = steady_now() - scheduled;
    }
    tokens_.redact(outcome);
    on_outcome(index, outcome);
    // After on_outcome, which knows the sids of the events to come.
    for (const auto& log : logs_) log->probe_finished(run, outcome);
    notify();
}

asio::awaitable<Outcome> GatewayWatch::outcome_of(std::size_t index, SteadyTime scheduled, std::uint64_t id) {
    const config::PlannedProbe plan = evidence_.plan()[index];
    const config::RouteSettings* route = config::find_route(evidence_.gateway(), plan.role);
    probes::Target target = probes::make_target(evidence_.gateway(), *route);
    probes::Run run;
    run.scheduled = scheduled;
    run.deadline = steady_now() + plan.timeout;
    run.on_connected = [this, index, id](const std::string& sid) { on_connected(index, id, sid); };

    // Half of the time is the probe's: a token that cannot be fetched must not hide that nothing works.
    auto token = co_await tokens_.get(plan.probe, steady_now() + plan.timeout / 2);
    evidence_.set_token_problem(plan.probe, token ? Text{} : token.error());
    if (token) {
        run.token = *token;
        if (takes_own_token(plan.probe)) look_up_token();
        co_return co_await run_(plan.probe, std::move(target), std::move(run));
    }
    Outcome outcome = co_await run_(plan.probe, std::move(target), std::move(run));
    if (!outcome.ok && outcome.phase < probes::Phase::namespace_) co_return outcome;
    // The gateway was reached. What it says to a probe without its token is no verdict on anything.
    outcome.ok = false;
    outcome.reason = Reason::token_unavailable;
    outcome.evidence = probes::evidence_text(token.error().en, std::nullopt);
    co_return outcome;
}

void GatewayWatch::look_up_token() {
    if (tokens_.own() == looked_up_) return;
    looked_up_ = tokens_.own();
    const bool by_login = std::holds_alternative<config::TokenLogin>(evidence_.gateway().token.source);
    // After each rejection there is a new login, whose token is as good or bad as the one before.
    if (!by_login) evidence_.set_token_since(std::chrono::system_clock::now());
    if (auto* mysql = collectors_.mysql()) {
        mysql->set_probe_token(looked_up_,
                               by_login ? std::optional(std::chrono::system_clock::now()) : std::nullopt);
        mysql->sample_now();
    }
}

void GatewayWatch::on_outcome(std::size_t index, Outcome outcome) {
    const config::PlannedProbe& planned = plan()[index];
    // Whether one that splits a tie passes is no news of the gateway's health.
    if (!planned.on_failure) notices_.probe(evidence_.last(index), outcome);
    if (outcome.reason == Reason::sio_rejected && config::sends_own_token(planned.probe)) tokens_.rejected();
    metrics_->probe(index).ran(outcome);
    const auto& last = evidence_.last(index);
    const bool connects = config::is_connect_probe(planned.probe);
    const bool begins_to_fail = connects && !outcome.ok && (!last || last->ok);
    const bool begins_to_pass = connects && outcome.ok && last && !last->ok;
    evidence_.add_outcome(index, std::move(outcome));
    if (begins_to_fail) collectors_.look_again();
    if (begins_to_pass) collectors_.try_again();
    for (const std::size_t next : called_for(evidence_, index, steady_now())) runs_.request(next);
    evaluate();
}

void GatewayWatch::probe_skipped(std::size_t index, std::uint64_t runs) {
    if (retired_) return;
    metrics_->probe(index).skipped(runs);
    notices_.skipped(plan()[index], runs);
}

asio::awaitable<void> GatewayWatch::run_all(bool slow) {
    std::vector<std::size_t> indices;
    config::Duration longest{};
    for (std::size_t i = 0; i < plan().size(); ++i) {
        if (plan()[i].on_failure || (is_slow(plan()[i].probe) && !slow)) continue;
        indices.push_back(i);
        longest = std::max(longest, plan()[i].timeout);
    }
    // Each has its turn and its timeout, and so has what it calls for.
    const auto deadline = steady_now() + 2 * longest + plan().size() * ProbeRuns::longest_turn;
    co_await runs_.run_all(std::move(indices), deadline);
}

void GatewayWatch::tick() {
    collectors_.tick();
    const SteadyTime now = steady_now();
    for (std::size_t i = 0; i < plan().size(); ++i) {
        if (evidence_.is_stale(i, now)) metrics_->probe(i).stale();
    }
    if (look_ == Look::lasting) {
        for (const std::size_t index : due_again(evidence_, now)) runs_.request(index);
    }
    evaluate();
}

}  // namespace gatewatch::agent
