// What nginx's logs said of the Socket.IO path in the last while: counts in slices of time, and the last
// trouble. Bounded whatever comes, without a clock of its own. Used by EvidenceStore.
#pragma once

#include <array>
#include <deque>
#include <optional>

#include "agent/evidence.hpp"

namespace gatewatch::agent {

class EdgeWindow {
  public:
    explicit EdgeWindow(const config::GatewaySettings& gateway);

    void add(const probes::EdgeRequest& request, probes::SteadyTime now);
    void add(probes::EdgeTrouble trouble, probes::SteadyTime now);
    /// To be called about once a second.
    void set_status(probes::EdgeLogStatus status, probes::SteadyTime now);
    /// Nothing before the first status.
    [[nodiscard]] std::optional<EdgeEvidence> evidence(probes::SteadyTime now) const;

  private:
    struct Slice {
        probes::SteadyTime from{};
        EdgeCounts own{}, users{};
        std::array<std::uint64_t, enum_count<probes::EdgeError>> troubles{};
        std::uint64_t lines = 0;
    };
    Slice& slice(probes::SteadyTime now);

    config::Duration length_;
    bool tells_own_ = false;
    std::deque<Slice> slices_;  ///< the newest last
    std::optional<probes::EdgeLogStatus> status_;
    std::optional<probes::SteadyTime> up_since_;
    std::optional<probes::EdgeTrouble> last_trouble_, used_up_;
    probes::SteadyTime trouble_seen_{}, used_up_seen_{};
    std::array<std::string, enum_count<probes::EdgeStatus>> upstreams_{};
    bool own_seen_ = false;
};

}  // namespace gatewatch::agent
