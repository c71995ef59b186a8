// When probes run. Grid is arithmetic on absolute steady times, without a clock, so that tests run it in
// virtual time; Job is the coroutine that waits for the grid's points and runs. Used by the app, one job a
// gateway and probe.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include "probes/outcome.hpp"

namespace gatewatch::agent {

using probes::SteadyTime;

/// The times of one probe: a first run soon after the start, then the points of a fixed grid, which neither
/// the length of a run nor a late timer shifts.
class Grid {
  public:
    using Duration = std::chrono::milliseconds;

    /// All first runs fall within this time, or the interval if that is shorter.
    static constexpr Duration first_window{2000};

    /// `share` in [0, 1) says where in the interval the points lie, and where in the window the first run.
    Grid(SteadyTime start, Duration interval, double share);

    [[nodiscard]] SteadyTime first() const { return first_; }
    /// The first scheduled time after `time`.
    [[nodiscard]] SteadyTime next(SteadyTime time) const;
    /// How many scheduled times there are after `from` up to and with `to`.
    [[nodiscard]] std::uint64_t count(SteadyTime from, SteadyTime to) const;
    /// Whether a run that can begin only now is left out, because the process stood still: half an interval
    /// late, at most a second. It keeps all the probes that were due meanwhile from starting at once.
    [[nodiscard]] bool too_late(SteadyTime scheduled, SteadyTime now) const;

  private:
    [[nodiscard]] SteadyTime point_after(SteadyTime time) const;

    SteadyTime origin_;  ///< of the grid
    SteadyTime first_;
    Duration interval_;
};

/// Spreads the probes of a gateway over their interval, and gateways among each other, so that runs against
/// one target do not coincide: the share of probe `probe` of `probes` of gateway `gateway` of `gateways`.
[[nodiscard]] double stagger(std::size_t probe, std::size_t probes, std::size_t gateway,
                             std::size_t gateways);

/// Runs one thing at the points of a grid: never twice at once, a point that passes meanwhile is skipped and
/// told.
class Job {
  public:
    /// Called at each run; must end by itself or when it is cancelled (terminal). An exception ends the job.
    using Run = std::function<boost::asio::awaitable<void>(SteadyTime scheduled)>;
    using Skipped = std::function<void(std::uint64_t runs)>;

    Job(boost::asio::any_io_executor executor, Grid grid, Run run, Skipped skipped);
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;
    ~Job();

    void start();
    /// Ends the job, in whatever it is waiting for; neither callback is called once that has been carried
    /// out.
    void cancel();

  private:
    struct State;
    static boost::asio::awaitable<void> loop(std::shared_ptr<State> state);

    std::shared_ptr<State> state_;
};

}  // namespace gatewatch::agent
