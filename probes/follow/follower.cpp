#include "probes/follow/follower.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ranges>
#include <utility>

#include "probes/follow/follower_impl.hpp"

namespace gatewatch::probes::follow {
namespace {

/// At most so much is read in one step, and of one file while others wait.
constexpr std::uint64_t step_budget = 4 * 1024 * 1024;
constexpr std::uint64_t file_budget = 1024 * 1024;
/// The writer may go on writing to a renamed file until it has reopened its logs.
constexpr std::chrono::seconds old_file_patience{10};
/// And to a removed one, which takes up room for as long as it is held open.
constexpr std::chrono::minutes removed_file_patience{10};

}  // namespace

Follower::Impl::Impl(Options options)
    : options_(std::move(options)),
      checkpoint_(options_.checkpoint),
      listings_(options_.sources.size()),
      buffer_(std::make_unique_for_overwrite<char[]>(FollowedFile::buffer_size)) {
    status_.detail = {"not looked at yet", "尚未查看"};
}

bool Follower::Impl::step(SteadyTime now, const Sink& sink) {
    sink_ = &sink;
    if (!std::exchange(started_, true)) load(now);
    restore_files(now);
    look_at_names(now);
    look_at_files(now);
    judge_copies();
    const bool work = plan(now);
    // Before lines are given it is noted which: only they may come again if the process ends before it is
    // noted that they were.
    if (work) save();
    const bool more = read();
    close_old(now);
    for (auto& open : files_) open.handing_out = 0;
    if ((work || dirty_) && !more) save();
    judge(now);
    sink_ = nullptr;
    return more;
}

void Follower::Impl::loss(FileId id) {
    ++status_.possible_losses;
    sink_->lines_lost(id);
}

void Follower::Impl::look_at_files(SteadyTime now) {
    // Newer ones first: what an older one got before a line of its successor is seen with that line, and
    // given before it.
    for (auto& open : files_ | std::views::reverse) {
        const auto size = open.file.size();
        const auto change = open.file.look();
        if (open.file.size() != size) open.quiet_since = now;
        if (change == FollowedFile::Change::none) continue;
        if (change == FollowedFile::Change::emptied) past_.push_back({open.file.key(), open.file.former()});
        ++status_.truncations;
        dirty_ = true;
        loss(open.id);
    }
}

/// Shares out what may be read in this step. A file that came up in another's place waits until that one has
/// been read to its end. Whether there is anything to give.
bool Follower::Impl::plan(SteadyTime now) {
    std::uint64_t budget = step_budget;
    for (auto& open : files_) open.limit = open.file.position().seen;
    const auto waits = [&](std::size_t index) {
        return std::any_of(
            files_.begin(), files_.begin() + static_cast<std::ptrdiff_t>(index), [&](const OpenFile& older) {
                return older.id == files_[index].id && !older.is_copy && older.limit < older.file.size();
            });
    };
    for (const auto share : {file_budget, step_budget}) {
        for (std::size_t i = 0; i < files_.size(); ++i) {
            const auto index = (turn_ + i) % files_.size();
            auto& open = files_[index];
            if (open.is_copy || open.limit >= open.file.size() || waits(index)) continue;
            const auto part = std::min({open.file.size() - open.limit, share, budget});
            open.limit += part;
            budget -= part;
        }
    }
    ++turn_;
    bool any = false;
    for (auto& open : files_) {
        const bool gives = open.limit > open.file.position().seen || is_over(open, now);
        open.handing_out = gives ? open.limit : 0;
        any = any || gives;
    }
    return any;
}

/// Whether there is more to read already.
bool Follower::Impl::read() {
    bool any = false;
    bool changed = false;
    for (auto& open : files_) {
        const auto seen = open.file.position().seen;
        if (open.limit <= seen) continue;
        if (!open.file.read(buffer_, open.limit, sink_for(open.id))) changed = true;
        any = any || open.file.position().seen != seen;
    }
    return changed || (any && std::ranges::any_of(files_, [](const OpenFile& open) {
                           return !open.is_copy && open.file.lag() > 0;
                       }));
}

FileSink Follower::Impl::sink_for(FileId id) {
    return {.lines =
                [this, id](std::string_view lines, Reading reading) {
                    if (reading == Reading::again) {
                        status_.replayed_lines += static_cast<std::uint64_t>(std::ranges::count(lines, '\n'));
                    }
                    sink_->lines(id, lines, reading);
                },
            .oversized = [this] { ++status_.oversized_lines; }};
}

bool Follower::Impl::is_over(const OpenFile& open, SteadyTime now) const {
    if (open.named || (open.file.lag() > 0 && !open.is_copy)) return false;
    const auto quiet = now - open.quiet_since;
    return (open.succeeded && quiet >= old_file_patience) ||
           (open.file.removed() && quiet >= removed_file_patience);
}

void Follower::Impl::close_old(SteadyTime now) {
    std::erase_if(files_, [&](OpenFile& open) {
        if (!is_over(open, now)) return false;
        open.file.finish(buffer_, sink_for(open.id));
        past_.push_back({open.file.key(), open.file.position()});
        dirty_ = true;
        return true;
    });
    constexpr std::ptrdiff_t most_past = 64;
    const auto surplus = std::ssize(past_) - most_past;
    if (surplus > 0) past_.erase(past_.begin(), past_.begin() + surplus);
}

void Follower::Impl::judge(SteadyTime now) {
    status_.lag_bytes = 0;
    for (const auto& open : files_) {
        if (!open.is_copy) status_.lag_bytes += open.file.lag();
    }
    const auto is_missing = [](int error) { return error == ENOENT || error == ENOTDIR; };
    const auto cannot = [](const Phrase& what, const std::string& path, int error) {
        const std::string reason = std::strerror(error);
        return say("cannot {} {}: {}; let the user that gatewatch runs as read it",
                   "无法{} {}：{}；请让运行 gatewatch 的用户可以读取它", what, path, reason);
    };
    Text trouble;
    for (std::size_t i = 0; i < listings_.size() && trouble.empty(); ++i) {
        const auto& directory = options_.sources[i].directory.native();
        if (is_missing(listings_[i].error)) {
            trouble = say("{} does not exist: it holds no ", "{} 不存在：其中没有", directory) +
                      options_.nothing_found;
        } else if (listings_[i].error != 0) {
            trouble = cannot({"list", "列出"}, directory, listings_[i].error);
        }
    }
    for (const auto& [path, name] : names_) {
        const bool odd =
            name.error != 0 && name.error != ESPIPE && name.error != ELOOP && !is_missing(name.error);
        if (odd && trouble.empty()) trouble = cannot({"read", "读取"}, path, name.error);
    }
    if (trouble.empty() && std::ranges::none_of(files_, [](const OpenFile& open) { return open.named; })) {
        const auto& directory =
            options_.sources.empty() ? std::string() : options_.sources.front().directory.native();
        trouble = say("{} holds no ", "{} 中没有", directory) + options_.nothing_found;
    }
    status_.up = trouble.empty();
    if (trouble.empty()) trouble = checkpoint_problem_;
    if (trouble.empty() && now < start_problem_until_) trouble = start_problem_;
    if (trouble.empty() && more_names_) {
        trouble =
            say("more than {} log files are there; only those are followed that were changed last; remove "
                "old ones",
                "日志文件超过 {} 个，仅跟踪最近有变化的；请删除旧文件", most_files);
    }
    status_.detail = std::move(trouble);
}

Follower::Follower(Options options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Follower::Follower(Follower&&) noexcept = default;
Follower& Follower::operator=(Follower&&) noexcept = default;
Follower::~Follower() = default;

bool Follower::step(SteadyTime now, const Sink& sink) {
    return impl_->step(now, sink);
}

Status Follower::status() const {
    return impl_->status_;
}

std::vector<std::filesystem::path> Follower::directories() const {
    std::vector<std::filesystem::path> directories;
    for (const auto& source : impl_->options_.sources) {
        if (std::ranges::find(directories, source.directory) == directories.end())
            directories.push_back(source.directory);
    }
    return directories;
}

}  // namespace gatewatch::probes::follow
