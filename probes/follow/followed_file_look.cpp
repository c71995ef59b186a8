// Whether an open file is still the one that was read, only longer: its look, and what is compared around
// each read.
#include <time.h>

#include <algorithm>
#include <utility>

#include "probes/follow/followed_file.hpp"

namespace gatewatch::probes::follow {
namespace {

/// Two changes within one tick of the kernel's clock bear the same time. Ticks are 10 ms at most.
constexpr std::int64_t two_ticks = 20'000'000;

std::int64_t nanoseconds(const timespec& time) {
    return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

std::int64_t change_time(const struct stat& info) {
    return nanoseconds(info.st_ctim);
}

std::int64_t modification_time(const struct stat& info) {
    return nanoseconds(info.st_mtim);
}

bool is_settled(std::int64_t change_time) {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return change_time + two_ticks < nanoseconds(now);
}

bool FollowedFile::fits(const Position& position) const {
    const auto& [line_start, seen, head, tail, skipping] = position;
    return fingerprint(bytes_at(0, head.size)) == head &&
           fingerprint(bytes_at(seen - tail.size, tail.size)) == tail;
}

FollowedFile::Change FollowedFile::look() {
    struct stat info{};
    if (::fstat(fd_, &info) != 0) return Change::none;
    const auto size = static_cast<std::uint64_t>(info.st_size);
    const auto changed = change_time(info);
    removed_ = info.st_nlink == 0;
    if (size == size_ && changed == changed_ && settled_) return Change::none;
    const bool shrunk = size < size_;
    const bool was_empty = size_ == 0;
    settled_ = is_settled(changed);
    size_ = size;
    changed_ = changed;
    if (size < position_.seen || !fits(position_)) {
        former_ = std::exchange(position_, {});
        live_from_ = 0;
        handed_out_ = 0;
        // It may have been emptied after its size was asked for.
        if (::fstat(fd_, &info) == 0) size_ = static_cast<std::uint64_t>(info.st_size);
        settled_ = false;
        modified_ = modification_time(info);
        doubtful_.reset();
        return Change::emptied;
    }
    const bool lost = lost_unseen(was_empty, info);
    // So that another content is noticed before anything of this one has been read.
    if (position_.seen == 0) position_.head = head_up_to(size_);
    return shrunk || lost ? Change::cut : Change::none;
}

/// Whether an empty file has been filled and emptied again since the last look. Only the time of modification
/// tells. A writer sets it a moment before the size, so that a file that is empty still may be about to grow.
bool FollowedFile::lost_unseen(bool was_empty, const struct stat& info) {
    const auto modified = modification_time(info);
    if (was_empty && size_ == 0) {
        if (modified == modified_) return false;
        if (!is_settled(std::min(modified, changed_))) {
            doubtful_ = modified;
            return false;
        }
        modified_ = modified;
        doubtful_.reset();
        return true;
    }
    modified_ = modified;
    const auto doubtful = std::exchange(doubtful_, std::nullopt);
    // It has grown by that write, or by a later one: then that one may have been lost.
    return doubtful && *doubtful != modified;
}

std::optional<std::int64_t> FollowedFile::empty_as_of() const {
    return size_ == 0 && position_.seen == 0 ? std::optional(modified_) : std::nullopt;
}

Fingerprint FollowedFile::head_up_to(std::uint64_t offset) const {
    const auto size = std::min<std::uint64_t>(Position::span, offset);
    return position_.head.size < size ? fingerprint(bytes_at(0, size)) : position_.head;
}

/// Head, tail and `seen` once these bytes are read. Nothing if the file was emptied while they were read, so
/// that they may be partly of the old content and partly of the new. Asked after reading: had it been emptied
/// before the end of it, what was known before would not stand there any more.
std::optional<Position> FollowedFile::position_after(std::string_view bytes, std::uint64_t from) const {
    Position next = position_;
    next.seen = from + bytes.size();
    const auto head_size = std::max(position_.head.size, std::min<std::uint64_t>(Position::span, next.seen));
    const std::string head = bytes_at(0, head_size);
    if (head.size() < head_size) return std::nullopt;
    if (fingerprint(std::string_view(head).substr(0, position_.head.size)) != position_.head)
        return std::nullopt;
    const auto both = std::min<std::uint64_t>(head_size, next.seen);
    if (from < both && !bytes.starts_with(std::string_view(head).substr(from, both - from)))
        return std::nullopt;
    const auto tail = bytes_at(position_.seen - position_.tail.size, position_.tail.size);
    if (fingerprint(tail) != position_.tail) return std::nullopt;
    if (next.head.size < head_size) next.head = fingerprint(head);
    const auto tail_size = std::min<std::uint64_t>(Position::span, next.seen);
    next.tail = fingerprint(bytes.substr(bytes.size() - tail_size));
    return next;
}

}  // namespace gatewatch::probes::follow
