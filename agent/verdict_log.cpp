#include "agent/verdict_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

namespace gatewatch::agent {

namespace fs = std::filesystem;
namespace json = boost::json;
using probes::SteadyTime;
using probes::WallTime;

namespace {

constexpr std::string_view format_name = "gatewatch verdicts 1";
constexpr std::size_t most_bytes = 64 * 1024;

std::int64_t to_milliseconds(WallTime time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

std::optional<WallTime> time_in(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (value == nullptr || !value->is_int64()) return std::nullopt;
    constexpr std::int64_t year_3000 = 32'503'680'000'000;
    const auto milliseconds = value->get_int64();
    if (milliseconds < 0 || milliseconds > year_3000) return std::nullopt;
    return WallTime(std::chrono::milliseconds(milliseconds));
}

template <NamedEnum Enum>
std::optional<Enum> name_in(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    if (value == nullptr || !value->is_string()) return std::nullopt;
    return from_name<Enum>(std::string_view(value->get_string()));
}

std::optional<VerdictChange> change_of(const json::value& value) {
    const auto* object = value.if_object();
    if (object == nullptr) return std::nullopt;
    const auto cause = name_in<Cause>(*object, "cause");
    const auto severity = name_in<Severity>(*object, "severity");
    const auto from = time_in(*object, "from");
    const auto to = time_in(*object, "to");
    if (!cause || !severity || !from || (object->contains("to") && !to)) return std::nullopt;
    return VerdictChange{*cause, *severity, *from, to};
}

bool is_outage(Severity severity) {
    return severity == Severity::degraded || severity == Severity::down;
}

}  // namespace

/// Only an outage waits for its end. That results have gone stale is no word of recovery, and so waits too;
/// that an undecided one has got its name is none either, and does not.
bool VerdictLog::must_wait(const Verdict& verdict, SteadyTime now) {
    const bool named_now = verdict_.cause == Cause::unknown && is_outage(verdict.severity);
    const bool better = is_outage(verdict_.severity) && !named_now &&
                        (verdict.severity < verdict_.severity || verdict.severity == Severity::unknown);
    if (!better) {
        better_since_.reset();
        return false;
    }
    if (!better_since_) better_since_ = now;
    return now - *better_since_ < hold_;
}

bool VerdictLog::add(Verdict verdict, SteadyTime now, WallTime now_wall) {
    const bool first = !std::exchange(evaluated_, true);
    if (!first && must_wait(verdict, now)) return false;
    better_since_.reset();
    verdict_ = std::move(verdict);
    const bool same_cause = !changes_.empty() && changes_.front().cause == verdict_.cause;
    if (same_cause && changes_.front().severity == verdict_.severity) return first;
    if (!changes_.empty()) changes_.front().to = std::max(now_wall, changes_.front().from);
    if (!same_cause) since_ = now_wall;
    changes_.push_front({verdict_.cause, verdict_.severity, now_wall, std::nullopt});
    if (changes_.size() > limit) changes_.pop_back();
    return true;
}

std::string VerdictLog::save() const {
    json::array changes;
    for (const auto& change : changes_) {
        json::object object{{"cause", name_of(change.cause)},
                            {"severity", name_of(change.severity)},
                            {"from", to_milliseconds(change.from)}};
        if (change.to) object["to"] = to_milliseconds(*change.to);
        changes.push_back(std::move(object));
    }
    json::object all{{"format", format_name}, {"changes", std::move(changes)}};
    if (since_) all["since"] = to_milliseconds(*since_);
    return json::serialize(all) + "\n";
}

std::expected<void, std::string> VerdictLog::restore(std::string_view text) {
    boost::system::error_code error;
    const auto parsed = json::parse(text, error);
    if (error) return std::unexpected("it is no JSON");
    const auto* all = parsed.if_object();
    const auto* format = all != nullptr ? all->if_contains("format") : nullptr;
    const auto* changes = all != nullptr ? all->if_contains("changes") : nullptr;
    if (format == nullptr || *format != json::value(format_name) || changes == nullptr ||
        !changes->is_array()) {
        return std::unexpected("it is of another program or version");
    }
    std::deque<VerdictChange> read;
    for (const auto& value : changes->get_array()) {
        const auto change = change_of(value);
        // Exactly the first one still stands.
        if (!change || change->to.has_value() == read.empty() || read.size() == limit) {
            return std::unexpected("it holds what was never written there");
        }
        read.push_back(*change);
    }
    const auto since = time_in(*all, "since");
    if (!since && !read.empty()) return std::unexpected("it does not say since when the last verdict stands");
    changes_ = std::move(read);
    since_ = since;
    return {};
}

fs::path verdict_file(const fs::path& state_directory, const std::string& gateway) {
    return state_directory / fmt::format("verdicts-{}.json", gateway);
}

std::expected<std::string, std::string> read_verdict_file(const fs::path& file) {
    std::error_code error;
    if (!fs::exists(file, error) && !error) return std::string();
    if (!fs::is_regular_file(file, error)) {
        return std::unexpected(fmt::format("{} is no regular file; remove it", file.native()));
    }
    std::ifstream stream(file, std::ios::binary);
    std::string text(most_bytes + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!stream.is_open() || stream.bad()) {
        return std::unexpected(
            fmt::format("cannot read {}: {}; let this user read it", file.native(), std::strerror(errno)));
    }
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() > most_bytes) {
        return std::unexpected(
            fmt::format("{} is larger than anything written there; remove it", file.native()));
    }
    return text;
}

std::string write_verdict_file(const fs::path& file, std::string_view text) {
    auto aside = file;
    aside += ".new";
    const auto failure = [&file](int error) {
        return fmt::format(
            "cannot keep the verdicts in {}: {}; after a restart they are forgotten, so let this user write "
            "to "
            "state_directory",
            file.native(), std::strerror(error));
    };
    // What lies there is left from a crash, or laid by somebody: a symbolic link must not be written through,
    // and a FIFO would hold the event loop for ever.
    std::error_code ignored;
    fs::remove(aside, ignored);
    const int file_number = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (file_number < 0) return failure(errno);
    const auto written = ::write(file_number, text.data(), text.size());
    const int write_error = written < 0 ? errno : ENOSPC;
    const bool whole = ::close(file_number) == 0 && written == static_cast<ssize_t>(text.size());
    if (!whole) {
        fs::remove(aside, ignored);
        return failure(write_error);
    }
    std::error_code error;
    fs::rename(aside, file, error);
    return error ? failure(error.value()) : std::string();
}

}  // namespace gatewatch::agent
