#include "probes/follow/followed_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace gatewatch::probes::follow {
namespace {

/// So much is read again before the place at which a file is taken up: enough for connections that wait for a
/// verdict.
constexpr std::uint64_t look_back = 64 * 1024;

void hand_out(std::string_view lines, Reading reading, const FileSink& sink) {
    if (lines.empty()) return;
    if (!lines.contains('\0')) return sink.lines(lines, reading);
    std::string without_nul;
    std::ranges::copy_if(lines, std::back_inserter(without_nul), [](char c) { return c != '\0'; });
    sink.lines(without_nul, reading);
}

}  // namespace

std::expected<FollowedFile, int> FollowedFile::open(const std::filesystem::path& path) {
    // Asked before opening too, since opening a device may already do something.
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) return std::unexpected(errno);
    if (!S_ISREG(info.st_mode)) return std::unexpected(ESPIPE);
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) return std::unexpected(errno);
    FollowedFile file(fd, {});
    if (::fstat(fd, &info) != 0) return std::unexpected(errno);
    if (!S_ISREG(info.st_mode)) return std::unexpected(ESPIPE);
    file.key_ = {.device = info.st_dev, .inode = info.st_ino};
    file.size_ = static_cast<std::uint64_t>(info.st_size);
    file.changed_ = change_time(info);
    file.modified_ = modification_time(info);
    return file;
}

FollowedFile::FollowedFile(FollowedFile&& other) noexcept {
    *this = std::move(other);
}

FollowedFile& FollowedFile::operator=(FollowedFile&& other) noexcept {
    if (this == &other) return *this;
    if (fd_ >= 0) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
    key_ = other.key_;
    position_ = std::move(other.position_);
    former_ = std::move(other.former_);
    live_from_ = other.live_from_;
    handed_out_ = other.handed_out_;
    size_ = other.size_;
    changed_ = other.changed_;
    modified_ = other.modified_;
    doubtful_ = other.doubtful_;
    settled_ = other.settled_;
    removed_ = other.removed_;
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

void FollowedFile::take_up_at(std::uint64_t offset) {
    live_from_ = offset;
    const auto start = offset > look_back ? offset - look_back : 0;
    const auto span = std::min<std::uint64_t>(Position::span, start);
    position_ = {.line_start = start,
                 .seen = start,
                 .head = fingerprint(bytes_at(0, span)),
                 .tail = fingerprint(bytes_at(start - span, span)),
                 .skipping = start > 0 && bytes_at(start - 1, 1) != "\n"};
}

void FollowedFile::resume(Position position, std::uint64_t live_from, std::uint64_t handed_out,
                          std::optional<std::int64_t> empty_as_of) {
    position_ = std::move(position);
    live_from_ = live_from;
    handed_out_ = handed_out;
    modified_ = empty_as_of.value_or(modified_);
}

bool FollowedFile::read(Buffer& buffer, std::uint64_t limit, const FileSink& sink) {
    limit = std::min(limit, size_);
    while (position_.seen < limit) {
        const auto from = std::min(position_.line_start, position_.seen - position_.tail.size);
        const auto known = position_.seen - from;
        const auto count = known + std::min<std::uint64_t>(chunk, limit - position_.seen);
        const auto got = ::pread(fd_, buffer.get(), count, static_cast<off_t>(from));
        if (got < 0) return true;
        const std::string_view bytes(buffer.get(), static_cast<std::size_t>(got));
        auto next = bytes.size() > known ? position_after(bytes, from) : std::nullopt;
        if (!next) {
            settled_ = false;
            return false;
        }
        position_.head = std::move(next->head);
        position_.tail = std::move(next->tail);
        cut_lines(bytes, from, sink);
    }
    return true;
}

/// `bytes` stand at `from`: known ones up to position_.seen, and new ones behind.
void FollowedFile::cut_lines(std::string_view bytes, std::uint64_t from, const FileSink& sink) {
    constexpr auto none = std::string_view::npos;
    const auto fresh = static_cast<std::size_t>(position_.seen - from);
    auto begin = static_cast<std::size_t>(position_.line_start - from);
    auto end = bytes.find('\n', fresh);
    if (std::exchange(position_.skipping, false)) {
        begin = end == none ? bytes.size() : end + 1;
        position_.skipping = end == none;
        if (end != none) end = bytes.find('\n', begin);
    }
    // NUL at the beginning of a line is a sparse hole: it may be longer than memory.
    const auto past_hole = [&](std::size_t at) {
        return std::min(bytes.find_first_not_of('\0', at), bytes.size());
    };
    begin = past_hole(begin);
    if (end != none) {
        if (end > begin && end - begin > max_line_bytes) {
            sink.oversized();
            begin = end + 1;
        }
        const auto last = bytes.rfind('\n') + 1;
        if (last > begin) give(bytes.substr(begin, last - begin), from + begin, sink);
        begin = past_hole(std::max(begin, last));
    } else if (bytes.size() - begin > max_line_bytes) {
        sink.oversized();
        position_.skipping = true;
        begin = bytes.size();
    }
    position_.line_start = from + begin;
    position_.seen = from + bytes.size();
}

/// Whole lines, the first of which stands at `start`.
void FollowedFile::give(std::string_view lines, std::uint64_t start, const FileSink& sink) const {
    const auto up_to = [&](std::uint64_t limit, Reading reading) {
        if (limit <= start) return;
        auto part = lines.substr(0, limit - start);
        part = part.substr(0, part.rfind('\n') + 1);
        hand_out(part, reading, sink);
        lines.remove_prefix(part.size());
        start += part.size();
    };
    up_to(live_from_, Reading::before_start);
    up_to(handed_out_, Reading::again);
    hand_out(lines, Reading::fresh, sink);
}

void FollowedFile::finish(Buffer& buffer, const FileSink& sink) {
    const auto [line_start, seen] = std::pair(position_.line_start, position_.seen);
    const auto count = static_cast<std::size_t>(seen - line_start);
    if (position_.skipping || count == 0 || !fits(position_)) return;
    if (::pread(fd_, buffer.get(), count, static_cast<off_t>(line_start)) != static_cast<ssize_t>(count))
        return;
    buffer[count] = '\n';
    position_.line_start = seen;
    const auto after_start = seen <= handed_out_ ? Reading::again : Reading::fresh;
    const auto reading = seen <= live_from_ ? Reading::before_start : after_start;
    hand_out({buffer.get(), count + 1}, reading, sink);
}

}  // namespace gatewatch::probes::follow
