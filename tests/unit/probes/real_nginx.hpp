// A real nginx for tests: what `nginx -t` says of a configuration, and one that runs on a loopback port.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

namespace gatewatch::probes::nginx::test {

/// What a configuration for tests begins with: files under the directory, no daemon, and `events`.
[[nodiscard]] std::string preamble(const std::filesystem::path& directory);
/// Temporary paths under the directory, for the http block.
[[nodiscard]] std::string temporary_paths(const std::filesystem::path& directory);

/// Empty if nginx accepts the file, else what it says.
[[nodiscard]] std::string refused_by_nginx(const std::filesystem::path& directory,
                                           const std::filesystem::path& file);

[[nodiscard]] std::uint16_t free_port();

/// Runs until it is destroyed; throws std::runtime_error if nginx does not come up.
class RealNginx {
  public:
    RealNginx(const std::filesystem::path& directory, const std::filesystem::path& file, std::uint16_t port);
    ~RealNginx();
    RealNginx(const RealNginx&) = delete;
    RealNginx& operator=(const RealNginx&) = delete;

    /// The head of its answer to a GET.
    [[nodiscard]] std::string get(const std::string& host, const std::string& path) const;

  private:
    std::uint16_t port_;
    ::pid_t pid_ = -1;
};

}  // namespace gatewatch::probes::nginx::test
