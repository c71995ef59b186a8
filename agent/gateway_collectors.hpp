// Everything that watches one gateway beside the wire: the token table, the backend's log and PM2's own,
// nginx's configuration, the frontend's page, the environment files. Brings what they find into the evidence,
// the metrics and the notices. Used by GatewayWatch. Lives on the event loop.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "agent/polled_sample.hpp"
#include "agent/workers.hpp"
#include "probes/mysql/token_collector.hpp"
#include "probes/nginx/edge_log.hpp"
#include "probes/pm2/log_collector.hpp"

namespace gatewatch::agent {

class GatewayCollectors {
  public:
    struct Callbacks {
        std::function<void()> sampled;  ///< there is a new sample of any of them
        std::function<void(probes::LogEvent)> log_event;
        std::function<void(probes::EdgeTrouble, probes::nginx::EdgeLog::Age)> edge_trouble;
    };

    /// In the directory `checkpoints`, those that follow logs keep how far they have come; empty: nowhere.
    GatewayCollectors(boost::asio::any_io_executor executor, Workers& workers,
                      const std::filesystem::path& state_directory, const std::filesystem::path& checkpoints,
                      Findings findings, Callbacks callbacks);
    GatewayCollectors(const GatewayCollectors&) = delete;
    GatewayCollectors& operator=(const GatewayCollectors&) = delete;
    ~GatewayCollectors();

    void start();
    void stop();
    /// All of them once, beside their schedule.
    void sample_now();
    /// Those that read files of this host only: a failure has begun, and what they say of its cause must be
    /// of now.
    void look_again();
    /// Those that could not read: what stood in their way is gone, perhaps.
    void try_again();
    /// To be called about once a second: what the log says of itself, and whose samples have gone stale.
    void tick();

    /// The first sample of one of them is still to come.
    [[nodiscard]] bool awaits_first() const;
    [[nodiscard]] std::vector<CollectorReport> reports() const;
    [[nodiscard]] probes::mysql::TokenCollector* mysql() { return mysql_ ? &*mysql_ : nullptr; }
    /// Nothing without one. Shared, since other gateways tell it of their probes as well.
    [[nodiscard]] const std::shared_ptr<probes::pm2::LogCollector>& log() const { return log_; }

  private:
    void add_polled(boost::asio::any_io_executor executor, Workers& workers);
    void on_mysql(probes::MysqlSample sample);
    void add_edge_log(boost::asio::any_io_executor executor, const std::filesystem::path& checkpoints);
    void check_log();
    void check_edge_log();
    void check_mysql_age();

    Findings findings_;
    Callbacks callbacks_;
    std::optional<probes::mysql::TokenCollector> mysql_;
    probes::SteadyTime mysql_sampled_{};  ///< when its last sample came, or sampling began
    std::shared_ptr<probes::pm2::LogCollector> log_;
    std::optional<probes::nginx::EdgeLog> edge_log_;
    std::vector<std::unique_ptr<Polled>> polled_;
};

}  // namespace gatewatch::agent
