// Times the phases of one run and remembers the last one entered. Writes straight into the Outcome, so that
// whatever ends the run, what was measured is there. Used by net/connect.cpp and by the probes.
#pragma once

#include "probes/outcome.hpp"

namespace gatewatch::probes {

class PhaseClock {
  public:
    /// The outcome must outlive the clock.
    explicit PhaseClock(Outcome& outcome) : outcome_(outcome) {}
    PhaseClock(const PhaseClock&) = delete;
    PhaseClock& operator=(const PhaseClock&) = delete;

    /// Ends the current phase and begins the next. A phase that is entered again (polling opens several
    /// connections) goes on from where it stood, and never becomes the last one entered again.
    void enter(Phase phase) {
        finish();
        current_ = phase;
        entered_ = std::chrono::steady_clock::now();
        running_ = true;
        if (phase > outcome_.phase) outcome_.phase = phase;
    }

    /// Ends the current phase, if one runs.
    void finish() {
        if (!running_) return;
        running_ = false;
        auto& slot = outcome_.phases[static_cast<std::size_t>(current_)];
        slot = slot.value_or(std::chrono::nanoseconds{}) + (std::chrono::steady_clock::now() - entered_);
    }

  private:
    Outcome& outcome_;
    Phase current_ = Phase::resolve;
    SteadyTime entered_{};
    bool running_ = false;
};

}  // namespace gatewatch::probes
