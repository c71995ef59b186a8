// What is known about one gateway at one moment, as plain values: the snapshot that the diagnosis decides on.
// EvidenceStore (evidence_store.hpp) keeps it up to date on the event loop; the rules only ever see a
// Snapshot.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "probes/outcome.hpp"
#include "probes/samples.hpp"

namespace gatewatch::agent {

/// One probe over one route.
struct ProbeEvidence {
    config::PlannedProbe plan;
    std::optional<probes::Outcome> last;  ///< nothing before its first run, and nothing once it is stale:
                                          ///< older than two intervals and its timeout
    unsigned consecutive_failures = 0;    ///< up to and with `last`, all for its reason; if it was cut
                                          ///< while quiet, all after the same silence
    unsigned consecutive_successes = 0;   ///< up to and with `last`: one of the two is 0
    /// Of its last runs, at most eight and none older than nine intervals and its timeout: how many there
    /// were, and how many failed.
    unsigned recent_runs = 0;
    unsigned recent_failures = 0;
    unsigned recent_recoveries = 0;    ///< and how many passed right after one that failed
    std::optional<bool> backend_seen;  ///< its namespace sid was found in the log; while it may still come,
                                       ///< the word on the run before if that ended alike, else nothing
};

/// What the log said of those of this agent's probes that send its own token, counted over the last run of
/// each.
struct LogEvidence {
    probes::LogStatus status;
    unsigned own_attempts = 0;          ///< attempts of own probes in the window
    unsigned own_token_absent = 0;      ///< `Token from auth: 不存在` in their wake
    unsigned own_rejected_missing = 0;  ///< `缺少 token`
    unsigned own_rejected_expired = 0;
    unsigned own_rejected_unknown = 0;
    unsigned own_accepted = 0;
    unsigned errors = 0;     ///< 连接处理错误, anybody's
    std::string last_error;  ///< excerpt of the last such line
};

/// Lines of the backend's log, by kind and origin.
using EventCounts =
    std::array<std::array<std::uint64_t, enum_count<probes::Origin>>, enum_count<probes::EventKind>>;

/// Requests to the Socket.IO path, by transport and by what nginx answered.
using EdgeCounts =
    std::array<std::array<std::uint64_t, enum_count<probes::EdgeStatus>>, enum_count<probes::EdgeTransport>>;

/// What nginx's own logs said of the Socket.IO path in the last while. nginx logs a request when it ends: a
/// WebSocket that works is not there yet.
struct EdgeEvidence {
    probes::EdgeLogStatus status;
    std::chrono::seconds window{};  ///< how far the counts reach back
    bool complete = false;          ///< the logs were followed for all of that time
    EdgeCounts own{};               ///< of this program, by their User-Agent
    EdgeCounts users{};             ///< and of everybody else
    /// By what nginx answered: the upstream of the last such request, where the log tells.
    std::array<std::string, enum_count<probes::EdgeStatus>> upstreams{};
    bool tells_own = false;   ///< the log has the User-Agent
    bool own_seen = false;    ///< there was one of them since the start
    std::uint64_t lines = 0;  ///< of the access log, whatever they are about
    std::optional<probes::EdgeTrouble> last_trouble;
    std::uint64_t troubles = 0;  ///< of the kind of the last one
    /// The last complaint of nginx that it had no connection left, whatever came after it, and how many there
    /// were.
    std::optional<probes::EdgeTrouble> used_up;
    std::uint64_t times_used_up = 0;
};

struct Snapshot {
    config::GatewaySettings gateway;
    probes::SteadyTime now{};
    probes::WallTime now_wall{};
    std::vector<ProbeEvidence> probes;         ///< every planned one
    std::optional<probes::MysqlSample> mysql;  ///< nothing: not configured, or not yet sampled
    std::optional<LogEvidence> log;            ///< nothing: not configured
    std::optional<EdgeEvidence> edge;          ///< nothing: no log of nginx is configured
    // Nothing where the collector is not configured, has no sample yet, or its last one is stale.
    std::optional<probes::NginxSample> nginx;
    std::optional<probes::FrontendSample> frontend;
    std::optional<probes::EnvSample> env;
    std::optional<probes::Pm2ProcessSample> processes;
    /// When the probe's present token was first sent: what runs before it met says nothing of that one.
    probes::WallTime token_since{};
    Text token_problem;  ///< why the probe's token cannot be had; empty if it can

    /// The evidence of that probe over that route, or nullptr.
    [[nodiscard]] const ProbeEvidence* find(Role role, ProbeKind probe) const;
};

}  // namespace gatewatch::agent
