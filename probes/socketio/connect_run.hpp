// What the connect probes share: the run's outcome in the making, opening connections, and turning whatever
// went wrong into a failed outcome. One object a run. Used by the probes and by what they exchange over
// WebSocket and long polling (websocket_exchange.hpp, polling_exchange.hpp).
#pragma once

#include <string>
#include <string_view>

#include "probes/net/connect.hpp"
#include "probes/phase_clock.hpp"
#include "probes/probe.hpp"
#include "probes/socketio/answer.hpp"
#include "probes/socketio/session.hpp"
#include "probes/socketio/transcript.hpp"

namespace gatewatch::probes::socketio {

/// How a probe's requests differ from a current client's.
struct Style {
    int eio = 4;                   ///< Engine.IO protocol in the query
    bool token_in_header = false;  ///< `Authorization: Bearer …` instead of the CONNECT's payload
};

class ConnectRun {
  public:
    ConnectRun(ProbeKind probe, Target target, Run run, Style style = {});

    /// Opens a connection on the way to the target; the failure is in the outcome if it gives nullptr.
    net::asio::awaitable<std::unique_ptr<net::Transport>> open();

    /// A request to the Engine.IO path for this transport and the session, if one is open, with the Origin
    /// and nothing else that varies.
    [[nodiscard]] net::HttpRequest request(std::string method, std::string_view transport) const;

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
    /// Forgets the session and begins another over the same way, for a run that opens several.
    void begin_session();

    /// When to stop waiting for the next packet: the deadline, or when the session wants to be told the time
    /// before it.
    [[nodiscard]] SteadyTime wait_until() const;

    /// Ends the run with what the session and the failures say.
    [[nodiscard]] Outcome finish();
    /// Ends the run of a probe whose verdict is not the session's: it passed if nothing failed.
    [[nodiscard]] Outcome finish_if_unharmed();

    const Target target;
    const Run run;
    const Style style;
    Outcome outcome;
    PhaseClock clock;
    Session session;
    Transcript transcript;

  private:
    [[nodiscard]] Outcome conclude();

    std::string announced_sid_;  ///< that run.on_connected was told
    net::Way way_;
    std::string page_;  ///< the page that answered instead of the protocol
};

}  // namespace gatewatch::probes::socketio
