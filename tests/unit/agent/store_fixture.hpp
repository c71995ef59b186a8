// A store of evidence in a time of its own, its runs and the lines of a log. Used by evidence_store_test.cpp.
#pragma once

#include "agent/evidence_store.hpp"

#include <gmock/gmock.h>

namespace gatewatch::agent::test {

using namespace std::chrono_literals;
using probes::EventKind;
using probes::LogEvent;
using probes::LogStatus;
using probes::Origin;
using probes::Outcome;
using probes::Reason;
using probes::SteadyTime;

inline const SteadyTime start{1'000s};

inline config::GatewaySettings stored_gateway() {
    config::GatewaySettings settings;
    settings.name = "im";
    config::RouteSettings route;
    route.url = "http://im.example.com";
    settings.routes.push_back(route);
    settings.pm2.emplace();
    return settings;
}

/// A run that began then, and took 100 ms.
inline Outcome run(SteadyTime at, std::optional<Reason> reason, std::string sid) {
    Outcome outcome;
    outcome.ok = !reason;
    outcome.reason = reason;
    outcome.scheduled = outcome.started = at;
    outcome.duration = 100ms;
    outcome.connect_sent = true;
    outcome.namespace_sid = std::move(sid);
    return outcome;
}

inline LogEvent event(EventKind kind, std::string sid = {}, Origin origin = Origin::synthetic) {
    LogEvent event;
    event.kind = kind;
    event.origin = origin;
    event.sid = std::move(sid);
    return event;
}

class Store : public testing::Test {
  protected:
    Store() {
        LogStatus status;
        status.up = true;
        store.set_log_status(status);
    }
    [[nodiscard]] Snapshot at(SteadyTime now) const { return store.snapshot(now, probes::WallTime{}); }
    [[nodiscard]] ProbeEvidence first(SteadyTime now) const { return at(now).probes.front(); }

    EvidenceStore store{stored_gateway()};
};

}  // namespace gatewatch::agent::test
