// What this agent's own probes did in the log before a restart, kept in a file beside the follower's
// checkpoint: after kill -9 lines are read again, and new ones of probes that died with the process, and
// neither are users'. The sids that were acknowledged are in it, and the runs that were under way. Appended
// to at each step of a run, without waiting for the disk: what the system has survives the process. Used by
// log_pipeline.cpp.
#pragma once

#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "probes/outcome.hpp"

namespace gatewatch::probes::pm2 {

class OwnRuns {
  public:
    static constexpr std::size_t most_sids = 4096;  ///< of the last half hour and more
    static constexpr std::size_t most_bytes = 256 * 1024;

    /// Reads what the process before has left. With an empty path it reads and keeps nothing; a file that
    /// cannot be used is as none.
    explicit OwnRuns(std::filesystem::path file);

    [[nodiscard]] const std::deque<std::string>& sids() const { return sids_; }
    /// When the process before ended, one of its runs may have sent a CONNECT whose sid it did not learn.
    [[nodiscard]] bool left_unresolved() const { return left_unresolved_; }

    void begun(std::uint64_t run, WallTime now);
    void acknowledged(const std::string& sid, WallTime now);
    /// It sends no further CONNECT, and all of its sids are known.
    void resolved(std::uint64_t run, WallTime now);
    /// It ended, and a CONNECT of its got no answer: the backend's line may still come.
    void unanswered(std::uint64_t run, WallTime now);

  private:
    struct Run {
        std::int64_t since = 0;  ///< in ms of the epoch; when it began, or ended unanswered
        bool ended = false;
    };

    void load();
    void apply(std::string_view line);
    void remember(const std::string& sid);
    void append(const std::string& line);
    [[nodiscard]] bool rewrite();
    void forget_ended(std::int64_t now);

    std::filesystem::path file_;
    std::deque<std::string> sids_;
    std::map<std::string, Run>
        runs_;  ///< that are not resolved, by their ids; those of the process before last
    bool left_unresolved_ = false;
    std::size_t size_ = 0;
    bool must_rewrite_ = true;  ///< the first time, and after a write that went wrong
};

}  // namespace gatewatch::probes::pm2
