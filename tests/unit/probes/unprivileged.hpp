// Root may read and write everything, so a test of what is forbidden takes the rights of nobody for its time.
// Used by the tests of log files and of the checkpoint.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <vector>

namespace gatewatch::probes {

class Unprivileged {
  public:
    /// `own` are given to nobody, where nobody is taken.
    explicit Unprivileged(const std::vector<std::filesystem::path>& own) {
        if (::geteuid() != 0) return;
        constexpr uid_t nobody = 65534;
        for (const auto& path : own) {
            if (::chown(path.c_str(), nobody, nobody) != 0) throw std::runtime_error("chown");
        }
        if (::seteuid(nobody) != 0) throw std::runtime_error("seteuid");
        dropped_ = true;
    }
    Unprivileged(const Unprivileged&) = delete;
    Unprivileged& operator=(const Unprivileged&) = delete;
    ~Unprivileged() {
        if (dropped_ && ::seteuid(0) != 0) std::abort();
    }

  private:
    bool dropped_ = false;
};

}  // namespace gatewatch::probes
