#include "agent/diagnosis/fixes.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "agent/diagnosis/text.hpp"
#include "probes/pm2/log_names.hpp"

namespace gatewatch::agent {
namespace {

std::string url_of(const config::GatewaySettings& gateway, Role role, std::string_view otherwise) {
    const auto* route = config::find_route(gateway, role);
    return std::string(route ? std::string_view(route->url) : otherwise);
}

/// "localhost" may be ::1 for nginx, where Node does not always listen.
std::string without_localhost(std::string url) {
    constexpr std::string_view name = "://localhost";
    const auto at = url.find(name);
    const auto end = at + name.size();
    const bool whole = at != std::string::npos && (end == url.size() || url[end] == ':' || url[end] == '/');
    return whole ? url.replace(at, name.size(), "://127.0.0.1") : url;
}

std::string host_of(std::string_view url) {
    const auto scheme = url.find("://");
    if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
    if (url.starts_with('[')) return std::string(url.substr(0, url.find(']') + 1));
    return std::string(url.substr(0, url.find_first_of(":/")));
}

/// What is behind the host: an explicit port, or that of the scheme.
std::string port_of(std::string_view url) {
    const std::string_view otherwise = url.starts_with("https://") ? "443" : "80";
    const auto host = url.find(host_of(url));
    const auto colon = url.find(':', host + host_of(url).size());
    return std::string(colon == std::string_view::npos ? otherwise : url.substr(colon + 1));
}

bool is_name(std::string_view host) {
    return !host.starts_with('[') && host.find_first_not_of("0123456789.") != std::string_view::npos;
}

}  // namespace

Values values_of(const config::GatewaySettings& gateway) {
    Values values;
    values.public_url = url_of(gateway, Role::public_, url_of(gateway, Role::local, ""));
    values.public_host = host_of(values.public_url);
    values.public_port = port_of(values.public_url);
    values.public_address = fmt::format("{}:{}", values.public_host, values.public_port);
    values.public_by_name = is_name(values.public_host);
    values.local_url = without_localhost(url_of(gateway, Role::local, "http://BACKEND:PORT"));
    values.path = gateway.path;
    values.namespace_ = gateway.namespace_;
    values.origin = config::origin_of(gateway);
    values.app = gateway.pm2 ? gateway.pm2->app : "APP";
    values.pm2_home = gateway.pm2 ? gateway.pm2->home.native() : "~/.pm2";
    std::vector<std::string> logs{"~/.pm2/logs/APP-out*.log", "~/.pm2/logs/APP-error*.log"};
    if (gateway.pm2) logs = probes::pm2::log_patterns(*gateway.pm2);
    values.log_files = fmt::format("{}", fmt::join(logs, " "));
    const bool by_default = !gateway.pm2 || gateway.pm2->files.empty();
    values.out_log = by_default ? logs.front() : values.log_files;
    values.error_log = by_default ? logs.back() : values.log_files;
    if (const auto& mysql = gateway.mysql) {
        values.database = mysql->socket ? mysql->socket->native() : mysql->address;
        values.table = fmt::format("{}.{}", mysql->database, mysql->table);
    }
    const bool zone_known = gateway.mysql && !gateway.mysql->backend_time_zone.empty();
    values.time_zone = zone_known ? gateway.mysql->backend_time_zone : "+00:00";
    return values;
}

Text server_block(const Values& values) {
    if (values.public_by_name) {
        return say("the server block of {}", "{} 的 server 块", values.public_host);
    }
    return say("the server block that listens on {}", "{} 上监听的 server 块", values.public_address);
}

Text address_hint(const Facts& facts) {
    if (facts.has_route(Role::local)) return {};
    return {"Replace BACKEND:PORT by the backend's address.\n", "把 BACKEND:PORT 换成后端的地址。\n"};
}

std::string location_block(const Values& values) {
    return fmt::format(
        "    location {} {{\n"
        "        proxy_pass {};\n"
        "        proxy_http_version 1.1;\n"
        "        proxy_set_header Upgrade $http_upgrade;\n"
        "        proxy_set_header Connection $connection_upgrade;\n"
        "        proxy_set_header Host $host;\n"
        "        proxy_read_timeout 90s;\n"
        "    }}\n",
        values.path, values.local_url);
}

}  // namespace gatewatch::agent
