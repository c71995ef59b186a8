#include <fmt/format.h>

#include <algorithm>

#include "probes/evidence_text.hpp"
#include "probes/socketio/side_probes.hpp"
#include "probes/socketio/websocket_exchange.hpp"

namespace gatewatch::probes::socketio {
namespace {

namespace asio = boost::asio;

std::string_view what_was_sent(ProbeKind probe) {
    switch (probe) {
        case ProbeKind::expired_token:
            return "an expired token";
        case ProbeKind::revoked_token:
            return "a revoked token";
        default:
            return "a connection without a token";
    }
}

/// Where no ready event is configured, silence stands for yes. Here a yes is an alarm, and a gateway may be
/// slow to say no: it is given half of the run.
void be_patient(Target& target, const Run& run) {
    auto half = (run.deadline - std::chrono::steady_clock::now()) / 2;
    target.settle = std::max(target.settle, std::chrono::duration_cast<std::chrono::milliseconds>(half));
}

/// Turns the outcome of the login round: what it failed by is what it should have met.
void judge(ConnectRun& attempt) {
    auto& outcome = attempt.outcome;
    auto sent = what_was_sent(outcome.probe);
    if (outcome.ok) {
        const auto& ready = attempt.target.ready_event;
        auto how = ready.empty() ? std::string("nothing was said against it")
                                 : fmt::format(R"(the event "{}" came)", ready);
        attempt.fail(Reason::accepted_bad_token, fmt::format("the gateway accepted {}: {}", sent, how));
        return;
    }
    if (outcome.reason != Reason::sio_rejected && outcome.reason != Reason::sio_connect_error) return;
    outcome.ok = true;
    outcome.reason.reset();
    outcome.evidence = evidence_text(
        fmt::format("{} was turned down, as it must be: {}", sent, outcome.evidence), attempt.run.token);
}

asio::awaitable<Outcome> probe_negative(ProbeKind probe, Target target, Run run) {
    be_patient(target, run);
    ConnectRun attempt(probe, std::move(target), std::move(run));
    static_cast<void>(co_await log_in(attempt));
    judge(attempt);
    co_return attempt.outcome;
}

}  // namespace

asio::awaitable<Outcome> probe_expired_token(Target target, Run run) {
    return probe_negative(ProbeKind::expired_token, std::move(target), std::move(run));
}

asio::awaitable<Outcome> probe_revoked_token(Target target, Run run) {
    return probe_negative(ProbeKind::revoked_token, std::move(target), std::move(run));
}

asio::awaitable<Outcome> probe_missing_token(Target target, Run run) {
    run.token.reset();
    return probe_negative(ProbeKind::missing_token, std::move(target), std::move(run));
}

}  // namespace gatewatch::probes::socketio
