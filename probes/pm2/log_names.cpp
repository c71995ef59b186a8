#include "probes/pm2/log_names.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <utility>

namespace gatewatch::probes::pm2 {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Whether the text stands as the form says, where 0 is any digit.
bool has_form(std::string_view text, std::string_view form) {
    return std::ranges::equal(text, form, [](char c, char f) { return f == '0' ? is_digit(c) : c == f; });
}

/// pm2-logrotate puts the time between the name and its ending.
bool has_time_of_rotation(std::string_view name) {
    constexpr std::string_view form = "__0000-00-00_00-00-00";
    for (auto at = name.find("__"); at != std::string_view::npos; at = name.find("__", at + 1)) {
        if (has_form(name.substr(at, form.size()), form)) return true;
    }
    return false;
}

bool has_wildcard(std::string_view pattern) {
    return pattern.find_first_of("*?[") != std::string_view::npos;
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

bool is_rotated_name(std::string_view name) {
    constexpr auto endings =
        std::to_array<std::string_view>({".gz", ".bz2", ".xz", ".zst", ".zip", ".old", ".bak", "~"});
    if (std::ranges::any_of(endings, [&](std::string_view ending) { return name.ends_with(ending); }))
        return true;
    if (has_time_of_rotation(name)) return true;
    const auto digits = static_cast<std::size_t>(
        std::ranges::distance(name.rbegin(), std::ranges::find_if_not(name.rbegin(), name.rend(), is_digit)));
    if (digits == 0 || digits == name.size()) return false;
    // logrotate: out.log.1, with dateext out.log-20261122 or out.log-2026112200
    const char before = name[name.size() - digits - 1];
    return before == '.' || (before == '-' && digits >= 8 && name.contains(".log-"));
}

bool is_combined_name(std::string_view name) {
    return name.contains("combined") || name.contains("outerr");
}

std::vector<follow::Source> log_sources(const config::Pm2Settings& settings) {
    if (settings.files.empty()) {
        const auto app = sanitised(settings.app);
        return {{.directory = settings.home / "logs",
                 .matches = [app](std::string_view name) { return is_log_name(name, app); },
                 .pattern = app}};
    }
    std::vector<follow::Source> sources;
    for (const auto& file : settings.files) {
        const auto pattern = file.filename().native();
        const bool wildcard = has_wildcard(pattern);
        // A name that is written out is meant, whatever it looks like.
        const auto matches = [pattern, wildcard](std::string_view name) {
            if (!wildcard) return name == pattern;
            return ::fnmatch(pattern.c_str(), std::string(name).c_str(), FNM_PERIOD) == 0 &&
                   !is_rotated_name(name) && !is_combined_name(name);
        };
        sources.push_back({.directory = file.parent_path(),
                           .matches = matches,
                           .pattern = pattern,
                           .copies_match = wildcard});
    }
    return sources;
}

std::vector<std::string> log_patterns(const config::Pm2Settings& settings) {
    std::vector<std::string> patterns;
    for (const auto& file : settings.files) patterns.push_back(file.native());
    if (!patterns.empty()) return patterns;
    const auto base = (settings.home / "logs" / sanitised(settings.app)).native();
    return {base + "-out*.log", base + "-error*.log"};
}

}  // namespace gatewatch::probes::pm2
