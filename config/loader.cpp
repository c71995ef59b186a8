#include "config/loader.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>

#include "config/readers.hpp"
#include "config/text_limits.hpp"

namespace gatewatch::config {
namespace {

using Problems = std::vector<Problem>;

std::expected<std::string, std::string> read_text(const std::filesystem::path& file) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored))
        return std::unexpected("is a directory; name the file in it");
    errno = 0;
    std::ifstream stream(file, std::ios::binary);
    std::string text(max_file_size + 1, '\0');  // one more, so that a larger file shows
    if (stream) stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!stream.is_open() || stream.bad()) {
        return std::unexpected(fmt::format("cannot be read: {}; check the path and the file's rights",
                                           errno != 0 ? std::strerror(errno) : "unknown error"));
    }
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return text;
}

/// What the TOML parser found, with what to do about the mistakes that people make most.
std::string explain(std::string_view description) {
    std::string_view advice = "mend this place; nothing behind it was checked";
    if (description.contains("cannot redefine")) {
        advice =
            "it stands in the file twice: keep one of them ([[gateway]] and [[gateway.route]] may repeat, in "
            "double brackets)";
    } else if (description.contains("could not determine value type") ||
               description.contains("expected digit")) {
        advice = "put text, paths and durations in quotes, such as interval = \"15s\"";
    } else if (description.contains("control characters")) {
        advice = "close the text with a quote in the same line, or remove the control character";
    }
    constexpr std::string_view preface = "Error ";
    if (description.starts_with(preface)) description.remove_prefix(preface.size());
    return fmt::format("no valid TOML: {}; {}", description, advice);
}

void check_gateway_name(const toml::table& table, std::string_view name,
                        std::map<std::string, unsigned>& lines, Report& report) {
    const auto* node = table.get("name");
    if (node == nullptr || name.empty()) return;
    const auto where = node->source().begin;
    const auto [first, fresh] = lines.emplace(name, where.line);
    if (!fresh) {
        report.error(where,
                     fmt::format("name: \"{}\" is the name of the gateway in line {} already; choose another",
                                 name, first->second));
    }
}

Settings read_settings(const toml::table& root, Report& report) {
    Settings settings;
    Section section(root, "", report);
    if (const auto* agent = section.table("agent"))
        settings.agent = read_agent(Section(*agent, "agent", report));
    std::map<std::string, unsigned> lines_of_names;
    for (const auto* table : section.tables("gateway")) {
        settings.gateways.push_back(read_gateway(*table, report));
        check_gateway_name(*table, settings.gateways.back().name, lines_of_names, report);
    }
    if (!section.has("gateway")) {
        report.error(
            {},
            "there is no gateway to watch; add [[gateway]] with a name and a [[gateway.route]] with its "
            "name and url (gatewatch.minimal.toml shows how)");
    }
    return settings;
}

}  // namespace

std::string Problem::text() const {
    return line == 0 ? fmt::format("{}: {}", file, message)
                     : fmt::format("{}:{}:{}: {}", file, line, column, message);
}

std::expected<Loaded, Problems> load_file(const std::filesystem::path& file) {
    const auto text = read_text(file);
    if (!text) return std::unexpected(Problems{{.file = file.string(), .message = text.error()}});
    return load_text(*text, file.string());
}

std::expected<Loaded, Problems> load_text(std::string_view text, std::string_view name) {
    if (const auto checked = check_text(text); !checked) {
        const auto& error = checked.error();
        return std::unexpected(Problems{{std::string(name), error.line, error.column, error.message}});
    }
    Report report(name);
    try {
        auto settings = read_settings(toml::parse(text), report);
        if (report.failed()) return std::unexpected(report.take_errors());
        return Loaded{.settings = std::move(settings), .warnings = report.take_warnings()};
    } catch (const toml::parse_error& error) {
        report.error(error.source().begin, explain(error.description()));
        return std::unexpected(report.take_errors());
    }
}

}  // namespace gatewatch::config
