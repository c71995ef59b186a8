#include "probes/pm2/left_sids.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>
#include <thread>

#include "probes/descriptor.hpp"
#include "probes/pm2/line_parser.hpp"
#include "probes/pm2/log_collector.hpp"

namespace gatewatch::probes::pm2 {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes lifetime{10};
/// When the file is larger, old entries are dropped; a reader looks no further.
constexpr std::size_t tidy_above = 64 * 1024;
constexpr std::size_t most_bytes = 256 * 1024;

/// Somebody else's lock must not keep a `check` from its end.
constexpr int lock_attempts = 20;
constexpr std::chrono::milliseconds lock_pause{10};

fs::path file_in(const fs::path& state_directory) {
    return state_directory / "check-sids";
}

/// Nobody else can open the file, and so nobody else can lock it. One that root makes belongs to the
/// directory's owner, the daemon's user.
int open_to_write(const fs::path& path, const fs::path& directory) {
    constexpr int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW;
    const int made = ::open(path.c_str(), flags | O_CREAT | O_EXCL, 0600);
    if (made < 0) return errno == EEXIST ? ::open(path.c_str(), flags) : made;
    struct stat owner{};
    if (::geteuid() == 0 && ::stat(directory.c_str(), &owner) == 0 &&
        ::fchown(made, owner.st_uid, owner.st_gid) != 0) {
        const int error = errno;
        ::unlink(path.c_str());
        ::close(made);
        errno = error;
        return -1;
    }
    return made;
}

bool lock(int fd) {
    for (int attempt = 0; attempt < lock_attempts; ++attempt) {
        if (attempt > 0) std::this_thread::sleep_for(lock_pause);
        if (::flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
        if (errno != EWOULDBLOCK && errno != EINTR) return false;
    }
    errno = EWOULDBLOCK;
    return false;
}

std::string content_of(int fd) {
    std::string content(most_bytes, '\0');
    const auto got = ::pread(fd, content.data(), content.size(), 0);
    content.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return content;
}

/// The sid of a line "<epoch seconds> <sid>", if it is one and young enough.
std::optional<std::string> young_sid(std::string_view line, WallTime now) {
    std::int64_t seconds = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), seconds);
    if (error != std::errc() || end == line.data() + line.size() || *end != ' ') return std::nullopt;
    const auto sid = line.substr(static_cast<std::size_t>(end - line.data()) + 1);
    const auto age = now - WallTime(std::chrono::seconds(seconds));
    if (!is_sid(sid) || age > lifetime || age < -lifetime) return std::nullopt;
    return std::string(sid);
}

template <class Action>
void for_each_line(std::string_view text, Action action) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos) return;
        action(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
}

bool write_all(int fd, std::string_view text) {
    return ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

}  // namespace

LeftSids::LeftSids(const fs::path& state_directory) : file_(file_in(state_directory)) {}

std::vector<std::string> LeftSids::poll(WallTime now) {
    struct stat info{};
    if (::stat(file_.c_str(), &info) != 0) return {};
    const auto changed =
        static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec;
    if (changed == changed_ && info.st_size == size_) return {};
    // Without a lock, so that nobody's can keep it from being read. Lines count when they are whole, and a
    // file that is being written has changed since: it is read again at the next turn.
    const Descriptor file(::open(file_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW));
    if (file.get() < 0) return {};
    changed_ = changed;
    size_ = info.st_size;
    std::vector<std::string> sids;
    for_each_line(content_of(file.get()), [&](std::string_view line) {
        if (auto sid = young_sid(line, now)) sids.push_back(*std::move(sid));
    });
    return sids;
}

Text leave_sids(const fs::path& state_directory, const std::vector<std::string>& sids) {
    const auto now = std::chrono::system_clock::now();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
    std::string lines;
    for (const auto& sid : sids) {
        if (is_sid(sid)) lines += fmt::format("{} {}\n", seconds, sid);
    }
    if (lines.empty()) return {};
    const auto path = file_in(state_directory);
    const auto failure = [&](int error) {
        return say(
            "cannot leave the ids of these probes in {}: {}; a daemon that watches the same log counts them "
            "as users, so let this user write to state_directory",
            "无法把这些探测的 id 写入 {}：{}；跟踪同一日志的守护进程会把它们算作用户，请让当前用户可以写入 "
            "state_directory",
            path.native(), std::strerror(error));
    };
    const Descriptor file(open_to_write(path, state_directory));
    if (file.get() < 0) return failure(errno);
    if (!lock(file.get())) {
        if (errno != EWOULDBLOCK) return failure(errno);
        return say(
            "cannot leave the ids of these probes in {0}: another process has locked it; a daemon that "
            "watches the same log counts them as users; 'fuser -v {0}' names that process",
            "无法把这些探测的 id 写入 {0}：另一个进程锁定了该文件；跟踪同一日志的守护进程会把它们算作用户；"
            "“fuser -v {0}”可查出该进程",
            path.native());
    }
    struct stat info{};
    if (::fstat(file.get(), &info) == 0 && static_cast<std::size_t>(info.st_size) > tidy_above) {
        std::string kept;
        for_each_line(content_of(file.get()), [&](std::string_view line) {
            if (young_sid(line, now)) kept.append(line).append("\n");
        });
        if (::ftruncate(file.get(), 0) != 0) return failure(errno);
        lines.insert(0, kept);
    }
    if (!write_all(file.get(), lines)) return failure(errno);
    return {};
}

}  // namespace gatewatch::probes::pm2
