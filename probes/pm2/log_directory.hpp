// The log files of one app in PM2's log directory: finds them by name, follows each, notices rotation, and
// gives their lines in order. One call of step() does all that there is to do now, so that tests need no
// sleeping. Used by log_pipeline.cpp.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/pm2/attribution.hpp"
#include "probes/pm2/followed_file.hpp"

namespace gatewatch::probes::pm2 {

/// What a step meets. A file keeps its id through rotations.
struct DirectorySink {
    std::function<void(FileId file, std::string_view line, bool before_start)> line;
    std::function<void(FileId file)> lines_lost;  ///< the order of its lines is broken here
};

class LogDirectory {
  public:
    /// At most so much is read of one file, and of all together, in one step.
    static constexpr std::size_t file_budget = 1024 * 1024;
    static constexpr std::size_t step_budget = 4 * 1024 * 1024;
    static constexpr std::size_t most_files = 256;

    LogDirectory(std::filesystem::path home, const std::string& app);

    /// Looks for new names, follows rotations, reads what is there. `now` only decides how long old files are
    /// kept.
    void step(SteadyTime now, const DirectorySink& sink);
    /// up, detail, lag_bytes and the counters.
    [[nodiscard]] LogStatus status() const;

  private:
    struct OldFile {
        FollowedFile file;
        SteadyTime last_growth;
    };
    /// One name in the directory.
    struct Entry {
        std::string name;
        FileId id = 0;
        FollowedFile::From from = FollowedFile::From::beginning;
        std::optional<FollowedFile> current;
        std::vector<OldFile> old;  ///< renamed or removed ones under this name, oldest first
        int error = 0;             ///< errno of the last look at the name
    };

    void list_names();
    void look_at(Entry& entry, SteadyTime now);
    void open(Entry& entry, SteadyTime now);
    std::size_t read(Entry& entry, SteadyTime now, std::size_t budget, const DirectorySink& sink);
    [[nodiscard]] bool is_followed(FileKey key) const;
    void judge();

    std::filesystem::path directory_;
    std::string app_;
    std::vector<Entry> entries_;
    FileId next_id_ = 0;
    std::size_t turn_ = 0;  ///< which entry reads first, so that a busy one starves nobody
    bool listed_once_ = false;
    bool was_missing_ = false;
    bool too_many_ = false;
    int list_error_ = 0;
    LogStatus status_;
};

/// The app's name as PM2 writes it in file names: with_time → with-time.
[[nodiscard]] std::string sanitised(std::string_view app);

/// Whether PM2 writes to a file of that name for the app: APP-out.log, APP-error.log, with or without
/// -<pm_id>. Rotated copies never match.
[[nodiscard]] bool is_log_name(std::string_view name, std::string_view sanitised_app);

}  // namespace gatewatch::probes::pm2
