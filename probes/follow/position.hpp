// How far a log file has been read, and by what it is known to be still the same file, only longer. Neither
// its inode nor its size is enough: a file may be emptied and grow past the place that was read up to. So its
// first bytes, and those just before that place, are remembered by their hash. Used by everything in this
// folder.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace gatewatch::probes::follow {

/// The longest line that is given, without its line feed.
inline constexpr std::size_t max_line_bytes = 512 * 1024;

/// Which file a name stands for.
struct FileKey {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    auto operator<=>(const FileKey&) const = default;
};

/// Some bytes of a file. Their hash and not themselves, since log lines hold what no other file should.
struct Fingerprint {
    std::uint64_t size = 0;
    std::string hash;  ///< hexadecimal; empty for no bytes
    bool operator==(const Fingerprint&) const = default;
};

[[nodiscard]] Fingerprint fingerprint(std::string_view bytes);

struct Position {
    /// So many bytes at its beginning, and before `seen`, tell a file from another. The backend's lines about
    /// one connection are alike but for its sid: this is several connections.
    static constexpr std::size_t span = 1024;

    std::uint64_t line_start = 0;  ///< where the first line begins that was not given yet
    std::uint64_t seen = 0;        ///< what stands before it was read, and holds no more whole lines
    Fingerprint head;              ///< of the file's first bytes, perhaps of some that were not read yet
    Fingerprint tail;              ///< of those just before `seen`
    bool skipping = false;         ///< `seen` lies within a line that is too long, and will not be given
    bool operator==(const Position&) const = default;
};

}  // namespace gatewatch::probes::follow
