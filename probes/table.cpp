#include <array>

#include "probes/http_probe.hpp"
#include "probes/probe.hpp"
#include "probes/socketio/connect_probes.hpp"
#include "probes/socketio/side_probes.hpp"

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
            .origin = config::origin_of(gateway),
            .http_path = route.http_path};
}

std::span<const ProbeRow> probe_table() {
    static constexpr std::array rows{
        ProbeRow{ProbeKind::websocket, socketio::probe_websocket},
        ProbeRow{ProbeKind::polling, socketio::probe_polling},
        ProbeRow{ProbeKind::upgrade, socketio::probe_upgrade},
        ProbeRow{ProbeKind::hold, socketio::probe_hold},
        ProbeRow{ProbeKind::sticky, socketio::probe_sticky},
        ProbeRow{ProbeKind::header_token, socketio::probe_header_token},
        ProbeRow{ProbeKind::other_eio, socketio::probe_other_eio},
        ProbeRow{ProbeKind::http, probe_http},
        ProbeRow{ProbeKind::expired_token, socketio::probe_expired_token},
        ProbeRow{ProbeKind::revoked_token, socketio::probe_revoked_token},
        ProbeRow{ProbeKind::missing_token, socketio::probe_missing_token},
    };
    return rows;
}

}  // namespace gatewatch::probes
