#include <fmt/format.h>

#include <boost/beast/core/string.hpp>
#include <charconv>
#include <set>

#include "probes/socketio/connect_probes.hpp"
#include "probes/socketio/polling_exchange.hpp"

namespace gatewatch::probes::socketio {
namespace {

namespace asio = boost::asio;

/// RFC 9111, section 5.1, and what proxies add by custom. An Age of 0 proves nothing.
bool from_cache(const net::HttpReply& reply) {
    auto age_text = reply.header("Age");
    unsigned age = 0;
    std::from_chars(age_text.data(), age_text.data() + age_text.size(), age);
    auto hit = [&](std::string_view name) {
        return boost::beast::iequals(reply.header(name).substr(0, 3), "HIT");
    };
    return age > 0 || hit("X-Cache") || hit("X-Cache-Status");
}

/// Whose a session turned out to be.
enum class Found { whole, failed, foreign };

/// One session as far as the answer to its CONNECT. `sids`: of the sessions before.
asio::awaitable<Found> try_session(ConnectRun& attempt, std::set<std::string>& sids) {
    auto handshake = co_await poll(attempt);
    if (!handshake) co_return Found::failed;
    const auto& open = attempt.session.open_packet();
    if (!open) {
        attempt.fail(attempt.session.failure().reason, attempt.session.failure().detail);
        co_return Found::failed;
    }
    bool cached = from_cache(*handshake);
    if (!sids.insert(open->sid).second || cached) {
        // The session is over, or somebody else's. To go on with it would tear theirs down.
        attempt.fail(Reason::eio_sid_unknown, cached ? "the handshake came from a cache"
                                                     : "the handshake had the sid of an earlier one");
        co_return Found::foreign;
    }
    bool posted = co_await post(attempt);
    if (!posted) co_return Found::failed;
    auto answer = co_await poll(attempt);
    co_return answer ? Found::whole : Found::failed;
}

/// The first session that was lost: what the outcome tells of the run.
struct Loss {
    Answer answer;
    Phase phase;
    std::string evidence;
};

void tell(ConnectRun& attempt, const Loss& first) {
    auto& outcome = attempt.outcome;
    attempt.fail(Reason::eio_sid_unknown, fmt::format("{} of {} sessions were lost; the first: {}",
                                                      outcome.lost, outcome.tries, first.evidence));
    outcome.answer = first.answer;
    outcome.phase = first.phase;
}

}  // namespace

asio::awaitable<Outcome> probe_sticky(Target target, Run run_input) {
    ConnectRun attempt(ProbeKind::sticky, std::move(target), std::move(run_input));
    auto& outcome = attempt.outcome;
    std::set<std::string> sids;
    std::optional<Loss> loss;
    while (outcome.tries < sticky_sessions && !outcome.reason) {
        if (outcome.tries > 0) attempt.begin_session();
        ++outcome.tries;
        auto found = co_await try_session(attempt, sids);
        if (found == Found::foreign) outcome.repeated_sid = true;
        if (found != Found::foreign) co_await say_goodbye(attempt);
        if (outcome.reason != Reason::eio_sid_unknown) continue;
        ++outcome.lost;
        if (!loss) loss = Loss{outcome.answer, outcome.phase, outcome.evidence};
        outcome.reason.reset();
    }
    if (loss) tell(attempt, *loss);
    static_cast<void>(attempt.finish_if_unharmed());
    co_await attempt.identify_page();
    co_return outcome;
}

}  // namespace gatewatch::probes::socketio
