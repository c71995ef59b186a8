// Follows log files as `tail -F` does, through every accident of rotation, and gives their lines in order and
// once: finds files by name, tells a file that was emptied or replaced from one that only grew, reads what
// was renamed to its end, and goes on after a restart where it stopped. One call of step() does all that
// there is to do now, so that tests need no sleeping; nothing in here waits, knows what a line means, or has
// a timer. Used by pm2/log_pipeline.cpp and nginx/edge_log.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "config/text.hpp"
#include "probes/outcome.hpp"

namespace gatewatch::probes::follow {

/// A file keeps its id through rotations, for as long as the process lives.
using FileId = std::size_t;

/// The files of one directory that belong to the log.
struct Source {
    std::filesystem::path directory;
    /// Whether a file of that name is written by the program that is watched. Rotated copies must not match.
    std::function<bool(std::string_view name)> matches;
    /// What the checkpoint calls it together with the directory: what it follows. The files of a source that
    /// the checkpoint does not know are taken up at their ends.
    std::string pattern = {};
    /// Rotated copies may match after all: they are told by what they hold.
    bool copies_match = false;
};

struct Options {
    std::vector<Source> sources;
    /// Where it stands is kept here; empty: nowhere, and it takes up all files at their ends.
    std::filesystem::path checkpoint;
    /// Completes "DIRECTORY holds no …" and says what to correct.
    Text nothing_found;
};

/// How the lines of one call came to be read.
enum class Reading {
    before_start,  ///< older than the start: only so that it is known what was under way
    again,         ///< the process before may have read them already, after its last checkpoint
    fresh,
};

struct Sink {
    /// One or more whole lines, each with its line feed, of at most max_line_bytes each; a line that ends
    /// with its file instead has got one. The bytes are as they stand in the file, but without NUL.
    std::function<void(FileId file, std::string_view lines, Reading reading)> lines;
    /// Lines of the file may be missing here.
    std::function<void(FileId file)> lines_lost;
};

/// Counters since the start, and the state.
struct Status {
    bool up = false;
    Text detail;  ///< why not up, or what is odd although it is: the checkpoint cannot be written
    std::uint64_t lag_bytes = 0;
    std::uint64_t oversized_lines = 0;
    std::uint64_t replayed_lines = 0;  ///< given as Reading::again
    std::uint64_t truncations = 0;
    std::uint64_t rotations = 0;
    std::uint64_t possible_losses = 0;
};

class Follower {
  public:
    explicit Follower(Options options);
    Follower(Follower&&) noexcept;
    Follower& operator=(Follower&&) noexcept;
    ~Follower();

    /// Looks for new names, follows rotations, reads what is there, at most about 4 MiB, and then notes in
    /// the checkpoint how far it has come. True: there is more to read already. `now` only decides how long
    /// old files are kept.
    bool step(SteadyTime now, const Sink& sink);
    [[nodiscard]] Status status() const;
    /// The directories to watch for changes, for Watcher.
    [[nodiscard]] std::vector<std::filesystem::path> directories() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace gatewatch::probes::follow
