// What nginx's logs hold, made by hand. Used by edge_*_test.cpp, diagnosis_edge_test.cpp and
// recorder_edge_test.cpp.
#pragma once

#include <string>

#include "agent/evidence.hpp"
#include "config/settings.hpp"
#include "probes/nginx/access_log.hpp"
#include "probes/samples.hpp"

namespace gatewatch::agent::test {

using namespace std::chrono_literals;
using probes::EdgeError;
using probes::EdgeStatus;
using probes::EdgeTransport;

/// With both logs, in the format combined.
inline config::GatewaySettings edge_gateway() {
    config::GatewaySettings gateway;
    gateway.name = "im";
    config::RouteSettings route;
    route.url = "http://im.example.com";
    gateway.routes.push_back(route);
    auto& nginx = gateway.nginx.emplace();
    nginx.access_log = "/var/log/nginx/access.log";
    nginx.error_log = "/var/log/nginx/error.log";
    return gateway;
}

inline probes::EdgeRequest edge_request(EdgeTransport transport, unsigned code, bool synthetic = false,
                                        std::string upstream = {}) {
    probes::EdgeRequest request;
    request.transport = transport;
    request.code = code;
    request.status = probes::nginx::edge_status(code);
    request.synthetic = synthetic;
    request.upstream = std::move(upstream);
    return request;
}

inline probes::EdgeTrouble edge_trouble(EdgeError error) {
    probes::EdgeTrouble trouble;
    trouble.error = error;
    trouble.upstream = "http://127.0.0.1:7012/socket.io/";
    trouble.excerpt = "connect() failed (111: Connection refused) while connecting to upstream";
    return trouble;
}

[[nodiscard]] inline std::uint64_t& count(EdgeCounts& counts, EdgeTransport transport, EdgeStatus status) {
    return counts[static_cast<std::size_t>(transport)][static_cast<std::size_t>(status)];
}
[[nodiscard]] inline std::uint64_t count(const EdgeCounts& counts, EdgeTransport transport,
                                         EdgeStatus status) {
    return counts[static_cast<std::size_t>(transport)][static_cast<std::size_t>(status)];
}

}  // namespace gatewatch::agent::test
