// How late the event loop is: the longest delay of a timer within a window. A stall of the agent's own must
// not pass for one of the target. Pure; used by the app.
#pragma once

#include <algorithm>
#include <chrono>

namespace gatewatch::agent {

class LoopLag {
  public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::seconds half_window{15};

    explicit LoopLag(Time start) : half_began_(start) {}

    /// A timer that was due at `due` ran at `now`; the longest delay of the last 15 to 30 s.
    std::chrono::nanoseconds add(Time due, Time now) {
        if (now - half_began_ > half_window) {
            before_ = now - half_began_ > 2 * half_window ? std::chrono::nanoseconds(0) : current_;
            current_ = {};
            half_began_ = now;
        }
        current_ = std::max(current_, std::chrono::nanoseconds(now - due));
        return std::max(current_, before_);
    }

  private:
    Time half_began_;
    std::chrono::nanoseconds current_{0}, before_{0};
};

}  // namespace gatewatch::agent
