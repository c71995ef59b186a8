// The daemon: the one place that names everything and puts it together, in the order of construction. Used by
// `gatewatch run`.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "agent/gateways.hpp"
#include "agent/loop_lag.hpp"
#include "agent/metrics/recorder.hpp"
#include "agent/reloads.hpp"
#include "agent/run_limit.hpp"
#include "agent/signals.hpp"
#include "agent/web/endpoints.hpp"
#include "agent/web/server.hpp"
#include "agent/workers.hpp"
#include "config/settings.hpp"

namespace gatewatch::agent {

class App {
  public:
    /// `config_file` is where the settings come from, and where a reload looks for new ones.
    App(config::Settings settings, std::filesystem::path config_file, GatewayWatch::Runner runner);
    App(const App&) = delete;
    App& operator=(const App&) = delete;

    /// Runs until SIGTERM or SIGINT: 0. Or 2 if it cannot start, having said why in the log.
    int run();

  private:
    void tick();
    void on_signal(int signal);
    void stop();
    boost::asio::awaitable<Reloaded> reload();
    [[nodiscard]] Reloaded put_in_force(const config::Loaded& loaded);
    [[nodiscard]] Reloaded refuse(std::vector<Text> problems, std::string_view outcome);
    [[nodiscard]] web::Sources sources();
    boost::asio::awaitable<std::string> render_metrics();
    bool run_now();
    boost::asio::awaitable<void> run_all();
    [[nodiscard]] Text not_ready() const;
    [[nodiscard]] Report report() const;

    config::Settings settings_;  ///< as they stand in the file; those that are watched have the last word
    std::string address_;        ///< of the web server; a free port has got its number
    boost::asio::io_context loop_{1};
    boost::asio::thread_pool render_pool_{1};
    Workers workers_;
    Workers reload_worker_;  ///< of its own, so that no file that hangs keeps its mend from being read
    metrics::Recorder recorder_;
    Gateways gateways_;
    ConfigFile config_file_;
    Reloads reloads_;
    web::Endpoints endpoints_;
    web::Server server_;
    boost::asio::steady_timer ticks_;
    LoopLag lag_;
    Signals signals_;
    RunLimit run_limit_;
    boost::asio::cancellation_signal run_now_cancel_;
    bool stopping_ = false;
};

}  // namespace gatewatch::agent
