// What the web server serves: one table of paths. Knows the agent only through Sources, so that tests give it
// their own. Used by the app.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <string>

#include "agent/reloads.hpp"
#include "agent/report.hpp"
#include "agent/web/server.hpp"

namespace gatewatch::agent::web {

struct Sources {
    std::function<asio::awaitable<std::string>()> metrics;  ///< rendered off the event loop
    std::function<Text()> not_ready;                        ///< why not, in one line; empty if ready
    std::function<Report()> report;
    /// Runs the configured probes now, all of them once; false if such a run is under way or began a moment
    /// ago.
    std::function<bool()> run_now;
    /// Reads the configuration again. Comes back with what came of a reading that began after the call.
    std::function<asio::awaitable<Reloaded>()> reload;
};

class Endpoints {
  public:
    explicit Endpoints(Sources sources) : sources_(std::move(sources)) {}

    asio::awaitable<Reply> handle(Request request) const;

  private:
    Sources sources_;
};

}  // namespace gatewatch::agent::web
