// The names in the directories, and which files they stand for.
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "probes/follow/follower_impl.hpp"

namespace gatewatch::probes::follow {

namespace fs = std::filesystem;

namespace {

/// A target of a symbolic link may be swapped without a change of the directory.
constexpr std::chrono::seconds longest_between_listings{1};
/// A listing of more names costs so much that it is done no more often than that.
constexpr std::size_t many_names = 2000;
constexpr std::size_t most_names = 50'000;

bool is_missing(int error) {
    return error == ENOENT || error == ENOTDIR;
}

std::int64_t change_time_of(const std::string& path) {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0 ? change_time(info) : 0;
}

}  // namespace

void Follower::Impl::look_at_names(SteadyTime now) {
    std::vector<bool> listed;
    for (std::size_t i = 0; i < listings_.size(); ++i) listed.push_back(list(i, now));
    std::vector<std::string> unknown;
    bool looked = false;
    for (auto& [path, name] : names_) {
        if (!listed[name.source] && name.error == 0) continue;
        look_at(path, name, unknown);
        looked = true;
    }
    if (!looked) return;
    open_new(std::move(unknown), now);
    note_who_is_named(now);
    forget_names();
}

/// Whether the names were looked up anew.
bool Follower::Impl::list(std::size_t source, SteadyTime now) {
    auto& listing = listings_[source];
    const auto& [directory, matches, pattern, copies_match] = options_.sources[source];
    struct stat info{};
    if (::stat(directory.c_str(), &info) != 0) {
        listing.error = errno;
        listing.was_missing = listing.was_missing || is_missing(listing.error);
        return true;
    }
    const bool rest = listing.done_once && listing.error == 0;
    const bool same = rest && listing.changed == change_time(info) && listing.settled;
    if ((same || (rest && names_.size() > many_names)) && now - listing.last < longest_between_listings)
        return false;
    listing.changed = change_time(info);
    listing.settled = is_settled(listing.changed);
    listing.last = now;
    for (auto& [path, name] : names_) {
        if (name.source == source) name.listed = false;
    }
    std::error_code error;
    fs::directory_iterator entries(directory, error);
    for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
        if (matches(entries->path().filename().native())) add_name(source, entries->path().native());
    }
    listing.error = error.value();
    if (!error) listing.done_once = true;
    return true;
}

void Follower::Impl::add_name(std::size_t source, const std::string& path) {
    const auto found = names_.find(path);
    if (found != names_.end()) {
        found->second.listed = true;
        return;
    }
    if (names_.size() >= most_names) return;
    const auto& listing = listings_[source];
    Name name{.source = source, .id = next_id_++};
    // A directory that comes up later has only new files; one that could not be read may hold years.
    const bool first = !listing.done_once && !listing.was_missing;
    if (first && (!listing.known || more_before_)) name.from = From::end;
    if (unread_.contains(path)) name.from = From::end;
    names_.emplace(path, std::move(name));
}

/// Finds out which file the name stands for now. One that is not open is to be opened.
void Follower::Impl::look_at(const std::string& path, Name& name, std::vector<std::string>& unknown) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0) {
        name.error = errno;  // renamed or removed: the open file is read on, since it may still be written to
        if (name.error != EACCES) name.from = From::beginning;
        return;
    }
    name.error = S_ISREG(info.st_mode) ? 0 : ESPIPE;
    if (name.error != 0) {
        name.from = From::beginning;  // a file that comes up in its place is a new one
        return;
    }
    const FileKey key{.device = info.st_dev, .inode = info.st_ino};
    if (find(key) != nullptr) {
        name.key = key;
        name.asleep.reset();
        return;
    }
    const bool sleeps_on = name.asleep && name.key == key && name.asleep->changed == change_time(info);
    if (!sleeps_on) unknown.push_back(path);
}

void Follower::Impl::open_new(std::vector<std::string> paths, SteadyTime now) {
    if (files_.size() + paths.size() > most_files) {
        std::vector<std::pair<std::int64_t, std::string>> by_time;
        for (auto& path : paths) by_time.emplace_back(change_time_of(path), std::move(path));
        std::ranges::sort(by_time, std::greater());
        paths.clear();
        for (auto& [time, path] : by_time) paths.push_back(std::move(path));
    }
    for (const auto& path : paths) {
        auto& name = names_.at(path);
        if (files_.size() < most_files || make_room(change_time_of(path))) {
            open_name(path, name, now);
            continue;
        }
        struct stat info{};
        if (::stat(path.c_str(), &info) != 0) continue;
        const FileKey key{.device = info.st_dev, .inode = info.st_ino};
        std::optional<FileRecord> record;
        if (name.asleep && name.key == key) {
            record = name.asleep->record;
            if (!record) continue;  // what was there when it was first seen is still no news
        } else if (name.from == From::beginning) {
            record = FileRecord{.path = path, .key = key};
        }
        name.key = key;
        name.asleep = Asleep{
            .size = static_cast<std::uint64_t>(info.st_size), .changed = change_time(info), .record = record};
    }
}

