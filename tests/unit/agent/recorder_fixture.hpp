// A recorder with one gateway, and what it renders, by series. Used by recorder_test.cpp.
#pragma once

#include "agent/metrics/recorder.hpp"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <sstream>

#include "agent/metrics/catalogue.hpp"

namespace gatewatch::agent::metrics::test {

using namespace std::chrono_literals;
using probes::MysqlSample;
using probes::Outcome;
using probes::Reason;
using testing::HasSubstr;
using testing::Not;

inline config::GatewaySettings recorded_gateway() {
    config::GatewaySettings settings;
    settings.name = "im";
    config::RouteSettings route;
    route.url = "http://im.example.com";
    settings.routes.push_back(route);
    settings.pm2.emplace();
    settings.mysql.emplace();
    return settings;
}

inline std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);) lines.push_back(line);
    return lines;
}

class RecorderTest : public testing::Test {
  protected:
    /// The value of the one series of that name whose labels hold all of these, or nothing.
    [[nodiscard]] std::optional<double> value(const std::string& name,
                                              std::vector<std::string> labels = {}) const {
        std::optional<double> found;
        for (const auto& line : lines_of(recorder.render())) {
            const auto end = line.find_first_of("{ ");
            if (line.substr(0, end) != name) continue;
            if (std::ranges::all_of(labels, [&](const auto& label) { return line.contains(label); })) {
                EXPECT_FALSE(found) << name << " is ambiguous";
                found = std::stod(line.substr(line.rfind(' ')));
            }
        }
        return found;
    }

    Recorder recorder{"1.2.3"};
    config::GatewaySettings settings = recorded_gateway();
    std::vector<config::PlannedProbe> plan{{Role::public_, ProbeKind::websocket, 15s, 10s},
                                           {Role::public_, ProbeKind::polling, 15s, 10s}};
    std::unique_ptr<GatewayMetrics> metrics = recorder.add_gateway(settings, plan);
    const std::vector<std::string> websocket{"probe=\"websocket\""};
};

inline Outcome outcome(std::optional<Reason> reason) {
    Outcome outcome;
    outcome.ok = !reason;
    outcome.reason = reason;
    outcome.started = outcome.scheduled + 20ms;
    outcome.started_wall = probes::WallTime(1'700'000'000s);
    outcome.duration = 120ms;
    outcome.phases[static_cast<std::size_t>(probes::Phase::connect)] = 30ms;
    return outcome;
}

}  // namespace gatewatch::agent::metrics::test
