// Reads lines of nginx's access log by their log_format: what came for the Socket.IO path, and what nginx
// answered. Lines come from the network: whatever a client sends stands in them. Used by edge_log.cpp. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "config/nginx_log_format.hpp"
#include "probes/nginx/edge_target.hpp"
#include "probes/samples.hpp"

namespace gatewatch::probes::nginx {

class AccessLog {
  public:
    AccessLog(config::NginxLogFormat format, EdgeTarget target);

    enum class Fit {
        no,       ///< the line is not of this format
        foreign,  ///< another path or another virtual host
        own,      ///< for the Socket.IO path of the gateway
    };
    /// Without its line feed. `request` is filled in, but for `seen`, where the line is the gateway's own.
    [[nodiscard]] Fit read(std::string_view line, EdgeRequest& request) const;

  private:
    config::NginxLogFormat format_;
    EdgeTarget target_;
};

[[nodiscard]] EdgeStatus edge_status(unsigned code);

}  // namespace gatewatch::probes::nginx
