#include "probes/follow/watcher.hpp"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <utility>

namespace gatewatch::probes::follow {

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

/// What happens in between is looked at together.
constexpr auto least_pause = 50ms;
/// Without a change, or what seems none: inotify says nothing of a file system on another machine, and of a
/// file elsewhere that a symbolic link leads to.
constexpr auto most_pause = 1s;
/// Where there is no inotify.
constexpr auto polling_pause = 200ms;

constexpr std::uint32_t changes = IN_MODIFY | IN_ATTRIB | IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO |
                                  IN_DELETE | IN_DELETE_SELF | IN_MOVE_SELF;

}  // namespace

class Watcher::Impl : public std::enable_shared_from_this<Impl> {
  public:
    Impl(asio::any_io_executor executor, std::vector<std::filesystem::path> directories, Look look)
        : timer_(executor),
          inotify_(executor),
          directories_(std::move(directories)),
          look_(std::move(look)) {}

    void start() {
        if (std::exchange(running_, true)) return;
        const int fd = ::inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
        if (fd >= 0) inotify_.assign(fd);
        turn();
    }

    void stop() {
        running_ = false;
        timer_.cancel();
        boost::system::error_code ignored;
        inotify_.close(ignored);
    }

  private:
    using SteadyDuration = std::chrono::steady_clock::duration;

    /// The watch first and the look after it, so that no change falls between them.
    void turn() {
        const bool watched = watch();
        again_ = false;
        last_ = std::chrono::steady_clock::now();
        const bool more = look_();
        if (!running_) return;  // the look may stop it
        if (more) {
            again_ = true;
            asio::post(timer_.get_executor(), [weak = weak_from_this()] {
                const auto self = weak.lock();
                if (self && self->running_) self->turn();
            });
            return;
        }
        wait(watched ? SteadyDuration(most_pause) : SteadyDuration(polling_pause));
        if (watched && !waiting_for_changes_) wait_for_changes();
    }

    void wait(SteadyDuration pause) {
        timer_.expires_at(last_ + pause);
        timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
            const auto self = weak.lock();
            if (!error && self && self->running_ && !self->again_) self->turn();
        });
    }

    /// True while all directories are watched. A directory that was replaced or came up later gets its watch
    /// at the next turn: adding one that is there already changes nothing.
    bool watch() {
        if (!inotify_.is_open()) return false;
        bool all = true;
        for (const auto& directory : directories_) {
            all = ::inotify_add_watch(inotify_.native_handle(), directory.c_str(), changes) >= 0 && all;
        }
        return all;
    }

    void wait_for_changes() {
        waiting_for_changes_ = true;
        inotify_.async_wait(asio::posix::stream_descriptor::wait_read,
                            [weak = weak_from_this()](const boost::system::error_code& error) {
                                const auto self = weak.lock();
                                if (!self) return;
                                self->waiting_for_changes_ = false;
                                if (!error && self->running_) self->on_changes();
                            });
    }

    /// What has changed does not matter, nor that the queue overflowed: everything is looked at. The queue is
    /// emptied when the look is due, so that a busy log wakes nobody in between.
    void on_changes() {
        if (again_) return;
        timer_.expires_at(last_ + least_pause);
        timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
            const auto self = weak.lock();
            if (error || !self || !self->running_ || self->again_) return;
            self->empty_queue();
            self->turn();
        });
    }

    void empty_queue() {
        std::array<char, 16 * 1024> events;
        while (::read(inotify_.native_handle(), events.data(), events.size()) > 0) {
        }
    }

    asio::steady_timer timer_;
    asio::posix::stream_descriptor inotify_;
    std::vector<std::filesystem::path> directories_;
    Look look_;
    std::chrono::steady_clock::time_point last_{};
    bool running_ = false;
    bool again_ = false;  ///< the next turn is under way already
    bool waiting_for_changes_ = false;
};

Watcher::Watcher(asio::any_io_executor executor, std::vector<std::filesystem::path> directories, Look look)
    : impl_(std::make_shared<Impl>(std::move(executor), std::move(directories), std::move(look))) {}

Watcher::~Watcher() {
    impl_->stop();
}

void Watcher::start() {
    impl_->start();
}

void Watcher::stop() {
    impl_->stop();
}

}  // namespace gatewatch::probes::follow
