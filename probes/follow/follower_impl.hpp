// The parts of Follower: the names that are in the directories, the files that are open, and what is known of
// files that were. Used by follower.cpp, follower_names.cpp, follower_restore.cpp.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "probes/follow/checkpoint.hpp"
#include "probes/follow/followed_file.hpp"
#include "probes/follow/follower.hpp"

namespace gatewatch::probes::follow {

/// So many files are held open: those that were changed last.
inline constexpr std::size_t most_files = 256;

/// Where a file is taken up that was not known.
enum class From { beginning, end };

/// A file that is not held open, since others changed later.
struct Asleep {
    std::uint64_t size = 0;
    std::int64_t changed = 0;
    std::optional<FileRecord> record;  ///< nothing: it was never open, and what it held was no news
};

/// One name in a directory.
struct Name {
    std::size_t source = 0;
    FileId id = 0;
    From from = From::beginning;
    std::optional<FileKey> key{};  ///< the file that it stood for when it was last looked at
    std::optional<Asleep> asleep{};
    int error = 0;  ///< errno of the last look
    bool listed = true;
};

struct OpenFile {
    FollowedFile file;
    FileId id = 0;
    std::string path;        ///< the name under which it was found
    bool named = true;       ///< a name of ours leads to it
    bool succeeded = false;  ///< its name leads to another file now
    bool unjudged = false;   ///< it may be a copy of another one: nothing was read of it
    bool is_copy = false;    ///< as far as it goes now: it is not read
    std::pair<std::uint64_t, std::uint64_t> judged_at{};  ///< its size, and how many files had been emptied
    SteadyTime quiet_since{};                             ///< when it last grew, or got another standing
    std::uint64_t limit = 0;                              ///< it is read up to there in this step
    std::uint64_t handing_out = 0;                        ///< and its lines up to there are given
};

/// How far a file was read that was emptied or let go: a copy of it goes on from there.
struct Past {
    FileKey key;
    Position position;
};

class Follower::Impl {
  public:
    explicit Impl(Options options);

    bool step(SteadyTime now, const Sink& sink);

    Options options_;
    Status status_;

  private:
    struct Listing {
        bool done_once = false;
        bool was_missing = false;
        bool known = false;  ///< by the checkpoint
        int error = 0;
        std::int64_t changed = 0;
        bool settled = false;
        SteadyTime last{};
    };

    // follower_names.cpp
    void look_at_names(SteadyTime now);
    [[nodiscard]] bool list(std::size_t source, SteadyTime now);
    void add_name(std::size_t source, const std::string& path);
    void look_at(const std::string& path, Name& name, std::vector<std::string>& unknown);
    void open_new(std::vector<std::string> paths, SteadyTime now);
    void open_name(const std::string& path, Name& name, SteadyTime now);
    [[nodiscard]] bool make_room(std::int64_t changed);
    void put_to_sleep(const OpenFile& open);
    void note_who_is_named(SteadyTime now);
    void forget_names();
    [[nodiscard]] OpenFile* find(FileKey key);

    // follower_restore.cpp
    void load(SteadyTime now);
    void restore_files(SteadyTime now);
    [[nodiscard]] bool restore_file(const FileRecord& record, SteadyTime now);
    void resume(OpenFile& open, const FileRecord& record);
    [[nodiscard]] bool take_from_past(OpenFile& open);
    [[nodiscard]] std::optional<std::size_t> source_of(const std::string& path) const;
    [[nodiscard]] FileRecord record_of(const OpenFile& open) const;
    void save();
    void judge_copies();
    [[nodiscard]] bool is_copy(OpenFile& open);

    // follower.cpp
    void look_at_files(SteadyTime now);
    [[nodiscard]] bool plan(SteadyTime now);
    bool read();
    [[nodiscard]] bool is_over(const OpenFile& open, SteadyTime now) const;
    void close_old(SteadyTime now);
    void loss(FileId id);
    [[nodiscard]] FileSink sink_for(FileId id);
    void judge(SteadyTime now);

    const Sink* sink_ = nullptr;  ///< of the step that is under way
    CheckpointFile checkpoint_;
    std::vector<Listing> listings_;      ///< of the sources, in their order
    std::map<std::string, Name> names_;  ///< by path
    std::vector<OpenFile> files_;        ///< older ones of an id before newer ones
    std::vector<Past> past_;
    std::vector<FileRecord> pending_;  ///< of the checkpoint, and not found yet
    std::set<std::string> unread_;     ///< of the checkpoint
    Buffer buffer_;
    FileId next_id_ = 0;
    std::size_t turn_ = 0;  ///< which file reads first, so that a busy one starves nobody
    bool started_ = false;
    bool dirty_ = true;         ///< files have come, gone or been emptied since the checkpoint was written
    bool more_names_ = false;   ///< than are followed
    bool more_before_ = false;  ///< as of the checkpoint
    Text checkpoint_problem_;   ///< of the last save
    Text start_problem_;        ///< of the load
    SteadyTime start_problem_until_{};
};

}  // namespace gatewatch::probes::follow
