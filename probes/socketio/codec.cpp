#include "probes/socketio/codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cmath>

namespace gatewatch::probes::socketio {
namespace {

namespace json = boost::json;

std::unexpected<CodecError> bad_engine(std::string detail) {
    return std::unexpected(CodecError{Reason::eio_malformed, std::move(detail)});
}
std::unexpected<CodecError> bad_packet(std::string detail) {
    return std::unexpected(CodecError{Reason::sio_malformed, std::move(detail)});
}

std::optional<json::value> parse_json(std::string_view text) {
    json::parse_options options;
    options.max_depth = max_json_depth;
    boost::system::error_code error;
    auto value = json::parse(text, error, {}, options);
    if (error) return std::nullopt;
    return value;
}

/// Whole numbers of the JSON, and none that a clock could not count: NaN, 1e300 and negatives are refused.
std::optional<std::chrono::milliseconds> positive_milliseconds(const json::value* value) {
    constexpr double longest = 7 * 24 * 3600 * 1000.0;
    if (value == nullptr || !value->is_number()) return std::nullopt;
    auto number = value->to_number<double>();
    if (!std::isfinite(number) || number < 1 || number > longest) return std::nullopt;
    return std::chrono::milliseconds(static_cast<std::int64_t>(number));
}

/// Ids of both layers become part of URLs and log matches, so nothing but printable ASCII without spaces
/// passes.
bool is_sid(std::string_view sid) {
    return !sid.empty() && sid.size() <= 128 && std::ranges::all_of(sid, [](unsigned char c) {
        return c > 0x20 && c < 0x7f && c != '&' && c != '#';
    });
}

/// "96:0{...": the length prefixes of Engine.IO 3.
bool has_length_prefix(std::string_view body) {
    auto digits = body.find_first_not_of("0123456789");
    return digits != 0 && digits != std::string_view::npos && body[digits] == ':';
}

std::optional<std::uint64_t> take_number(std::string_view& text) {
    std::uint64_t number = 0;
    auto result = std::from_chars(text.data(), text.data() + text.size(), number);
    if (result.ec != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(result.ptr - text.data()));
    return number;
}

bool starts_with_digit(std::string_view text) {
    return !text.empty() && text[0] >= '0' && text[0] <= '9';
}

/// What each type may carry (Socket.IO protocol 5).
bool data_fits(const Packet& packet) {
    using Type = Packet::Type;
    switch (packet.type) {
        case Type::connect:
            return !packet.data || packet.data->is_object();
        case Type::disconnect:
            return !packet.data;
        case Type::connect_error:
            return packet.data && (packet.data->is_object() || packet.data->is_string());
        case Type::event:
        case Type::binary_event:
            return event_of(packet).has_value();
        case Type::ack:
        case Type::binary_ack:
            return packet.data && packet.data->is_array() && packet.id;
    }
    return false;
}

}  // namespace

Decoded<OpenPacket> decode_open(std::string_view packet) {
    if (has_length_prefix(packet)) {
        return std::unexpected(
            CodecError{Reason::eio_version, "an Engine.IO 3 server's length-prefixed packet"});
    }
    if (packet.empty() || packet[0] != '0') return bad_engine("the first packet is not an open packet");
    auto value = parse_json(packet.substr(1));
    if (!value || !value->is_object()) return bad_engine("the open packet holds no JSON object");
    const auto& object = value->get_object();
    OpenPacket open;
    const auto* sid = object.if_contains("sid");
    if (sid == nullptr || !sid->is_string() || !is_sid(sid->get_string())) {
        return bad_engine("the open packet has no usable sid");
    }
    open.sid = std::string(sid->get_string());
    auto interval = positive_milliseconds(object.if_contains("pingInterval"));
    auto timeout = positive_milliseconds(object.if_contains("pingTimeout"));
    if (!interval || !timeout)
        return bad_engine("pingInterval or pingTimeout of the open packet is no usable number");
    open.ping_interval = *interval;
    open.ping_timeout = *timeout;
    if (const auto* upgrades = object.if_contains("upgrades"); upgrades != nullptr && upgrades->is_array()) {
        for (const auto& upgrade : upgrades->get_array()) {
            if (upgrade.is_string()) open.upgrades.emplace_back(upgrade.get_string());
        }
    }
    return open;
}

Decoded<OpenPacket> decode_open_v3(std::string_view body) {
    if (body.starts_with("0{")) {
        return std::unexpected(
            CodecError{Reason::eio_version, "an Engine.IO 4 open packet to a request for Engine.IO 3"});
    }
    if (!has_length_prefix(body)) return bad_engine("the first packet has no length before it");
    auto length = take_number(body);
    body.remove_prefix(1);
    // In characters; an open packet is ASCII.
    if (!length || *length > body.size()) return bad_engine("a packet that is shorter than its length says");
    return decode_open(body.substr(0, static_cast<std::size_t>(*length)));
}

Decoded<std::vector<std::string_view>> split_payload(std::string_view body) {
    if (has_length_prefix(body)) {
        return std::unexpected(
            CodecError{Reason::eio_version, "an Engine.IO 3 server's length-prefixed body"});
    }
    std::vector<std::string_view> packets;
    while (true) {
        auto end = body.find('\x1e');
        if (end == 0 || body.empty()) return bad_engine("an empty packet in a polling body");
        if (packets.size() == max_packets) {
            return std::unexpected(
                CodecError{Reason::flood, fmt::format("over {} packets in a body", max_packets)});
        }
        packets.push_back(body.substr(0, end));
        if (end == std::string_view::npos) return packets;
        body.remove_prefix(end + 1);
    }
}

Decoded<Packet> decode_packet(std::string_view text) {
    if (text.empty() || text[0] < '0' || text[0] > '6') return bad_packet("a packet of an unknown type");
    Packet packet;
    packet.type = static_cast<Packet::Type>(text[0] - '0');
    text.remove_prefix(1);
    if (packet.type == Packet::Type::binary_event || packet.type == Packet::Type::binary_ack) {
        auto attachments = take_number(text);
        if (!attachments || *attachments > max_packets || text.empty() || text[0] != '-') {
            return bad_packet("a binary packet without a count of attachments");
        }
        packet.attachments = static_cast<std::size_t>(*attachments);
        text.remove_prefix(1);
    }
    if (!text.empty() && text[0] == '/') {
        auto end = text.find(',');
        packet.namespace_ = std::string(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    if (starts_with_digit(text)) {
        packet.id = take_number(text);
        if (!packet.id) return bad_packet("an acknowledgement id that is too large");
    }
    if (!text.empty()) {
        packet.data = parse_json(text);
        if (!packet.data) return bad_packet("a payload that is no JSON");
    }
    if (!data_fits(packet)) return bad_packet("a payload that does not fit the packet's type");
    return packet;
}

std::string encode_connect(std::string_view namespace_, const std::optional<Secret>& token) {
    auto name = namespace_ == "/" ? std::string() : fmt::format("{},", namespace_);
    if (!token) return fmt::format("40{}", name);
    return fmt::format("40{}{}", name, json::serialize(json::object{{"token", token->reveal()}}));
}

std::optional<Event> event_of(const Packet& packet) {
    if (!packet.data || !packet.data->is_array()) return std::nullopt;
    const auto& array = packet.data->get_array();
    if (array.empty() || !array[0].is_string()) return std::nullopt;
    Event event{std::string(array[0].get_string()), {}};
    if (array.size() > 1) event.argument = json::serialize(array[1]);
    return event;
}

}  // namespace gatewatch::probes::socketio
