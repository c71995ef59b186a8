// A gateway behind nginx, and the parsers of its logs. Used by edge_*_test.cpp.
#pragma once

#include <gmock/gmock.h>

#include <string>
#include <string_view>

#include "probes/nginx/access_log.hpp"
#include "probes/nginx/error_log.hpp"

namespace gatewatch::probes::nginx::test {

using Fit = AccessLog::Fit;

inline config::GatewaySettings edge_gateway(std::string url = "http://im.example.com") {
    config::GatewaySettings gateway;
    gateway.name = "im";
    config::RouteSettings route;
    route.url = std::move(url);
    gateway.routes.push_back(route);
    return gateway;
}

inline EdgeTarget edge_target(std::string url = "http://im.example.com") {
    return EdgeTarget(edge_gateway(std::move(url)));
}

/// A parser of that log_format, and what it last made of a line.
struct Access {
    explicit Access(std::string_view format = {}, std::string url = "http://im.example.com")
        : log(config::parse_log_format(format).value(), edge_target(std::move(url))) {}
    Fit read(std::string_view line) { return log.read(line, request); }

    AccessLog log;
    EdgeRequest request;
};

}  // namespace gatewatch::probes::nginx::test
