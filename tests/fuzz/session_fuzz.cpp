// What a peer sends after a connection is up: polling bodies and packets, in any order.
#include <cstdint>
#include <cstdlib>

#include "probes/socketio/session.hpp"

using namespace gatewatch;
using namespace gatewatch::probes;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    socketio::Session session({"/im", "connected", "error", std::chrono::seconds(1), Secret("token")});
    const std::string_view body(reinterpret_cast<const char*>(data), size);
    if (auto packets = socketio::split_payload(body)) {
        for (auto packet : *packets) session.receive(packet, SteadyTime{});
    }
    static_cast<void>(session.take_outgoing());
    if (auto open = socketio::decode_open_v3(body); open && open->sid.empty()) std::abort();
    // Passing takes an ack with a sid; failing, a reason with words to it.
    if (session.passed() && session.namespace_sid().empty()) std::abort();
    if (session.failed() && session.failure().detail.empty()) std::abort();
    return 0;
}
