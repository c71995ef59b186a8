// What the connect probes share: the run's outcome in the making, opening connections, and turning whatever
// went wrong into a failed outcome. One object a run. Used by websocket_probe.cpp and polling_probe.cpp.
#pragma once

#include <string>
#include <string_view>

#include "probes/net/connect.hpp"
#include "probes/phase_clock.hpp"
#include "probes/probe.hpp"
#include "probes/socketio/answer.hpp"
#include "probes/socketio/session.hpp"

namespace gatewatch::probes::socketio {

class ConnectRun {
  public:
    ConnectRun(ProbeKind probe, Target target, Run run);

    /// Opens a connection on the way to the target; the failure is in the outcome if it gives nullptr.
    net::asio::awaitable<std::unique_ptr<net::Transport>> open();

    /// A request to the Engine.IO path with this query, the Origin and nothing else that varies.
    [[nodiscard]] net::HttpRequest request(std::string method, std::string_view query) const;

    /// The connection failed. A deadline becomes the session's word for its silence.
    void fail(const net::NetError& error, Asked asked);
    /// Something else than the protocol answered.
    void fail(const net::HttpReply& reply, Asked asked);
    /// The session itself said no, or something came that it could not read.
    void fail(Reason reason, std::string_view detail);
    /// If a web page answered, asks for `/` and says so if it is the same page: a frontend's fallback.
    net::asio::awaitable<void> identify_page();

    /// Enters the phase that the session has reached, if it is a new one.
    void follow_session();

    /// When to stop waiting for the next packet: the deadline, or the end of the settle window before it.
    [[nodiscard]] SteadyTime wait_until() const;

    /// Ends the run with what the session and the failures say.
    [[nodiscard]] Outcome finish();

    const Target target;
    const Run run;
    Outcome outcome;
    PhaseClock clock;
    Session session;

  private:
    net::Way way_;
    std::string page_;  ///< the page that answered instead of the protocol
};

/// The engine's transport named in the query, with Engine.IO protocol 4.
[[nodiscard]] std::string engine_query(std::string_view transport);

}  // namespace gatewatch::probes::socketio
