// The collector nginx_log: follows nginx's access log, its error log, or both, and tells what came for the
// Socket.IO path and what nginx had to say of its upstream. Used by agent/gateway_collectors.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <functional>
#include <memory>

#include "config/settings.hpp"
#include "probes/samples.hpp"

namespace gatewatch::probes::nginx {

/// All member functions are called on the executor's thread, and so are the callbacks. Files that exist at
/// the first start are followed from their end, later on from where the checkpoints say.
class EdgeLog {
  public:
    /// Lines that were written while nobody followed the log say nothing of the present; they count all the
    /// same.
    enum class Age { recent, old };
    struct Callbacks {
        std::function<void(const EdgeRequest&, Age)> request;
        std::function<void(const EdgeTrouble&, Age)> trouble;
    };

    /// For a gateway whose [gateway.nginx] names a log. The checkpoints are kept in the state directory;
    /// empty: nowhere.
    EdgeLog(boost::asio::any_io_executor executor, const config::GatewaySettings& gateway,
            const std::filesystem::path& state_directory, Callbacks callbacks);
    EdgeLog(const EdgeLog&) = delete;
    EdgeLog& operator=(const EdgeLog&) = delete;
    ~EdgeLog();

    void start();
    void stop();
    [[nodiscard]] EdgeLogStatus status() const;

  private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

[[nodiscard]] bool follows_logs(const config::NginxSettings& nginx);

}  // namespace gatewatch::probes::nginx
