// A configuration of nginx from anyone's hand: nginx.conf, or the output of `nginx -T`. Includes are looked
// for in a directory that does not exist.
#include <cstdint>
#include <cstdlib>

#include "probes/nginx/nginx_config.hpp"

using namespace gatewatch;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    config::GatewaySettings gateway;
    gateway.routes = {{.role = Role::public_, .url = "http://im.example.com", .ca_file = {}, .http_path = {}},
                      {.role = Role::local, .url = "http://localhost:7002", .ca_file = {}, .http_path = {}}};
    const auto sample = probes::nginx::inspect_text(std::string(reinterpret_cast<const char*>(data), size),
                                                    "/nonexistent/nginx.conf", gateway, std::nullopt);
    // Not up takes words in both languages; a finding has its place.
    if (!sample.up && (sample.detail.en.empty() || sample.detail.zh.empty())) std::abort();
    for (const auto& finding : sample.findings) {
        if (finding.file.empty()) std::abort();
    }
    return 0;
}
