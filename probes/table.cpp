#include <array>

#include "probes/probe.hpp"
#include "probes/socketio/connect_probes.hpp"

namespace gatewatch::probes {

Target make_target(const config::GatewaySettings& gateway, const config::RouteSettings& route) {
    return {.role = route.role,
            .url = route.url,
            .ca_file = route.ca_file,
            .path = gateway.path,
            .namespace_ = gateway.namespace_,
            .ready_event = gateway.ready_event,
            .reject_event = gateway.reject_event,
            .settle = gateway.settle,
            .origin = config::origin_of(gateway)};
}

std::span<const ProbeRow> probe_table() {
    static constexpr std::array rows{
        ProbeRow{ProbeKind::websocket, socketio::probe_websocket},
        ProbeRow{ProbeKind::polling, socketio::probe_polling},
    };
    return rows;
}

}  // namespace gatewatch::probes