void Follower::Impl::open_name(const std::string& path, Name& name, SteadyTime now) {
    auto opened = FollowedFile::open(path);
    if (!opened) {
        name.error = opened.error();
        return;
    }
    const auto key = opened->key();
    const auto before = std::exchange(name.key, key);
    if (find(key) != nullptr) return;
    OpenFile open{.file = std::move(*opened), .id = name.id, .path = path, .quiet_since = now};
    const auto asleep = std::exchange(name.asleep, std::nullopt);
    const auto pending = std::ranges::find(pending_, key, &FileRecord::key);
    if (pending != pending_.end()) {
        resume(open, *pending);
        pending_.erase(pending);
    } else if (asleep && before == key && asleep->record) {
        resume(open, *asleep->record);
        open.unjudged = open.file.position().seen == 0 && options_.sources[name.source].copies_match;
    } else if (asleep && before == key) {
        open.file.take_up_at(std::min(asleep->size, open.file.size()));
    } else if (name.from == From::end) {
        open.file.take_up_at(open.file.size());
    } else if (!take_from_past(open)) {
        open.unjudged = options_.sources[name.source].copies_match;
    }
    if (before && *before != key) ++status_.rotations;
    name.from = From::beginning;
    files_.push_back(std::move(open));
    dirty_ = true;
}

/// Lets go the file that has been unchanged for the longest time, if that is older than the one that comes.
bool Follower::Impl::make_room(std::int64_t changed) {
    const auto rank = [](const OpenFile& open) { return std::pair(open.named, open.file.changed()); };
    const auto oldest = std::ranges::min_element(files_, {}, rank);
    if (oldest == files_.end() ||
        (oldest->named && (oldest->file.changed() >= changed || oldest->file.lag() > 0))) {
        return false;
    }
    if (oldest->named) {
        put_to_sleep(*oldest);
    } else {
        if (oldest->file.lag() > 0) loss(oldest->id);
        oldest->file.finish(buffer_, sink_for(oldest->id));
        past_.push_back({oldest->file.key(), oldest->file.position()});
    }
    files_.erase(oldest);
    return true;
}

void Follower::Impl::put_to_sleep(const OpenFile& open) {
    for (auto& [path, name] : names_) {
        if (name.key != open.file.key()) continue;
        name.asleep =
            Asleep{.size = open.file.size(), .changed = open.file.changed(), .record = record_of(open)};
    }
}

void Follower::Impl::note_who_is_named(SteadyTime now) {
    std::set<FileKey> named;
    for (const auto& [path, name] : names_) {
        if (name.key && name.listed && name.error == 0) named.insert(*name.key);
    }
    for (auto& open : files_) {
        const auto before = std::pair(open.named, open.succeeded);
        open.named = named.contains(open.file.key());
        const auto name = names_.find(open.path);
        const bool replaced = name != names_.end() && name->second.error == 0 && name->second.listed &&
                              name->second.key && *name->second.key != open.file.key();
        open.succeeded = !open.named && (open.succeeded || replaced);
        // From now on it may be over; before, it was only quiet.
        if (before != std::pair(open.named, open.succeeded)) open.quiet_since = now;
    }
}

/// Names that are gone, and whose files are.
void Follower::Impl::forget_names() {
    more_names_ =
        std::ranges::any_of(names_, [](const auto& each) { return each.second.asleep.has_value(); });
    std::set<FileId> open;
    for (const auto& each : files_) open.insert(each.id);
    std::erase_if(names_, [&](const auto& each) {
        return !each.second.listed && is_missing(each.second.error) && !open.contains(each.second.id);
    });
}

OpenFile* Follower::Impl::find(FileKey key) {
    const auto found =
        std::ranges::find_if(files_, [&](const OpenFile& open) { return open.file.key() == key; });
    return found != files_.end() ? &*found : nullptr;
}

}  // namespace gatewatch::probes::follow
