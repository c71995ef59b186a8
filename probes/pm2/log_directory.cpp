#include "probes/pm2/log_directory.hpp"

#include <fmt/format.h>

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <utility>

namespace gatewatch::probes::pm2 {
namespace {

namespace fs = std::filesystem;

/// PM2 may go on writing to a renamed file until it has reopened its logs.
constexpr std::chrono::seconds old_file_patience{10};
constexpr std::size_t most_old_files = 4;

bool is_missing(int error) {
    return error == ENOENT || error == ENOTDIR;
}

Text cannot(const Text& verb, const fs::path& path, int error) {
    const auto advice = is_missing(error) ? Text{"correct home in [gateway.pm2], or start the app under PM2",
                                                 "请改正 [gateway.pm2] 中的 home，或在 PM2 下启动该应用"}
                                          : Text{"let the user that gatewatch runs as read it",
                                                 "请让运行 gatewatch 的用户可以读取它"};
    const std::string reason = std::strerror(error);
    return {fmt::format("cannot {} {}: {}; {}", verb.en, path.native(), reason, advice.en),
            fmt::format("无法{} {}：{}；{}", verb.zh, path.native(), reason, advice.zh)};
}

}  // namespace

std::string sanitised(std::string_view app) {
    std::string name(app);
    for (char& c : name) {
        if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '.' && c != '-' && c != '\\') c = '-';
    }
    return name;
}

bool is_log_name(std::string_view name, std::string_view sanitised_app) {
    if (!name.starts_with(sanitised_app)) return false;
    name.remove_prefix(sanitised_app.size());
    if (name.starts_with("-out")) {
        name.remove_prefix(4);
    } else if (name.starts_with("-error")) {
        name.remove_prefix(6);
    } else {
        return false;
    }
    if (name.starts_with("-")) {
        const auto end = name.find_first_not_of("0123456789", 1);
        if (end == 1 || end == std::string_view::npos) return false;
        name.remove_prefix(end);
    }
    return name == ".log";
}

LogDirectory::LogDirectory(fs::path home, const std::string& app)
    : directory_(std::move(home) / "logs"), app_(sanitised(app)) {
    status_.detail = {"not looked at yet", "尚未查看"};
}

void LogDirectory::step(SteadyTime now, const DirectorySink& sink) {
    list_names();
    for (auto& entry : entries_) look_at(entry, now);
    std::size_t budget = step_budget;
    for (std::size_t i = 0; i < entries_.size() && budget > 0; ++i) {
        auto& entry = entries_[(turn_ + i) % entries_.size()];
        budget -= std::min(budget, read(entry, now, std::min(budget, file_budget), sink));
    }
    ++turn_;
    std::erase_if(entries_, [](const Entry& each) {
        return !each.current && each.old.empty() && is_missing(each.error);
    });
    judge();
}

LogStatus LogDirectory::status() const {
    return status_;
}

void LogDirectory::list_names() {
    std::error_code error;
    fs::directory_iterator names(directory_, error);
    // A directory that comes up later has only new files; one that could not be read may hold years.
    const auto from = listed_once_ || was_missing_ ? FollowedFile::From::beginning : FollowedFile::From::end;
    too_many_ = false;
    for (; !error && names != fs::directory_iterator(); names.increment(error)) {
        auto name = names->path().filename().native();
        if (!is_log_name(name, app_)) continue;
        if (std::ranges::any_of(entries_, [&](const Entry& each) { return each.name == name; })) continue;
        if (entries_.size() >= most_files) {
            too_many_ = true;
            break;
        }
        Entry entry;
        entry.name = std::move(name);
        entry.id = next_id_++;
        entry.from = from;
        entries_.push_back(std::move(entry));
    }
    list_error_ = error.value();
    if (!error) listed_once_ = true;
    if (is_missing(list_error_)) was_missing_ = true;
}

