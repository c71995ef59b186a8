// One open log file and how far it has been read. Holding it open keeps its inode from being used again, and
// lets it be read after its name has gone. Used by log_directory.cpp.
#pragma once

#include <expected>
#include <filesystem>
#include <functional>
#include <string_view>

#include "probes/pm2/file_identity.hpp"
#include "probes/pm2/line_splitter.hpp"

namespace gatewatch::probes::pm2 {

/// What a step meets, in order.
struct FileSink {
    std::function<void(std::string_view line, bool before_start)> line;
    std::function<void()> oversized;  ///< a line of more than max_line_bytes was skipped
    std::function<void(bool bytes_may_be_lost)>
        truncated;  ///< emptied in place; reading goes on from its beginning
};

class FollowedFile {
  public:
    enum class From { beginning, end };

    /// Opens a regular file; anything else, and what open(2) refuses, is an errno (ESPIPE for no regular
    /// file). From its end, the last lines before it are still given, as before_start, with the first step.
    [[nodiscard]] static std::expected<FollowedFile, int> open(const std::filesystem::path& path, From from);
    FollowedFile(FollowedFile&& other) noexcept;
    FollowedFile& operator=(FollowedFile&& other) noexcept;
    ~FollowedFile();

    [[nodiscard]] FileKey key() const { return key_; }
    /// Reads at most about `budget` bytes and returns how many it has read.
    std::size_t step(std::size_t budget, const FileSink& sink);
    /// Nothing more will come: the line that has begun is a whole one.
    void finish(const FileSink& sink);
    /// Bytes that are there and not yet read, as of the last step.
    [[nodiscard]] std::uint64_t lag() const {
        return size_ > marker_.offset() ? size_ - marker_.offset() : 0;
    }
    [[nodiscard]] bool at_end() const { return lag() == 0; }

  private:
    FollowedFile(int fd, FileKey key) : fd_(fd), key_(key) {}
    [[nodiscard]] std::string bytes_at(std::uint64_t offset, std::size_t count) const;
    void start_near_end();
    void check_identity(const FileSink& sink);
    void feed(std::string_view bytes, const FileSink& sink);

    int fd_ = -1;
    FileKey key_;
    Marker marker_;
    LineSplitter splitter_;
    std::uint64_t size_ = 0;
    std::uint64_t live_from_ = 0;  ///< lines that end before it are from before the start
    std::int64_t changed_ = 0;     ///< time of the last change that was looked at, in ns
};

}  // namespace gatewatch::probes::pm2
