// What a finding in nginx's configuration means, in both languages: for `gatewatch lint-nginx`, for evidence
// lines and for the status page. Pure.
#pragma once

#include "config/text.hpp"
#include "probes/samples.hpp"

namespace gatewatch::agent {

/// One sentence without the place: "location /socket.io/ does not pass the Upgrade header on".
[[nodiscard]] Text describe(const probes::NginxFinding& finding);

/// "/etc/nginx/conf.d/im.conf:32"
[[nodiscard]] std::string place_of(const probes::NginxFinding& finding);

}  // namespace gatewatch::agent
