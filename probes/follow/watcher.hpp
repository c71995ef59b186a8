// Says when log files are worth another look: at a change in their directories (inotify), at most every
// 50 ms, and every second even without one; where inotify is not to be had (no watches or instances left, a
// file system that has none, a queue that overflowed), every 200 ms. Used by the collectors that follow logs.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

namespace gatewatch::probes::follow {

class Watcher {
  public:
    /// Looks, and returns whether there is more to read already: then it is called again soon, after the
    /// event loop had its turn.
    using Look = std::function<bool()>;

    Watcher(boost::asio::any_io_executor executor, std::vector<std::filesystem::path> directories, Look look);
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;
    ~Watcher();

    /// The first look is at once, within this call.
    void start();
    /// No look comes after this. May be called from within a look.
    void stop();

  private:
    class Impl;
    std::shared_ptr<Impl> impl_;
};

}  // namespace gatewatch::probes::follow
