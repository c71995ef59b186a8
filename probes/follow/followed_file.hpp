// One open log file and how far it has been read. Holding it open keeps its inode from being used again, and
// lets it be read after its name has gone. Used by follower.cpp and its parts.
#pragma once

#include <sys/stat.h>

#include <expected>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "probes/follow/follower.hpp"
#include "probes/follow/position.hpp"

namespace gatewatch::probes::follow {

/// What comes of reading one file.
struct FileSink {
    std::function<void(std::string_view lines, Reading reading)> lines;
    std::function<void()> oversized;  ///< a line of more than max_line_bytes was skipped
};

/// Where bytes are read to, shared by all files: a begun line of the greatest length, and what comes behind.
/// Not initialised: what no file has needed so far takes no memory.
using Buffer = std::unique_ptr<char[]>;

class FollowedFile {
  public:
    /// So much is read at once.
    static constexpr std::size_t chunk = 256 * 1024;
    static constexpr std::size_t buffer_size = Position::span + max_line_bytes + chunk;

    enum class Change {
        none,
        emptied,  ///< it is another file under the same inode: reading goes on from its beginning
        cut,      ///< it lost its end, but nothing that was read; or all that an empty file got meanwhile
    };

    /// Opens a regular file; anything else, and what open(2) refuses, is an errno (ESPIPE for no regular
    /// file). It is to be read from its beginning.
    [[nodiscard]] static std::expected<FollowedFile, int> open(const std::filesystem::path& path);
    FollowedFile(FollowedFile&& other) noexcept;
    FollowedFile& operator=(FollowedFile&& other) noexcept;
    ~FollowedFile();

    /// From here on only; the last lines before it are still given, as before_start.
    void take_up_at(std::uint64_t offset);
    /// From where a reader before has stopped, who may have given the lines up to `handed_out` already, and
    /// who may have seen it empty as of then.
    void resume(Position position, std::uint64_t live_from, std::uint64_t handed_out,
                std::optional<std::int64_t> empty_as_of = {});
    /// Whether the file is the one that was read up to there, perhaps longer.
    [[nodiscard]] bool fits(const Position& position) const;

    /// What the head will be once it is read up to there.
    [[nodiscard]] Fingerprint head_up_to(std::uint64_t offset) const;

    /// Looks whether it has changed. What it finds to be there is what read() may read.
    Change look();
    /// Reads up to that place, and no further than look() saw. False: it was changed meanwhile, and what was
    /// read of the new content is not given; look() tells.
    bool read(Buffer& buffer, std::uint64_t limit, const FileSink& sink);
    /// Nothing more will come: the line that has begun is a whole one.
    void finish(Buffer& buffer, const FileSink& sink);

    [[nodiscard]] FileKey key() const { return key_; }
    [[nodiscard]] const Position& position() const { return position_; }
    /// The position in what was there before it was emptied.
    [[nodiscard]] const Position& former() const { return former_; }
    [[nodiscard]] std::uint64_t live_from() const { return live_from_; }
    [[nodiscard]] std::uint64_t handed_out() const { return handed_out_; }
    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] std::int64_t changed() const { return changed_; }  ///< wall clock, in ns
    /// The time of its last modification that is accounted for, while it is empty.
    [[nodiscard]] std::optional<std::int64_t> empty_as_of() const;
    [[nodiscard]] bool removed() const { return removed_; }
    [[nodiscard]] std::uint64_t lag() const { return size_ > position_.seen ? size_ - position_.seen : 0; }
    [[nodiscard]] std::string bytes_at(std::uint64_t offset, std::size_t count) const;

  private:
    FollowedFile(int fd, FileKey key) : fd_(fd), key_(key) {}
    [[nodiscard]] std::optional<Position> position_after(std::string_view bytes, std::uint64_t from) const;
    [[nodiscard]] bool lost_unseen(bool was_empty, const struct stat& info);
    void cut_lines(std::string_view bytes, std::uint64_t from, const FileSink& sink);
    void give(std::string_view lines, std::uint64_t start, const FileSink& sink) const;

    int fd_ = -1;
    FileKey key_;
    Position position_;
    Position former_;
    std::uint64_t live_from_ = 0;   ///< lines that end before it are from before the start
    std::uint64_t handed_out_ = 0;  ///< lines that end before it may have been given by a reader before
    // As of the last look.
    std::uint64_t size_ = 0;
    std::int64_t changed_ = -1;
    std::int64_t modified_ = -1;            ///< what was lost up to then is told
    std::optional<std::int64_t> doubtful_;  ///< modified then, and empty: about to be written to, or emptied
    bool settled_ = false;                  ///< a change after it would have another time
    bool removed_ = false;                  ///< no name leads to it
};

/// The time of a file's last change of any kind, in ns.
[[nodiscard]] std::int64_t change_time(const struct stat& info);
/// The time of the last change of what it holds, in ns.
[[nodiscard]] std::int64_t modification_time(const struct stat& info);
/// Whether a time of change is so long past that a change of now would bear another one.
[[nodiscard]] bool is_settled(std::int64_t change_time);

}  // namespace gatewatch::probes::follow
