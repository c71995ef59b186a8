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

std::expected<std::string, Text> read_text(const std::filesystem::path& file) {
    std::error_code ignored;
    if (std::filesystem::is_directory(file, ignored)) {
        return std::unexpected(Text{"is a directory; name the file in it", "是一个目录；请指定其中的文件"});
    }
    errno = 0;
    std::ifstream stream(file, std::ios::binary);
    std::string text(max_file_size + 1, '\0');  // one more, so that a larger file shows
    if (stream) stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (!stream.is_open() || stream.bad()) {
        return std::unexpected(say("cannot be read: {}; check the path and the file's rights",
                                   "无法读取：{}；请检查路径和文件的权限",
                                   errno != 0 ? std::strerror(errno) : "unknown error"));
    }
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return text;
}

/// What the TOML parser found, in its own words, with what to do about the mistakes that people make most.
Text explain(std::string_view description) {
    Phrase advice{"mend this place; nothing behind it was checked", "请改正此处；其后的内容没有检查"};
    if (description.contains("cannot redefine")) {
        advice = {
            "it stands in the file twice: keep one of them ([[gateway]] and [[gateway.route]] may repeat, in "
            "double brackets)",
            "它在文件中出现了两次：请只保留一处（[[gateway]] 和 [[gateway.route]] 可以重复，须用双方括号）"};
    } else if (description.contains("could not determine value type") ||
               description.contains("expected digit")) {
        advice = {R"(put text, paths and durations in quotes, such as interval = "15s")",
                  R"(文本、路径和时长要加引号，例如 interval = "15s")"};
    } else if (description.contains("control characters")) {
        advice = {"close the text with a quote in the same line, or remove the control character",
                  "请在同一行内用引号结束文本，或删除控制字符"};
    }
    constexpr std::string_view preface = "Error ";
    if (description.starts_with(preface)) description.remove_prefix(preface.size());
    return say("no valid TOML: {}; {}", "不是有效的 TOML：{}；{}", description, advice);
}

void check_gateway_name(const toml::table& table, std::string_view name,
                        std::map<std::string, unsigned>& lines, Report& report) {
    const auto* node = table.get("name");
    if (node == nullptr || name.empty()) return;
    const auto where = node->source().begin;
    const auto [first, fresh] = lines.emplace(name, where.line);
    if (!fresh) {
        report.error(where, say("name: \"{}\" is the name of the gateway in line {} already; choose another",
                                "name：第 {1} 行的网关已使用名称 \"{0}\"；请另选一个", name, first->second));
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
            {}, {"there is no gateway to watch; add [[gateway]] with a name and a [[gateway.route]] with its "
                 "name and url (gatewatch.minimal.toml shows how)",
                 "没有要监测的网关；请加上 [[gateway]] 及其 name，再加上 [[gateway.route]] 及其 name 和 url"
                 "（写法见 gatewatch.minimal.toml）"});
    }
    return settings;
}

}  // namespace

std::string Problem::text(Language language) const {
    const std::string& words = in(language, message);
    return line == 0 ? fmt::format("{}: {}", file, words)
                     : fmt::format("{}:{}:{}: {}", file, line, column, words);
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
