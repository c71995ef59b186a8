// A file descriptor that is closed when its owner goes. Used by the files of this folder and below that open
// files themselves.
#pragma once

#include <unistd.h>

namespace gatewatch::probes {

class Descriptor {
  public:
    /// Negative: there is none.
    explicit Descriptor(int fd) : fd_(fd) {}
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    [[nodiscard]] int get() const { return fd_; }

  private:
    int fd_;
};

}  // namespace gatewatch::probes
