// Who runs when: the runs of one gateway's probes, whoever asks for them (the schedule, a failure, `check`,
// the button on the status page). No probe runs twice at once. Those beside the schedule go one after the
// other, so that their lines in the backend's log do not interleave. Used by GatewayWatch. Lives on the event
// loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "probes/outcome.hpp"

namespace gatewatch::agent {

class ProbeRuns {
  public:
    /// The next one begins when the one before has ended, but no later than this: one that hangs must not
    /// keep the others from their word.
    static constexpr std::chrono::milliseconds longest_turn{400};

    /// One run; throws only if it is cancelled.
    using Perform =
        std::function<boost::asio::awaitable<void>(std::size_t index, probes::SteadyTime scheduled)>;

    /// `idle` is called when the last of what was requested has ended.
    ProbeRuns(boost::asio::any_io_executor executor, std::size_t probes, Perform perform,
              std::function<void()> idle);
    ProbeRuns(const ProbeRuns&) = delete;
    ProbeRuns& operator=(const ProbeRuns&) = delete;
    ~ProbeRuns();

    /// Runs it now. False, and at once, if a run of it is under way.
    boost::asio::awaitable<bool> run(std::size_t index, probes::SteadyTime scheduled);
    /// Runs it when its turn comes, unless it waits for that already or is under way.
    void request(std::size_t index);
    /// Requests them all, and ends when none of them and nothing that their results called for is left, but
    /// at the deadline at the latest.
    boost::asio::awaitable<void> run_all(std::vector<std::size_t> indices, probes::SteadyTime deadline);
    /// Something was requested and has not ended.
    [[nodiscard]] bool busy() const;
    /// Cancels what was requested; no run begins after this.
    void stop();

  private:
    struct State;
    static boost::asio::awaitable<bool> run_one(std::shared_ptr<State> state, std::size_t index,
                                                probes::SteadyTime scheduled);
    static boost::asio::awaitable<void> drain(std::shared_ptr<State> state);

    std::shared_ptr<State> state_;
};

}  // namespace gatewatch::agent
