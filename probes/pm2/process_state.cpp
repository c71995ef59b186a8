#include "probes/pm2/process_state.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <ctime>
#include <map>

#include "probes/evidence_text.hpp"
#include "probes/pm2/daemon_log.hpp"
#include "probes/pm2/log_names.hpp"
#include "probes/read_file.hpp"

namespace gatewatch::probes::pm2 {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr std::size_t max_log_bytes = 256 * 1024;
constexpr auto crash_window = 2min;
/// PM2 writes the pid file at once; a process that is that much younger has got the number of a dead one.
constexpr auto pid_file_delay = 30s;

template <class Number>
std::optional<Number> number(std::string_view text) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// How long the process has been running, from /proc (proc(5), field 22 counts from after the name).
std::optional<seconds> age_of(pid_t pid) {
    const auto stat = read_end("/proc/" + std::to_string(pid) + "/stat", 4096);
    if (!stat) return std::nullopt;
    // The kernel gives these files a size of 0, but read_end goes on to their end.
    auto fields = std::string_view(stat->bytes);
    fields.remove_prefix(std::min(fields.rfind(')') + 2, fields.size()));
    if (fields.starts_with('Z') || fields.starts_with('X')) return std::nullopt;
    for (int field = 3; field < 22; ++field) {
        fields.remove_prefix(std::min(fields.find(' ') + 1, fields.size()));
    }
    const auto ticks = number<long long>(fields.substr(0, fields.find(' ')));
    std::timespec boot{};
    if (!ticks || ::clock_gettime(CLOCK_BOOTTIME, &boot) != 0) return std::nullopt;
    return seconds(boot.tv_sec - *ticks / ::sysconf(_SC_CLK_TCK));
}

/// Whether the process that the pid file was written for is still there.
bool is_alive(const fs::path& pid_file, WallTime now) {
    const auto file = read_end(pid_file, 32);
    if (!file) return false;
    const std::string_view text(file->bytes);
    const auto pid = number<pid_t>(text.substr(0, text.find_last_not_of(" \r\n") + 1));
    if (!pid || *pid <= 0) return false;
    if (::kill(*pid, 0) != 0 && errno != EPERM) return false;
    const auto age = age_of(*pid);
    // Without /proc there is no more to know.
    if (!age) return !fs::exists("/proc/self/stat");
    return now - *age <= file->modified + pid_file_delay;
}

/// PID files are named APP-<pm_id>.pid.
bool is_pid_name(std::string_view name, std::string_view app) {
    if (!name.starts_with(app) || !name.ends_with(".pid")) return false;
    name.remove_prefix(app.size());
    name.remove_suffix(4);
    return name.size() > 1 && name[0] == '-' && number<unsigned>(name.substr(1)).has_value();
}

std::optional<unsigned> count_alive(const fs::path& directory, std::string_view app, WallTime now,
                                    std::error_code& error) {
    fs::directory_iterator names(directory, error);
    unsigned alive = 0;
    for (; !error && names != fs::directory_iterator(); names.increment(error)) {
        if (is_pid_name(names->path().filename().native(), app) && is_alive(names->path(), now)) ++alive;
    }
    return error ? std::nullopt : std::optional(alive);
}

std::chrono::sys_seconds in_local_zone(std::chrono::sys_seconds stamp) {
    const std::time_t as_utc = std::chrono::system_clock::to_time_t(stamp);
    std::tm fields{};
    ::gmtime_r(&as_utc, &fields);
    fields.tm_isdst = -1;
    return std::chrono::sys_seconds(seconds(::mktime(&fields)));
}

std::optional<Stamp> last_stamp(std::string_view log) {
    while (!log.empty()) {
        if (log.ends_with('\n')) log.remove_suffix(1);
        const auto start = log.rfind('\n') + 1;  // npos + 1 is 0
        if (const auto stamp = stamp_of(log.substr(start))) return stamp;
        log = log.substr(0, start);
    }
    return std::nullopt;
}

/// Turns stamps into times. They have no zone, and the daemon's may differ from this process's: the last line
/// was written when the file was last changed, which shows it.
class Zone {
  public:
    Zone(std::string_view log, WallTime modified) {
        const auto last = last_stamp(log);
        if (!last || last->zone) return;
        const auto near = [](auto distance) { return std::chrono::abs(distance) < 1min; };
        const auto written = std::chrono::round<seconds>(modified);
        if (near(written - in_local_zone(last->time))) return;
        const auto west = written - last->time;
        const auto rounded = std::chrono::duration_cast<seconds>(
            std::chrono::round<std::chrono::duration<long, std::ratio<900>>>(west));
        if (near(west - rounded) && std::chrono::abs(rounded) <= 14h) west_ = rounded;
    }
    [[nodiscard]] WallTime operator()(const Stamp& stamp) const {
        if (stamp.zone) return stamp.time - *stamp.zone;
        return west_ ? stamp.time + *west_ : in_local_zone(stamp.time);
    }

  private:
    std::optional<seconds> west_;
};

void count_crashes(const FileEnd& log, const std::string& app, WallTime now, Pm2ProcessSample& sample) {
    const Zone zone(log.bytes, log.modified);
    struct Recent {
        unsigned crashes = 0;
        WallTime first{};
    };
    std::map<std::string, Recent> recent;
    for (const auto& crash : crashes_of(log.bytes, app)) {
        const auto when = zone(crash.stamp);
        if (when > now + 5s) continue;
        if (!sample.last_crash || when >= *sample.last_crash) {
            sample.last_crash = when;
            sample.last_exit = printable(crash.exit, 100);
        }
        if (when <= now - crash_window) continue;
        auto& process = recent[crash.process];
        if (process.crashes++ == 0) process.first = when;
        if (process.crashes < sample.crashes) continue;
        sample.crashes = process.crashes;
        const auto gaps = std::max(process.crashes - 1, 1U);
        sample.crash_gap = std::chrono::duration_cast<seconds>((when - process.first) / gaps);
    }
}

}  // namespace

Pm2ProcessSample inspect_processes(const config::Pm2Settings& settings, WallTime now) {
    Pm2ProcessSample sample;
    sample.taken = now;
    const auto advice = say("; let the user that gatewatch runs as read it, or correct home in [gateway.pm2]",
                            "；请让运行 gatewatch 的用户可以读取它，或改正 [gateway.pm2] 中的 home");
    const auto directory = settings.home / "pids";
    std::error_code error;
    const auto alive = count_alive(directory, sanitised(settings.app), now, error);
    if (!alive) {
        sample.detail =
            say("cannot list {}: {}", "无法列出 {}：{}", directory.native(), error.message()) + advice;
        return sample;
    }
    const auto log = read_end(settings.home / "pm2.log", max_log_bytes);
    if (!log) {
        sample.detail = log.error() + advice;
        return sample;
    }
    sample.up = true;
    sample.alive = *alive;
    count_crashes(*log, settings.app, now, sample);
    return sample;
}

}  // namespace gatewatch::probes::pm2
