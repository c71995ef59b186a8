// Notices that the backend has other words than those that are known: its log grows, connections of this
// agent's own are made that must have left lines in it, and no line says anything. What the log does not say
// proves nothing then. Pure: times are arguments. Used by log_pipeline.cpp.
#pragma once

#include <cstddef>

#include "probes/outcome.hpp"

namespace gatewatch::probes::pm2 {

class WordingWatch {
  public:
    static constexpr std::size_t enough_lines = 200;
    static constexpr unsigned enough_connects = 3;
    /// From the first to the last of them: a log that is late is none with other words.
    static constexpr std::chrono::seconds enough_time{30};

    /// Lines were read, and none of them says anything known.
    void lines(std::size_t count) { lines_ += count; }
    [[nodiscard]] bool counts_lines() const { return lines_ < enough_lines; }
    /// A connection of a probe reached this backend.
    void connected(SteadyTime now) {
        if (connects_++ == 0) first_ = now;
        last_ = now;
    }
    /// A line says something known.
    void understood() { *this = {}; }
    [[nodiscard]] bool drifted() const {
        return lines_ >= enough_lines && connects_ >= enough_connects && last_ - first_ >= enough_time;
    }

  private:
    std::size_t lines_ = 0;
    unsigned connects_ = 0;
    SteadyTime first_{};
    SteadyTime last_{};
};

}  // namespace gatewatch::probes::pm2
