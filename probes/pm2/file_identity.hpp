// Tells whether a log file is still the one that was read, only longer. Neither its inode nor its size is
// enough: a file may be emptied and grow past the place that was read up to. So its first bytes, and those
// just before that place, are kept and compared. Pure. Used by followed_file.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace gatewatch::probes::pm2 {

/// Which file a name stands for.
struct FileKey {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    bool operator==(const FileKey&) const = default;
};

enum class Change {
    none,
    grew,
    shrunk,     ///< shorter than what was read of it
    rewritten,  ///< long enough, and other bytes stand where known ones stood
};

/// What is remembered of the bytes that were read.
class Marker {
  public:
    static constexpr std::size_t span = 64;

    [[nodiscard]] std::uint64_t offset() const { return offset_; }
    /// These bytes stand at the offset; it moves behind them.
    void advance(std::string_view bytes);
    /// Starts in the middle of a file: the bytes at its beginning, and those just before the offset, as they
    /// are now.
    void place(std::uint64_t offset, std::string head, std::string tail);

    [[nodiscard]] std::size_t head_size() const { return head_.size(); }
    [[nodiscard]] std::size_t tail_size() const { return tail_.size(); }
    /// `head` and `tail` are what stands there now, head_size() and tail_size() bytes if the file has them.
    [[nodiscard]] Change judge(std::uint64_t size, std::string_view head, std::string_view tail) const;

  private:
    std::uint64_t offset_ = 0;
    std::string head_;
    std::string tail_;
};

}  // namespace gatewatch::probes::pm2
