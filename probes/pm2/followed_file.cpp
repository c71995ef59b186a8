#include "probes/pm2/followed_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace gatewatch::probes::pm2 {
namespace {

/// So much is read again before the end at which a file is taken up: enough for connections that wait for a
/// verdict.
constexpr std::uint64_t look_back = 64 * 1024;

std::int64_t change_time(const struct stat& info) {
    return static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000'000 + info.st_mtim.tv_nsec;
}

FileKey key_of(const struct stat& info) {
    return {.device = info.st_dev, .inode = info.st_ino};
}

}  // namespace

std::expected<FollowedFile, int> FollowedFile::open(const std::filesystem::path& path, From from) {
    // Asked before opening too, since opening a device may already do something.
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return std::unexpected(errno);
    if (!S_ISREG(info.st_mode)) return std::unexpected(ESPIPE);
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) return std::unexpected(errno);
    FollowedFile file(fd, {});
    if (::fstat(fd, &info) != 0) return std::unexpected(errno);
    if (!S_ISREG(info.st_mode)) return std::unexpected(ESPIPE);
    file.key_ = key_of(info);
    file.size_ = static_cast<std::uint64_t>(info.st_size);
    if (from == From::end) file.start_near_end();
    return file;
}

FollowedFile::FollowedFile(FollowedFile&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      key_(other.key_),
      marker_(std::move(other.marker_)),
      splitter_(std::move(other.splitter_)),
      size_(other.size_),
      live_from_(other.live_from_),
      changed_(other.changed_) {}

FollowedFile& FollowedFile::operator=(FollowedFile&& other) noexcept {
    if (this == &other) return *this;
    if (fd_ >= 0) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
    key_ = other.key_;
    marker_ = std::move(other.marker_);
    splitter_ = std::move(other.splitter_);
    size_ = other.size_;
    live_from_ = other.live_from_;
    changed_ = other.changed_;
    return *this;
}

FollowedFile::~FollowedFile() {
    if (fd_ >= 0) ::close(fd_);
}

std::string FollowedFile::bytes_at(std::uint64_t offset, std::size_t count) const {
    std::string bytes(count, '\0');
    const auto got = ::pread(fd_, bytes.data(), count, static_cast<off_t>(offset));
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return bytes;
}

void FollowedFile::start_near_end() {
    live_from_ = size_;
    const auto start = size_ > look_back ? size_ - look_back : 0;
    if (start == 0) return;
    marker_.place(start, bytes_at(0, Marker::span), bytes_at(start - Marker::span, Marker::span));
    if (bytes_at(start - 1, 1) != "\n") splitter_.skip_to_next_line();
}

void FollowedFile::check_identity(const FileSink& sink) {
    struct stat info{};
    if (::fstat(fd_, &info) != 0) return;
    const auto size = static_cast<std::uint64_t>(info.st_size);
    const auto changed = change_time(info);
    if (size == size_ && changed == changed_) return;
    changed_ = changed;
    const auto head = bytes_at(0, marker_.head_size());
    const auto tail = bytes_at(marker_.offset() - marker_.tail_size(), marker_.tail_size());
    const auto change = marker_.judge(size, head, tail);
    const bool emptied = change == Change::shrunk || change == Change::rewritten;
    if (emptied) {
        // What stood behind the offset at the last look, or was only begun, or came and went since: nobody
        // has read it.
        const bool lost = change == Change::rewritten || lag() > 0 || splitter_.has_partial();
        marker_ = {};
        splitter_ = {};
        live_from_ = 0;
        sink.truncated(lost);
    }
    size_ = size;
}

std::size_t FollowedFile::step(std::size_t budget, const FileSink& sink) {
    check_identity(sink);
    std::array<char, 64 * 1024> buffer;
    std::size_t done = 0;
    while (done < budget && lag() > 0) {
        // The lines before the start end where those after it begin, so that no read spans both.
        const auto limit = marker_.offset() < live_from_ ? live_from_ - marker_.offset() : buffer.size();
        const auto count = std::min<std::uint64_t>(limit, buffer.size());
        const auto got = ::pread(fd_, buffer.data(), count, static_cast<off_t>(marker_.offset()));
        if (got <= 0) break;
        const std::string_view bytes(buffer.data(), static_cast<std::size_t>(got));
        feed(bytes, sink);
        done += bytes.size();
    }
    return done;
}

void FollowedFile::feed(std::string_view bytes, const FileSink& sink) {
    const bool before_start = marker_.offset() < live_from_;
    marker_.advance(bytes);
    const auto too_long =
        splitter_.feed(bytes, [&](std::string_view line) { sink.line(line, before_start); });
    for (std::size_t i = 0; i < too_long; ++i) sink.oversized();
}

void FollowedFile::finish(const FileSink& sink) {
    const auto partial = splitter_.take_partial();
    if (!partial.empty()) sink.line(partial, false);
}

}  // namespace gatewatch::probes::pm2
