#include "probes/pm2/own_runs.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <utility>

#include "probes/pm2/patterns.hpp"

namespace gatewatch::probes::pm2 {
namespace {

/// The line of an attempt comes no later than this after the run's end, reading and all.
constexpr std::int64_t line_may_come_ms = 15'000;
/// No run lasts that long: one that is older was begun by a process before the last.
constexpr std::int64_t longest_run_ms = 10 * 60'000;

std::int64_t in_ms(WallTime time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

/// The next word of a line, and takes it off.
std::string_view next_word(std::string_view& line) {
    const auto end = std::min(line.find(' '), line.size());
    const auto word = line.substr(0, end);
    line.remove_prefix(std::min(end + 1, line.size()));
    return word;
}

bool write_file(const std::filesystem::path& file, int flags, std::string_view text) {
    const int fd = ::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
    if (fd < 0) return false;
    const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    return ::close(fd) == 0 && written;
}

}  // namespace

OwnRuns::OwnRuns(std::filesystem::path file) : file_(std::move(file)) {
    if (!file_.empty()) load();
}

/// "<ms> begun <run>", "<ms> sid <sid>", "<ms> resolved <run>", "<ms> unanswered <run>"; anything else, such
/// as a line that was cut, is none.
void OwnRuns::load() {
    std::ifstream stream(file_, std::ios::binary);
    std::string text(2 * most_bytes, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
    std::string_view rest = text;
    for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
        apply(rest.substr(0, end));
        rest.remove_prefix(end + 1);
    }
    left_unresolved_ = !runs_.empty();
    // Ids begin anew with each process; these are kept as they are for one that is killed before it has
    // caught up.
    std::map<std::string, Run> left;
    for (auto& [id, run] : std::exchange(runs_, {})) left.emplace("before-" + id, run);
    runs_ = std::move(left);
}

void OwnRuns::apply(std::string_view line) {
    std::int64_t when = 0;
    const auto stamp = next_word(line);
    const auto [end, error] = std::from_chars(stamp.data(), stamp.data() + stamp.size(), when);
    if (error != std::errc() || end != stamp.data() + stamp.size()) return;
    const auto what = next_word(line);
    if (line.empty()) return;
    const std::string which(line);
    if (what == "sid") {
        if (is_sid(line)) remember(which);
    } else if (what == "begun") {
        runs_[which] = {when, false};
    } else if (what == "unanswered") {
        runs_[which] = {when, true};
    } else if (what == "resolved") {
        runs_.erase(which);
    }
    forget_ended(when);
}

void OwnRuns::remember(const std::string& sid) {
    sids_.push_back(sid);
    if (sids_.size() > most_sids) sids_.pop_front();
}

void OwnRuns::forget_ended(std::int64_t now) {
    std::erase_if(runs_, [now](const auto& each) {
        const Run& run = each.second;
        return run.since + (run.ended ? line_may_come_ms : longest_run_ms) < now;
    });
}

void OwnRuns::begun(std::uint64_t run, WallTime now) {
    if (file_.empty()) return;
    const auto id = std::to_string(run);
    runs_[id] = {in_ms(now), false};
    forget_ended(in_ms(now));
    append(fmt::format("{} begun {}\n", in_ms(now), id));
}

void OwnRuns::acknowledged(const std::string& sid, WallTime now) {
    if (file_.empty() || !is_sid(sid)) return;
    // A run tells its sids when they come, and all of them at its end.
    const auto recent = sids_.size() > 64 ? sids_.end() - 64 : sids_.begin();
    if (std::find(recent, sids_.end(), sid) != sids_.end()) return;
    remember(sid);
    append(fmt::format("{} sid {}\n", in_ms(now), sid));
}

void OwnRuns::resolved(std::uint64_t run, WallTime now) {
    if (file_.empty() || runs_.erase(std::to_string(run)) == 0) return;
    append(fmt::format("{} resolved {}\n", in_ms(now), run));
}

void OwnRuns::unanswered(std::uint64_t run, WallTime now) {
    const auto found = runs_.find(std::to_string(run));
    if (file_.empty() || found == runs_.end()) return;
    found->second = {in_ms(now), true};
    append(fmt::format("{} unanswered {}\n", in_ms(now), run));
}

void OwnRuns::append(const std::string& line) {
    if (must_rewrite_ || size_ + line.size() > most_bytes) {
        must_rewrite_ = !rewrite();  // holds what the line says
        return;
    }
    size_ += line.size();
    if (!write_file(file_, O_APPEND, line)) must_rewrite_ = true;
}

/// All that is known, in place of the file: half of the room at most.
bool OwnRuns::rewrite() {
    std::string text;
    for (const auto& sid : sids_) text += fmt::format("0 sid {}\n", sid);
    for (const auto& [id, run] : runs_) {
        text += fmt::format("{} {} {}\n", run.since, run.ended ? "unanswered" : "begun", id);
    }
    auto aside = file_;
    aside += ".new";
    if (!write_file(aside, O_TRUNC, text) || ::rename(aside.c_str(), file_.c_str()) != 0) {
        ::unlink(aside.c_str());
        return false;
    }
    size_ = text.size();
    return true;
}

}  // namespace gatewatch::probes::pm2
