#include "probes/pm2/daemon_log.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "probes/pm2/log_names.hpp"

namespace gatewatch::probes::pm2 {
namespace {

/// Exactly that many digits at the beginning, which are taken away.
std::optional<int> digits(std::string_view& text, std::size_t count) {
    int value = 0;
    const auto part = text.substr(0, count);
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (part.size() != count || error != std::errc{} || end != part.data() + count || part[0] == '-') {
        return std::nullopt;
    }
    text.remove_prefix(count);
    return value;
}

bool skip(std::string_view& text, std::string_view any_of) {
    if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<std::chrono::minutes> zone_of(std::string_view text) {
    while (skip(text, " ")) {
    }
    if (text.starts_with('Z')) return std::chrono::minutes(0);
    const bool west = text.starts_with('-');
    if (!skip(text, "+-")) return std::nullopt;
    const auto hours = digits(text, 2);
    skip(text, ":");
    const auto minutes = digits(text, 2);
    if (!hours || !minutes) return std::nullopt;
    return std::chrono::minutes((west ? -1 : 1) * (*hours * 60 + *minutes));
}

/// The text between the first `from` and the next `to`.
std::optional<std::string_view> between(std::string_view text, std::string_view from, std::string_view to) {
    const auto start = text.find(from);
    if (start == std::string_view::npos) return std::nullopt;
    text.remove_prefix(start + from.size());
    const auto end = text.find(to);
    if (end == std::string_view::npos) return std::nullopt;
    return text.substr(0, end);
}

/// The pm_id if the name before the separator is the app's.
std::optional<std::string> id_of(std::string_view name, std::string_view separator, std::string_view app) {
    const auto at = name.rfind(separator);
    if (at == std::string_view::npos || sanitised(name.substr(0, at)) != sanitised(app)) return std::nullopt;
    return std::string(name.substr(at + separator.size()));
}

}  // namespace

std::optional<Stamp> stamp_of(std::string_view line) {
    const auto year = digits(line, 4);
    if (!year || !skip(line, "-/")) return std::nullopt;
    const auto month = digits(line, 2);
    if (!month || !skip(line, "-/")) return std::nullopt;
    const auto day = digits(line, 2);
    if (!day || !skip(line, "T ")) return std::nullopt;
    const auto hour = digits(line, 2);
    if (!hour || !skip(line, ":")) return std::nullopt;
    const auto minute = digits(line, 2);
    if (!minute || !skip(line, ":")) return std::nullopt;
    const auto second = digits(line, 2);
    if (!second) return std::nullopt;
    const std::chrono::year_month_day date(std::chrono::year(*year),
                                           std::chrono::month(static_cast<unsigned>(*month)),
                                           std::chrono::day(static_cast<unsigned>(*day)));
    if (!date.ok() || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    if (skip(line, ".")) {
        while (digits(line, 1)) {
        }
    }
    return Stamp{.time = std::chrono::sys_days(date) + std::chrono::hours(*hour) +
                         std::chrono::minutes(*minute) + std::chrono::seconds(*second),
                 .zone = zone_of(line)};
}

std::vector<Crash> crashes_of(std::string_view log, std::string_view app) {
    std::vector<Crash> crashes;
    std::set<std::string> stopping;
    while (!log.empty()) {
        const auto end = std::min(log.find('\n'), log.size());
        const auto line = log.substr(0, end);
        log.remove_prefix(std::min(end + 1, log.size()));
        if (const auto at = line.find("Stopping app:"); at != std::string_view::npos) {
            if (auto id = id_of(line.substr(at + 13), " id:", app)) stopping.insert(std::move(*id));
            continue;
        }
        const auto name = between(line, "App [", "] ");
        if (!name) continue;
        const auto said =
            line.substr(static_cast<std::size_t>(name->data() - line.data()) + name->size() + 2);
        auto id = id_of(*name, ":", app);
        if (!id) continue;
        // Whatever was asked of it before is over when it starts or has ended.
        const bool asked_for = stopping.erase(*id) > 0;
        const auto stamp = stamp_of(line);
        if (!asked_for && stamp && said.starts_with("exited with code")) {
            crashes.push_back({.process = std::move(*id), .stamp = *stamp, .exit = std::string(said)});
        }
    }
    return crashes;
}

}  // namespace gatewatch::probes::pm2
