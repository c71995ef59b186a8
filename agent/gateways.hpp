// Every gateway under watch and the schedule of its probes. A new configuration leaves those that it does not
// change alone, in the middle of whatever they do; the others are retired, and start anew. Used by the app.
// Lives on the event loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/gateway_watch.hpp"
#include "agent/schedule.hpp"

namespace gatewatch::agent {

class Gateways {
  public:
    /// Recorder and workers outlive the event loop's last turn.
    Gateways(boost::asio::any_io_executor executor, std::filesystem::path state_directory,
             metrics::Recorder& recorder, GatewayWatch::Runner runner, Workers& workers);
    Gateways(const Gateways&) = delete;
    Gateways& operator=(const Gateways&) = delete;
    ~Gateways();

    /// Watches these from now on, and no others; different names. Those that cannot be started are left out,
    /// with a sentence for each.
    [[nodiscard]] std::vector<Text> watch(const std::vector<config::GatewaySettings>& wanted);
    void tick();
    /// Cancels what is under way; it ends with the event loop.
    void stop();

    /// In the order of the file. A coroutine holds what it uses across a wait: it may be retired meanwhile.
    [[nodiscard]] const std::vector<std::shared_ptr<GatewayWatch>>& watches() const { return watches_; }
    /// The settings of those that are watched.
    [[nodiscard]] std::vector<config::GatewaySettings> settings() const;
    /// How many probes run on a schedule.
    [[nodiscard]] std::size_t probes() const;

  private:
    using Jobs = std::vector<std::unique_ptr<Job>>;

    void retire_all_but(const std::vector<config::GatewaySettings>& wanted);
    void start(std::size_t place);

    boost::asio::any_io_executor executor_;
    std::filesystem::path state_directory_;
    metrics::Recorder& recorder_;
    GatewayWatch::Runner runner_;
    Workers& workers_;
    std::vector<std::shared_ptr<GatewayWatch>> watches_;
    std::map<const GatewayWatch*, Jobs> jobs_;  ///< of those that have started
};

}  // namespace gatewatch::agent
