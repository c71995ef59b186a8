#include <fmt/format.h>

#include "probes/evidence_text.hpp"
#include "probes/socketio/connect_probes.hpp"
#include "probes/socketio/cors.hpp"
#include "probes/socketio/polling_exchange.hpp"

namespace gatewatch::probes::socketio {
namespace {

namespace asio = boost::asio;

/// The login works, and a browser would not let the page have it.
void refuse(ConnectRun& attempt, const CorsVerdict& verdict) {
    auto& outcome = attempt.outcome;
    outcome.ok = false;
    outcome.cors = verdict.fault;
    outcome.cors_seen = evidence_text(verdict.seen, attempt.run.token);
    attempt.fail(Reason::cors,
                 fmt::format("to the Origin {} came {}", attempt.target.origin,
                             verdict.seen.empty() ? "no Access-Control-Allow-Origin"
                                                  : "Access-Control-Allow-Origin: " + verdict.seen));
}

}  // namespace

asio::awaitable<Outcome> probe_polling(Target target, Run run_input) {
    ConnectRun attempt(ProbeKind::polling, std::move(target), std::move(run_input));
    auto handshake = co_await poll(attempt);
    if (handshake) co_await converse_by_polling(attempt);
    auto outcome = attempt.finish();
    if (outcome.ok) {
        auto verdict = judge_cors(*handshake, attempt.target.origin, attempt.target.url);
        if (verdict) refuse(attempt, *verdict);
    }
    co_await attempt.identify_page();
    co_await say_goodbye(attempt);
    attempt.outcome.duration = outcome.duration;
    co_return attempt.outcome;
}

}  // namespace gatewatch::probes::socketio
