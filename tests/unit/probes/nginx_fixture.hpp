// A configuration as text, what inspect() finds in it, and a real nginx to ask the same. Used by the
// nginx_*_test.cpp files.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "probes/nginx/nginx_config.hpp"

namespace gatewatch::probes::nginx::test {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

inline config::GatewaySettings gateway(std::string url = "http://im.example.com") {
    config::GatewaySettings settings;
    settings.name = "im";
    settings.routes = {{.role = Role::public_, .url = std::move(url), .ca_file = {}, .http_path = {}},
                       {.role = Role::local, .url = "http://localhost:7002", .ca_file = {}, .http_path = {}}};
    return settings;
}

inline NginxSample look(const std::string& text, const config::GatewaySettings& settings = gateway()) {
    return inspect_text(text, "/etc/nginx/nginx.conf", settings, std::nullopt);
}

/// A whole nginx.conf: `http` outside of the server, `server` inside of it, `location` in /socket.io/.
struct Parts {
    std::string http = {};
    std::string server = {};
    std::string location = {};
    std::string pass = "proxy_pass http://127.0.0.1:7002;";
};

inline const std::string map_block =
    "    map $http_upgrade $connection_upgrade {\n        default upgrade;\n        '' close;\n    }\n";
inline const std::string good_headers =
    "            proxy_set_header Upgrade $http_upgrade;\n"
    "            proxy_set_header Connection $connection_upgrade;\n";
inline const std::string quiet = "            proxy_http_version 1.1;\n            proxy_buffering off;\n";

/// Line 7 is `server {`, line 10 `location /socket.io/ {`, unless `http` has lines of its own.
inline std::string conf(const Parts& parts) {
    return "events {}\nhttp {\n" + map_block + parts.http + "    server {\n        listen 80;\n" +
           "        server_name im.example.com;\n" + parts.server +
           "        location /socket.io/ {\n            " + parts.pass + "\n" + parts.location +
           "        }\n    }\n}\n";
}

/// "upgrade_not_passed!" for a problem, "http_version" for a note.
inline std::vector<std::string> faults(const NginxSample& sample) {
    std::vector<std::string> names;
    for (const auto& finding : sample.findings)
        names.push_back(std::string(name_of(finding.fault)) + (finding.problem ? "!" : ""));
    return names;
}

inline const NginxFinding& finding_of(const NginxSample& sample, NginxFault fault) {
    for (const auto& finding : sample.findings) {
        if (finding.fault == fault) return finding;
    }
    ADD_FAILURE() << "no finding " << name_of(fault);
    static const NginxFinding none;
    return none;
}

/// A directory for one test, gone with it.
class Directory {
  public:
    Directory() {
        auto pattern = (fs::temp_directory_path() / "gatewatch-nginx-XXXXXX").native();
        if (!::mkdtemp(pattern.data())) throw std::runtime_error("mkdtemp");
        path_ = pattern;
    }
    ~Directory() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;

    fs::path write(const std::string& name, const std::string& text) const {
        const auto file = path_ / name;
        fs::create_directories(file.parent_path());
        std::ofstream(file, std::ios::binary) << text;
        return file;
    }
    const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

}  // namespace gatewatch::probes::nginx::test
