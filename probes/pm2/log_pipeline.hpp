// From the bytes of the log files to settled events, in one call that does what there is to do now: the
// directory's lines, parsed, and told apart by whose connection they speak of. No timer and no thread, so
// tests step it in a time of their own. Used by log_collector.cpp.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/settings.hpp"
#include "probes/pm2/attribution.hpp"
#include "probes/pm2/left_sids.hpp"
#include "probes/pm2/log_directory.hpp"

namespace gatewatch::probes::pm2 {

class LogPipeline {
  public:
    LogPipeline(const config::Pm2Settings& settings, const std::filesystem::path& state_directory);

    /// Reads what is there. The first call takes up the files at their end.
    void step(SteadyTime now, WallTime wall);
    [[nodiscard]] Attribution& attribution() { return attribution_; }
    [[nodiscard]] LogStatus status() const;

  private:
    LogDirectory directory_;
    LeftSids left_sids_;
    Attribution attribution_;
    std::uint64_t unparsed_lines_ = 0;
};

}  // namespace gatewatch::probes::pm2
