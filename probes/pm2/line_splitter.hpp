// Cuts a stream of bytes into lines. Pure. NUL bytes are dropped, so that a sparse hole costs no memory; a
// line that is too long is skipped to its end. Used by followed_file.cpp.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace gatewatch::probes::pm2 {

inline constexpr std::size_t max_line_bytes = 512 * 1024;

class LineSplitter {
  public:
    using OnLine = std::function<void(std::string_view)>;

    /// Calls on_line for each whole line, without its line feed. Returns how many lines turned out too long
    /// in these bytes: each counts once.
    std::size_t feed(std::string_view bytes, const OnLine& on_line);
    /// The line that has begun and not ended, and forgets it.
    std::string take_partial();
    [[nodiscard]] bool has_partial() const { return !partial_.empty() || skipping_; }
    /// What comes next is the middle of a line: skip to its end.
    void skip_to_next_line() { skipping_ = true; }

  private:
    bool append(std::string_view bytes);

    std::string partial_;
    bool skipping_ = false;
};

}  // namespace gatewatch::probes::pm2
