// From the bytes of the log files to settled events, in one call that does what there is to do now: the
// follower's lines, parsed, and told apart by whose connection they speak of. No timer and no thread, so that
// tests step it in a time of their own. Used by log_collector.cpp.
#pragma once

#include <filesystem>
#include <string>
#include <unordered_map>
#include <vector>

#include "config/settings.hpp"
#include "probes/follow/follower.hpp"
#include "probes/pm2/attribution.hpp"
#include "probes/pm2/left_sids.hpp"
#include "probes/pm2/line_parser.hpp"
#include "probes/pm2/own_runs.hpp"
#include "probes/pm2/wording.hpp"

namespace gatewatch::probes::pm2 {

class LogPipeline {
  public:
    /// `checkpoint` is where the follower keeps how far it has come; empty: nowhere.
    LogPipeline(const config::Pm2Settings& settings, const std::filesystem::path& state_directory,
                const std::filesystem::path& checkpoint);

    /// Reads what is there, and returns whether there is more already. Without a checkpoint, the first call
    /// takes up the files at their ends.
    bool step(SteadyTime now, WallTime wall);
    [[nodiscard]] std::vector<std::filesystem::path> directories() const { return follower_.directories(); }
    /// What has been told of the runs of probes, see LogCollector. `here`: over a route that leads to the
    /// backend of this log.
    void probe_started(std::uint64_t run, SteadyTime now, WallTime wall);
    void probe_connected(std::uint64_t run, const std::string& sid, bool last, bool here, SteadyTime now,
                         WallTime wall);
    void probe_finished(std::uint64_t run, bool connect_sent, const std::vector<std::string>& sids,
                        SteadyTime now, WallTime wall);
    [[nodiscard]] Attribution& attribution() { return attribution_; }
    [[nodiscard]] LogStatus status() const;

  private:
    void take(FileId file, std::string_view lines, follow::Reading reading, SteadyTime now, WallTime wall);

    follow::Follower follower_;
    LineParser parser_;
    std::unordered_map<FileId, CutLines> cuts_;
    LeftSids left_sids_;
    OwnRuns own_runs_;
    Attribution attribution_;
    WordingWatch wording_;
    bool started_ = false;
    std::uint64_t unparsed_lines_ = 0;
};

}  // namespace gatewatch::probes::pm2
