// Where the follower stands, kept in a file, so that a process after it goes on there: after kill -9, a full
// disk, or a write that was cut off. The file has two places, written in turn and over what is there: one of
// them is always whole, and writing needs no room. Each holds a line of JSON and its hash. Used by
// follower.cpp.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/text.hpp"
#include "probes/follow/position.hpp"

namespace gatewatch::probes::follow {

struct FileRecord {
    std::string path;  ///< the name that it was found under; it may have been renamed since
    FileKey key;
    Position position{};
    std::uint64_t live_from = 0;
    /// Its lines up to there may have been given by the time this is read.
    std::uint64_t handed_out = 0;
    std::optional<std::int64_t> empty_as_of{};  ///< it was empty, and its last modification was then, in ns
    bool operator==(const FileRecord&) const = default;
};

struct Checkpoint {
    std::vector<std::string> sources;  ///< whose files were known
    std::vector<FileRecord> files;
    std::vector<std::string> unread;  ///< known names that could not be opened: their past is no news
    bool more = false;                ///< there were more names than are followed
    bool operator==(const Checkpoint&) const = default;
};

class CheckpointFile {
  public:
    /// With an empty path it holds nothing and keeps nothing.
    explicit CheckpointFile(std::filesystem::path path);
    CheckpointFile(const CheckpointFile&) = delete;
    CheckpointFile& operator=(const CheckpointFile&) = delete;
    ~CheckpointFile();

    struct Loaded {
        std::optional<Checkpoint> checkpoint;
        Text problem;  ///< why there is none although there is a file
    };
    /// A file that cannot be used is set aside under another name, so that the next save does not destroy it:
    /// a newer version of the program, which may come back, can still read its own.
    [[nodiscard]] Loaded load();
    /// Nothing, or why it could not be written.
    [[nodiscard]] Text save(const Checkpoint& checkpoint);

  private:
    [[nodiscard]] Text set_aside(bool newer) const;
    [[nodiscard]] bool write_in_place(std::string_view record);
    void take_over(std::size_t record_size);
    [[nodiscard]] bool is_in_place() const;
    [[nodiscard]] int create(std::string_view record);

    std::filesystem::path path_;
    int fd_ = -1;
    std::uint64_t sequence_ = 0;
    std::size_t place_size_ = 0;
    bool is_usable_ = false;  ///< the file that was loaded, whose places these are
};

}  // namespace gatewatch::probes::follow
