// Sids that `gatewatch check` leaves in the state directory, so that the daemon which watches the same log
// does not take its probes for users. Written by leave_sids() (log_collector.hpp), read here at every turn.
// The file is open to its owner only (0600), so the daemon reads it where `check` ran as the same user or as
// root. Used by log_pipeline.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "probes/outcome.hpp"

namespace gatewatch::probes::pm2 {

class LeftSids {
  public:
    explicit LeftSids(const std::filesystem::path& state_directory);
    /// The sids that were left since the last call, as far as they are younger than ten minutes. A file that
    /// is absent or cannot be read has none.
    [[nodiscard]] std::vector<std::string> poll(WallTime now);

  private:
    std::filesystem::path file_;
    std::int64_t changed_ = 0;
    std::int64_t size_ = -1;
};

}  // namespace gatewatch::probes::pm2
