// What is known of files beside the open ones: from the checkpoint, and of those that were emptied or let go.
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <ranges>
#include <utility>

#include "probes/follow/follower_impl.hpp"

namespace gatewatch::probes::follow {

namespace fs = std::filesystem;

namespace {

/// So long it is said that the checkpoint could not be used. The counter of possible losses stays.
constexpr std::chrono::minutes start_problem_time{10};

std::string name_of(const Source& source) {
    return (source.directory / source.pattern).native();
}

bool leads_to(const fs::path& path, FileKey key) {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0 && info.st_ino == key.inode && info.st_dev == key.device;
}

}  // namespace

void Follower::Impl::load(SteadyTime now) {
    auto [checkpoint, problem] = checkpoint_.load();
    if (!problem.empty()) {
        ++status_.possible_losses;
        start_problem_ = std::move(problem);
        start_problem_until_ = now + start_problem_time;
    }
    if (!checkpoint) return;
    for (std::size_t i = 0; i < listings_.size(); ++i) {
        listings_[i].known = std::ranges::count(checkpoint->sources, name_of(options_.sources[i])) > 0;
    }
    pending_ = std::move(checkpoint->files);
    unread_.insert(checkpoint->unread.begin(), checkpoint->unread.end());
    more_before_ = checkpoint->more;
}

void Follower::Impl::restore_files(SteadyTime now) {
    std::erase_if(pending_, [&](const FileRecord& record) { return restore_file(record, now); });
}

/// False: it cannot be told yet what has become of the file.
bool Follower::Impl::restore_file(const FileRecord& record, SteadyTime now) {
    const auto source = source_of(record.path);
    if (!source) return true;
    const bool new_name = !names_.contains(record.path);
    auto& name = names_[record.path];
    if (new_name) name = {.source = *source, .id = next_id_++, .listed = false};
    name.key = record.key;
    fs::path path = record.path;
    const bool in_place = leads_to(path, record.key);
    if (!in_place) {
        path.clear();
        std::error_code error;
        fs::directory_iterator entries(options_.sources[*source].directory, error);
        for (; !error && path.empty() && entries != fs::directory_iterator(); entries.increment(error)) {
            if (leads_to(entries->path(), record.key)) path = entries->path();
        }
        if (error) return false;
    }
    auto opened = path.empty() ? std::unexpected(ENOENT) : FollowedFile::open(path);
    if (!opened && opened.error() != ENOENT) return false;
    const bool same = opened && opened->key() == record.key && opened->fits(record.position);
    if (!same) {
        // Emptied, or another file that has got its inode: in its place, it is a new one.
        if (opened && in_place) ++status_.truncations;
        past_.push_back({record.key, record.position});
        dirty_ = true;
        loss(name.id);
        return true;
    }
    OpenFile open{.file = std::move(*opened), .id = name.id, .path = record.path, .quiet_since = now};
    open.file.resume(record.position, record.live_from, record.handed_out, record.empty_as_of);
    files_.push_back(std::move(open));
    dirty_ = true;
    return true;
}

void Follower::Impl::resume(OpenFile& open, const FileRecord& record) {
    if (open.file.fits(record.position)) {
        open.file.resume(record.position, record.live_from, record.handed_out, record.empty_as_of);
        return;
    }
    past_.push_back({record.key, record.position});
    ++status_.truncations;
    loss(open.id);
}

/// A file that was let go and has come back.
bool Follower::Impl::take_from_past(OpenFile& open) {
    for (auto past = past_.rbegin(); past != past_.rend(); ++past) {
        if (past->key != open.file.key() || past->position.seen == 0 || !open.file.fits(past->position))
            continue;
        open.file.resume(past->position, 0, 0);
        return true;
    }
    return false;
}

std::optional<std::size_t> Follower::Impl::source_of(const std::string& path) const {
    const fs::path whole(path);
    for (std::size_t i = 0; i < options_.sources.size(); ++i) {
        const auto& source = options_.sources[i];
        if (whole.parent_path() == source.directory && source.matches(whole.filename().native())) return i;
    }
    return std::nullopt;
}

FileRecord Follower::Impl::record_of(const OpenFile& open) const {
    FileRecord record{.path = open.path,
                      .key = open.file.key(),
                      .position = open.file.position(),
                      .live_from = open.file.live_from(),
                      .handed_out = std::max(open.handing_out, open.file.handed_out()),
                      .empty_as_of = open.file.empty_as_of()};
    // So that what is about to be given is known again, and another file in its place is not taken for it.
    record.position.head = open.file.head_up_to(open.handing_out);
    return record;
}

void Follower::Impl::save() {
    dirty_ = false;
    if (options_.checkpoint.empty()) return;
    Checkpoint checkpoint{.sources = {}, .files = pending_, .unread = {}, .more = more_names_};
    for (const auto& source : options_.sources) checkpoint.sources.push_back(name_of(source));
    for (const auto& open : files_) {
        if (!open.unjudged) checkpoint.files.push_back(record_of(open));
    }
    for (const auto& [path, name] : names_) {
        if (name.error != 0 && name.from == From::end) checkpoint.unread.push_back(path);
    }
    checkpoint_problem_ = checkpoint_.save(checkpoint);
}

void Follower::Impl::judge_copies() {
    for (auto& open : files_) {
        if (!open.unjudged || open.file.size() == 0) continue;
        const auto state = std::pair(open.file.size(), status_.truncations);
        if (open.is_copy && open.judged_at == state) continue;
        open.judged_at = state;
        open.is_copy = is_copy(open);
        open.unjudged = open.is_copy;
    }
}

/// Whether it holds, as far as it goes, the same as another file: a copy that is being made, or stays. What
/// was emptied after it was copied is not read a second time: reading goes on behind it.
bool Follower::Impl::is_copy(OpenFile& open) {
    const auto size = open.file.size();
    const auto goes_on = [&](const Position& past) {
        if (past.seen == 0 || size < past.seen || !open.file.fits(past)) return false;
        open.file.resume(past, 0, 0);
        return true;
    };
    for (const auto& past : past_ | std::views::reverse) {
        if (goes_on(past.position)) return false;
    }
    const auto span = std::min<std::uint64_t>(Position::span, size);
    const auto head = open.file.bytes_at(0, span);
    const auto tail = open.file.bytes_at(size - span, span);
    for (const auto& other : files_) {
        if (&other == &open || other.unjudged) continue;
        if (other.succeeded && goes_on(other.file.position())) return false;
        if (other.file.bytes_at(0, span) == head && other.file.bytes_at(size - span, span) == tail)
            return true;
        if (!other.file.fits(other.file.position())) return true;  // just emptied: the next look decides
    }
    return false;
}

}  // namespace gatewatch::probes::follow
