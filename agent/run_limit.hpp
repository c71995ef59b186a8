// How often anybody may have all probes run at once: one such run at a time, and one start in ten seconds.
// Used by the app for the button on the status page. Pure: times come in.
#pragma once

#include <chrono>
#include <optional>

namespace gatewatch::agent {

class RunLimit {
  public:
    using Time = std::chrono::steady_clock::time_point;

    static constexpr std::chrono::seconds between_starts{10};

    /// True if it may start now, which counts as its start.
    [[nodiscard]] bool try_start(Time now) {
        if (running_ || (started_ && now - *started_ < between_starts)) return false;
        started_ = now;
        running_ = true;
        return true;
    }
    void ended() { running_ = false; }
    [[nodiscard]] bool is_running() const { return running_; }

  private:
    std::optional<Time> started_;
    bool running_ = false;
};

}  // namespace gatewatch::agent
