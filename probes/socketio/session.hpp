// The client's side of one Socket.IO connect, without I/O: packets and times in, packets and a verdict out.
// The probes carry its packets over WebSocket or long polling; the tests step it by hand.
//
// A connect has passed when the ready event arrives, or, where none is configured, when a settle window stays
// quiet. The CONNECT ack proves nothing: a gateway that checks the token in handleConnection acknowledges
// first and rejects afterwards. What has passed may be held: it then passes a second time once it has stayed.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/secret.hpp"
#include "probes/outcome.hpp"
#include "probes/socketio/codec.hpp"

namespace gatewatch::probes::socketio {

struct SessionSettings {
    std::string namespace_;
    std::string ready_event;   ///< empty: the settle window decides
    std::string reject_event;  ///< empty: none
    std::chrono::milliseconds settle{};
    std::optional<Secret> token;
};

class Session {
  public:
    explicit Session(SessionSettings settings) : settings_(std::move(settings)) {}

    /// One Engine.IO packet from the peer.
    void receive(std::string_view packet, SteadyTime now);
    /// A binary message: an attachment of a binary event.
    void receive_binary();
    /// To be called when nothing came until `now`: ends the settle window, a hold, and the wait for a ping.
    void time_passed(SteadyTime now);
    /// After it has passed, holds the session: it passes again after two pings or at `end`, whichever comes
    /// first, and after one where `end` leaves no room for the second. Where there is no room for a ping at
    /// all, staying until `end` passes too.
    void hold(SteadyTime now, SteadyTime end);

    /// Engine.IO packets to send, each once.
    [[nodiscard]] std::vector<std::string> take_outgoing();

    [[nodiscard]] bool passed() const { return state_ == State::passed; }
    [[nodiscard]] bool failed() const { return state_ == State::failed; }
    [[nodiscard]] bool ended() const { return passed() || failed(); }
    /// Why it failed. Only after failed().
    [[nodiscard]] const CodecError& failure() const { return failure_; }
    /// Where it stands: open, namespace_, ready or hold.
    [[nodiscard]] Phase phase() const;
    /// When time_passed() is due: at the end of the settle window, of a hold, or of the wait for a ping.
    [[nodiscard]] std::optional<SteadyTime> due() const;
    /// When the last packet came.
    [[nodiscard]] SteadyTime last_heard() const { return last_heard_; }
    /// The reason for silence, or for the connection's end, in this phase.
    [[nodiscard]] Reason silence() const;

    [[nodiscard]] const std::optional<OpenPacket>& open_packet() const { return open_; }
    [[nodiscard]] const std::string& namespace_sid() const { return namespace_sid_; }
    /// The first event after the ack that is neither the ready nor the reject event; empty: none came.
    [[nodiscard]] const std::string& other_event() const { return other_event_; }
    /// The CONNECT packet was handed out, so that the backend is due to log an attempt.
    [[nodiscard]] bool connect_sent() const { return open_.has_value(); }

  private:
    enum class State { opening, connecting, connected, holding, passed, failed };

    void fail(Reason reason, std::string detail);
    [[nodiscard]] bool too_many(std::size_t bytes, SteadyTime now);
    [[nodiscard]] SteadyTime ping_missed_at() const;
    void on_open(std::string_view packet, SteadyTime now);
    void on_message(std::string_view text, SteadyTime now);
    void on_connected(const Packet& packet, SteadyTime now);
    void on_connect_error(const Packet& packet);
    void on_event(const Packet& packet);
    void on_ping(std::string_view packet, SteadyTime now);

    SessionSettings settings_;
    State state_ = State::opening;
    CodecError failure_;
    std::optional<OpenPacket> open_;
    std::string namespace_sid_;
    std::string other_event_;
    std::optional<SteadyTime> settle_until_;
    SteadyTime last_heard_{};
    SteadyTime last_ping_{};  ///< or the open packet, which the server's first interval starts from
    std::optional<SteadyTime> held_until_;
    int pings_held_ = 0;
    std::vector<std::string> outgoing_;
    // Until ready; while held, in the second that began at counted_from_.
    std::size_t packets_ = 0;
    std::size_t bytes_ = 0;
    SteadyTime counted_from_{};
    std::size_t attachments_due_ = 0;
};

}  // namespace gatewatch::probes::socketio
