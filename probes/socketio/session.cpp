#include "probes/socketio/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <utility>

namespace gatewatch::probes::socketio {
namespace {

/// The message of a CONNECT_ERROR: an object's "message", or the string that older servers send.
std::string message_of(const boost::json::value& data) {
    if (data.is_string()) return std::string(data.get_string());
    if (const auto* message = data.get_object().if_contains("message");
        message != nullptr && message->is_string()) {
        return std::string(message->get_string());
    }
    return boost::json::serialize(data);
}

}  // namespace

void Session::receive(std::string_view packet, SteadyTime now) {
    if (ended()) return;
    last_heard_ = now;
    if (too_many(packet.size(), now)) return;
    if (state_ == State::opening) return on_open(packet, now);
    if (packet.empty()) return fail(Reason::eio_malformed, "an empty packet");
    switch (packet[0]) {
        case '1':
            return fail(Reason::closed_early, "the server closed the Engine.IO session");
        case '2':
            return on_ping(packet, now);
        case '4':
            return on_message(packet.substr(1), now);
        case '6':  // noop: ends a pending poll
            return;
        case 'b':  // a binary attachment over polling
            return receive_binary();
        default:
            return fail(Reason::eio_malformed, "an Engine.IO packet of an unknown type");
    }
}

void Session::receive_binary() {
    if (ended()) return;
    if (attachments_due_ == 0)
        return fail(Reason::sio_malformed, "a binary attachment that no packet announced");
    --attachments_due_;
    if (++packets_ > max_packets) fail(Reason::flood, fmt::format("over {} packets", max_packets));
}

bool Session::too_many(std::size_t bytes, SteadyTime now) {
    // A held session hears whatever the gateway has to say to its user, for as long as it is held.
    if (state_ == State::holding && now - counted_from_ >= std::chrono::seconds(1)) {
        counted_from_ = now;
        packets_ = 0;
        bytes_ = 0;
    }
    bytes_ += bytes;
    if (++packets_ <= max_packets && bytes_ <= max_session_bytes) return false;
    fail(Reason::flood, fmt::format("over {} packets or {} MiB {}", max_packets, max_session_bytes >> 20U,
                                    state_ == State::holding ? "in a second" : "before ready"));
    return true;
}

void Session::time_passed(SteadyTime now) {
    if (ended()) return;
    if (state_ == State::holding && now >= ping_missed_at()) {
        return fail(Reason::eio_ping_missed,
                    fmt::format("no ping within {} ms of the last one, which is pingInterval + pingTimeout",
                                (open_->ping_interval + open_->ping_timeout).count()));
    }
    if (due() && now >= *due()) state_ = State::passed;
}

void Session::hold(SteadyTime now, SteadyTime end) {
    if (!passed()) return;
    state_ = State::holding;
    held_until_ = end;
    counted_from_ = now;
    packets_ = 0;
    bytes_ = 0;
}

std::optional<SteadyTime> Session::due() const {
    if (state_ == State::holding) return std::min(ping_missed_at(), *held_until_);
    return settle_until_;
}

SteadyTime Session::ping_missed_at() const {
    return last_ping_ + open_->ping_interval + open_->ping_timeout;
}

void Session::on_ping(std::string_view packet, SteadyTime now) {
    outgoing_.push_back(fmt::format("3{}", packet.substr(1)));
    // A server that pings without a pause shows nothing about how long a quiet session lasts.
    bool counts = now - last_ping_ >= open_->ping_interval / 2;
    last_ping_ = now;
    if (state_ != State::holding || !counts) return;
    ++pings_held_;
    if (pings_held_ >= 2 || now + open_->ping_interval > *held_until_) state_ = State::passed;
}

std::vector<std::string> Session::take_outgoing() {
    return std::exchange(outgoing_, {});
}

Phase Session::phase() const {
    if (!open_) return Phase::open;
    if (held_until_) return Phase::hold;
    return namespace_sid_.empty() ? Phase::namespace_ : Phase::ready;
}

Reason Session::silence() const {
    switch (phase()) {
        case Phase::namespace_:
            return Reason::sio_unanswered;
        case Phase::ready:
            return Reason::sio_ready_missing;
        default:
            return Reason::deadline;
    }
}

void Session::fail(Reason reason, std::string detail) {
    state_ = State::failed;
    failure_ = {reason, std::move(detail)};
}

void Session::on_open(std::string_view packet, SteadyTime now) {
    // A Socket.IO 2 server connects the default namespace by itself, and does so without a sid.
    if (packet == "40")
        return fail(Reason::eio_version, "a Socket.IO 2 server: CONNECT came before it was asked for");
    auto open = decode_open(packet);
    if (!open) return fail(open.error().reason, open.error().detail);
    open_ = std::move(*open);
    last_ping_ = now;
    state_ = State::connecting;
    outgoing_.push_back(encode_connect(settings_.namespace_, settings_.token));
}

void Session::on_message(std::string_view text, SteadyTime now) {
    auto packet = decode_packet(text);
    if (!packet) return fail(packet.error().reason, packet.error().detail);
    attachments_due_ += packet->attachments;
    if (packet->namespace_ != settings_.namespace_) {
        if (text == "0") return fail(Reason::eio_version, "a Socket.IO 2 server: CONNECT without a sid");
        // "Invalid namespace" comes under the name that was asked for; other namespaces are none of ours.
        return;
    }
    switch (packet->type) {
        case Packet::Type::connect:
            return on_connected(*packet, now);
        case Packet::Type::connect_error:
            return on_connect_error(*packet);
        case Packet::Type::disconnect:
            if (state_ == State::connecting)
                return fail(Reason::sio_rejected, "disconnected instead of acknowledged");
            return fail(Reason::sio_rejected, "acknowledged, then disconnected by the gateway");
        case Packet::Type::event:
        case Packet::Type::binary_event:
            return on_event(*packet);
        case Packet::Type::ack:
        case Packet::Type::binary_ack:
            return;
    }
}

void Session::on_connected(const Packet& packet, SteadyTime now) {
    if (state_ != State::connecting) return fail(Reason::sio_malformed, "a second CONNECT ack");
    const auto* sid = packet.data ? packet.data->get_object().if_contains("sid") : nullptr;
    if (sid == nullptr || !sid->is_string() || sid->get_string().empty()) {
        return fail(Reason::sio_malformed, "a CONNECT ack without a sid");
    }
    namespace_sid_ = std::string(sid->get_string().subview(0, 128));
    state_ = State::connected;
    if (settings_.ready_event.empty()) settle_until_ = now + settings_.settle;
}

void Session::on_connect_error(const Packet& packet) {
    auto message = message_of(*packet.data);
    if (message == "Invalid namespace") {
        return fail(Reason::sio_namespace_invalid,
                    fmt::format("no namespace {} there", settings_.namespace_));
    }
    fail(Reason::sio_connect_error, fmt::format("the gateway refused the CONNECT: {}", message));
}

void Session::on_event(const Packet& packet) {
    if (state_ != State::connected)
        return;  // an event before the ack is dropped, as the official client does
    auto event = event_of(packet);
    if (!settings_.ready_event.empty() && event->name == settings_.ready_event) {
        state_ = State::passed;
    } else if (!settings_.reject_event.empty() && event->name == settings_.reject_event) {
        fail(Reason::sio_rejected,
             fmt::format("acknowledged, then rejected: {} {}", event->name, event->argument));
    } else if (other_event_.empty()) {
        other_event_ = event->name.substr(0, 128);
    }
}

}  // namespace gatewatch::probes::socketio
