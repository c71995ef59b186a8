// Follows the log files that PM2 keeps for the backend and turns their lines into events, telling the
// connections of this agent's own probes from those of users by the namespace sid. Used by the agent's app
// and by `check`.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "config/settings.hpp"
#include "probes/samples.hpp"

namespace gatewatch::probes::pm2 {

/// All member functions are called on the executor's thread, and so is the callback. Files go on where the
/// checkpoint says; without one, those that exist at start() are followed from their end. Files that come up
/// later are followed from their beginning.
class LogCollector {
  public:
    /// An event whose origin is settled: attempts are held back until the probe that may own them has told
    /// its sid, at most about two seconds.
    using OnEvent = std::function<void(const LogEvent&)>;

    /// With an empty `checkpoint` it keeps none: `check` must not disturb that of the daemon.
    LogCollector(boost::asio::any_io_executor executor, const config::Pm2Settings& settings,
                 const std::filesystem::path& state_directory, const std::filesystem::path& checkpoint,
                 OnEvent on_event);
    LogCollector(const LogCollector&) = delete;
    LogCollector& operator=(const LogCollector&) = delete;
    ~LogCollector();

    void start();
    /// For good. What it is told after this goes nowhere: another collector may go on with its checkpoint.
    void stop();
    /// A probe that will send CONNECT begins; the id is the caller's own.
    void probe_started(std::uint64_t run);
    /// It was acknowledged under this sid, and goes on. `last`: it will send no further CONNECT, however long
    /// it lasts. `here`: over a route that leads to the backend of this log.
    void probe_connected(std::uint64_t run, const std::string& sid, bool last, bool here = false);
    /// It ended: its sids are synthetic, or, if connect_sent without a sid, the attempts of its window are
    /// unknown.
    void probe_finished(std::uint64_t run, const Outcome& outcome);
    [[nodiscard]] LogStatus status() const;

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

/// Leaves the sids of a `check` for the daemon that watches the same log, so that it counts them as
/// synthetic: a file in the state directory, for the same user only; root leaves it to the directory's owner.
/// Errors are returned as text; empty if it worked. Waits at most 0.2 s for somebody else's lock.
[[nodiscard]] Text leave_sids(const std::filesystem::path& state_directory,
                              const std::vector<std::string>& sids);

}  // namespace gatewatch::probes::pm2
