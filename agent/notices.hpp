// Says in the log what has changed about one gateway, and says it once: a probe that begins to fail or passes
// again, a collector that goes down or comes back, a new verdict. Used by GatewayWatch.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "agent/diagnosis/verdict.hpp"
#include "config/settings.hpp"
#include "probes/outcome.hpp"

namespace gatewatch::agent {

class Notices {
  public:
    explicit Notices(std::string gateway) : gateway_(std::move(gateway)) {}

    /// `last` is the run before, if there was one.
    void probe(const std::optional<probes::Outcome>& last, const probes::Outcome& outcome) const;
    void skipped(const config::PlannedProbe& plan, std::uint64_t runs) const;
    void collector(CollectorKind collector, bool up, const Text& detail);
    void verdict(Cause before, const Verdict& verdict) const;
    /// What went wrong with the file that keeps the verdicts; empty: nothing.
    void verdict_file(const std::string& problem);

  private:
    std::string gateway_;
    std::array<std::optional<bool>, enum_count<CollectorKind>> was_up_;
    std::string file_problem_;
};

}  // namespace gatewatch::agent