/// Opens the file that the name stands for now, unless that is the one which is read already.
void LogDirectory::look_at(Entry& entry, SteadyTime now) {
    struct stat info{};
    if (::stat((directory_ / entry.name).c_str(), &info) != 0) {
        entry.error = errno;  // renamed or removed: the open file is read on, PM2 may still write to it
        return;
    }
    entry.error = S_ISREG(info.st_mode) ? 0 : ESPIPE;
    if (entry.error != 0) {
        entry.from = FollowedFile::From::beginning;  // a file that comes up in its place is a new one
        return;
    }
    const FileKey key{.device = info.st_dev, .inode = info.st_ino};
    if (entry.current && entry.current->key() == key) return;
    if (is_followed(key)) {
        // A second name for it, or a rotated file that has got a name of ours: what it holds was read there.
        entry.from = FollowedFile::From::end;
        return;
    }
    open(entry, now);
}

void LogDirectory::open(Entry& entry, SteadyTime now) {
    auto opened = FollowedFile::open(directory_ / entry.name, entry.from);
    if (!opened) {
        entry.error = opened.error();
        return;
    }
    entry.from = FollowedFile::From::beginning;
    if (entry.current) {
        ++status_.rotations;
        entry.old.push_back({std::move(*entry.current), now});
        if (entry.old.size() > most_old_files) {
            if (!entry.old.front().file.at_end()) ++status_.possible_losses;
            entry.old.erase(entry.old.begin());
        }
    }
    entry.current = std::move(*opened);
}

/// The old files first, each to its end, and then the current one.
std::size_t LogDirectory::read(Entry& entry, SteadyTime now, std::size_t budget, const DirectorySink& sink) {
    FileSink file_sink;
    file_sink.line = [&](std::string_view line, bool before_start) {
        sink.line(entry.id, line, before_start);
    };
    file_sink.oversized = [&] { ++status_.unparsed_lines; };
    file_sink.truncated = [&](bool bytes_may_be_lost) {
        ++status_.truncations;
        if (bytes_may_be_lost) ++status_.possible_losses;
        sink.lines_lost(entry.id);
    };
    std::size_t done = 0;
    for (auto& old : entry.old) {
        const auto got = old.file.step(budget - done, file_sink);
        if (got > 0) old.last_growth = now;
        done += got;
        if (!old.file.at_end()) return done;
    }
    std::erase_if(entry.old, [&](OldFile& old) {
        if (now - old.last_growth < old_file_patience) return false;
        old.file.finish(file_sink);
        return true;
    });
    if (entry.current && done < budget) done += entry.current->step(budget - done, file_sink);
    return done;
}

bool LogDirectory::is_followed(FileKey key) const {
    return std::ranges::any_of(entries_, [&](const Entry& each) {
        return (each.current && each.current->key() == key) ||
               std::ranges::any_of(each.old, [&](const OldFile& old) { return old.file.key() == key; });
    });
}

void LogDirectory::judge() {
    status_.lag_bytes = 0;
    bool any = false;
    Text trouble;
    for (const auto& entry : entries_) {
        if (entry.current) {
            any = true;
            status_.lag_bytes += entry.current->lag();
        }
        for (const auto& old : entry.old) status_.lag_bytes += old.file.lag();
        const bool odd =
            entry.error != 0 && entry.error != ESPIPE && !is_missing(entry.error) && entry.error != ELOOP;
        if (odd && trouble.empty()) trouble = cannot({"read", "读取"}, directory_ / entry.name, entry.error);
    }
    if (list_error_ != 0) trouble = cannot({"list", "列出"}, directory_, list_error_);
    if (trouble.empty() && too_many_) {
        trouble = say("{} holds more than {} log files of '{}'; remove old ones, the others are not read",
                      "{0} 中 '{2}' 的日志文件超过 {1} 个；请删除旧文件，其余的不会被读取",
                      directory_.native(), most_files, app_);
    }
    if (trouble.empty() && !any) {
        trouble = say("{} holds no log file of '{}'; correct app in [gateway.pm2], or start it under PM2",
                      "{} 中没有 '{}' 的日志文件；请改正 [gateway.pm2] 中的 app，或在 PM2 下启动它",
                      directory_.native(), app_);
    }
    status_.up = trouble.empty();
    status_.detail = std::move(trouble);
}

}  // namespace gatewatch::probes::pm2
