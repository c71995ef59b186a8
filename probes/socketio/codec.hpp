// Engine.IO 4 and Socket.IO 5 packets, bytes to values and back. Pure and strict: whatever a peer sends ends
// in a value or in an error with its reason. Used by session.hpp and the probes; fuzzed.
#pragma once

#include <boost/json/value.hpp>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/secret.hpp"
#include "probes/outcome.hpp"

namespace gatewatch::probes::socketio {

/// Why bytes are not what the protocol says, for the metrics and for a person.
struct CodecError {
    Reason reason = Reason::eio_malformed;
    std::string detail;
};

template <class T>
using Decoded = std::expected<T, CodecError>;

/// Limits for one HTTP long-polling body, and for a session until it is ready.
inline constexpr std::size_t max_packets = 1024;
/// The same of a session, in bytes: each message is read as JSON, on the event loop.
inline constexpr std::size_t max_session_bytes = 8 * 1024 * 1024;

/// Nesting of JSON beyond which a payload is refused.
inline constexpr std::size_t max_json_depth = 32;

/// The Engine.IO open packet's payload (Engine.IO protocol 4, "Handshake").
struct OpenPacket {
    std::string sid;
    std::vector<std::string> upgrades;
    std::chrono::milliseconds ping_interval{};
    std::chrono::milliseconds ping_timeout{};
};

/// A Socket.IO packet (Socket.IO protocol 5, "Packet encoding").
struct Packet {
    enum class Type { connect, disconnect, event, ack, connect_error, binary_event, binary_ack };
    Type type = Type::event;
    std::string namespace_ = "/";
    std::optional<std::uint64_t> id;
    std::size_t attachments = 0;
    std::optional<boost::json::value> data;
};

/// Reads an open packet with its leading '0'. An open packet of Engine.IO 3 and older servers is eio_version.
[[nodiscard]] Decoded<OpenPacket> decode_open(std::string_view packet);

/// Reads the open packet at the start of an Engine.IO 3 polling body, "96:0{...}" (Engine.IO protocol 3,
/// "Payload"). One of Engine.IO 4 is eio_version.
[[nodiscard]] Decoded<OpenPacket> decode_open_v3(std::string_view body);

/// Splits a long-polling body at 0x1e. An Engine.IO 3 body ("96:0{...}") is eio_version, more than
/// max_packets flood.
[[nodiscard]] Decoded<std::vector<std::string_view>> split_payload(std::string_view body);

/// Reads a Socket.IO packet, that is, what follows the Engine.IO '4'.
[[nodiscard]] Decoded<Packet> decode_packet(std::string_view text);

/// `40/im,{"token":"..."}`, or without the payload where there is no token.
[[nodiscard]] std::string encode_connect(std::string_view namespace_, const std::optional<Secret>& token);

/// The name of an event and its first argument as text; nothing if the data is no event.
struct Event {
    std::string name;
    std::string argument;
};
[[nodiscard]] std::optional<Event> event_of(const Packet& packet);

}  // namespace gatewatch::probes::socketio
