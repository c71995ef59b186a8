#include "agent/logging.hpp"

#include <fmt/chrono.h>
#include <spdlog/formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>

namespace gatewatch::agent {
namespace {

// spdlog carries one text a line. Fields travel in it behind these two, which no text may hold itself.
constexpr char field_mark = '\x1f';
constexpr char value_mark = '\x1e';

std::string_view level_name(spdlog::level::level_enum level) {
    switch (level) {
        case spdlog::level::trace:
        case spdlog::level::debug:
            return "debug";
        case spdlog::level::info:
            return "info";
        case spdlog::level::warn:
            return "warning";
        default:
            return "error";
    }
}

void append(spdlog::memory_buf_t& out, std::string_view text) {
    out.append(text.data(), text.data() + text.size());
}

/// In double quotes, escaped so that both JSON and logfmt read it back. Bytes that are not ASCII go through.
void append_quoted(spdlog::memory_buf_t& out, std::string_view text) {
    out.push_back('"');
    for (const char c : text) {
        switch (c) {
            case '"':
                append(out, "\\\"");
                break;
            case '\\':
                append(out, "\\\\");
                break;
            case '\n':
                append(out, "\\n");
                break;
            case '\r':
                append(out, "\\r");
                break;
            case '\t':
                append(out, "\\t");
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
                    fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
                } else {
                    out.push_back(c);
                }
        }
    }
    out.push_back('"');
}

bool needs_quotes(std::string_view text) {
    return text.empty() || std::ranges::any_of(text, [](char c) {
               return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f;
           });
}

std::string time_text(spdlog::log_clock::time_point time) {
    const auto whole = std::chrono::floor<std::chrono::seconds>(time);
    const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(time - whole).count();
    return fmt::format("{:%FT%T}.{:03}Z", fmt::gmtime(std::chrono::system_clock::to_time_t(whole)), millis);
}

/// Calls with each name and value of a line, `time`, `level` and `msg` first.
template <class Each>
void for_each_field(const spdlog::details::log_msg& line, Each each) {
    each("time", time_text(line.time));
    each("level", level_name(line.level));
    std::string_view rest(line.payload.data(), line.payload.size());
    auto end = rest.find(field_mark);
    each("msg", rest.substr(0, end));
    while (end != std::string_view::npos) {
        rest.remove_prefix(end + 1);
        end = rest.find(field_mark);
        const auto field = rest.substr(0, end);
        const auto middle = field.find(value_mark);
        if (middle != std::string_view::npos) each(field.substr(0, middle), field.substr(middle + 1));
    }
}

class LogfmtFormatter final : public spdlog::formatter {
  public:
    void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
        for_each_field(line, [&](std::string_view name, std::string_view value) {
            if (name != "time") out.push_back(' ');
            append(out, name);
            out.push_back('=');
            if (needs_quotes(value)) {
                append_quoted(out, value);
            } else {
                append(out, value);
            }
        });
        out.push_back('\n');
    }
    [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<LogfmtFormatter>();
    }
};

class JsonFormatter final : public spdlog::formatter {
  public:
    void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
        char before = '{';
        for_each_field(line, [&](std::string_view name, std::string_view value) {
            out.push_back(before);
            append_quoted(out, name);
            out.push_back(':');
            append_quoted(out, value);
            before = ',';
        });
        append(out, "}\n");
    }
    [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<JsonFormatter>();
    }
};

void append_clean(std::string& out, std::string_view text) {
    std::ranges::replace_copy_if(
        text, std::back_inserter(out), [](char c) { return c == field_mark || c == value_mark; }, '?');
}

spdlog::level::level_enum level_of(config::LogLevel level) {
    switch (level) {
        case config::LogLevel::debug:
            return spdlog::level::debug;
        case config::LogLevel::info:
            return spdlog::level::info;
        case config::LogLevel::warning:
            return spdlog::level::warn;
        case config::LogLevel::error:
            break;
    }
    return spdlog::level::err;
}

}  // namespace

void log_event(spdlog::level::level_enum level, std::string_view message, LogFields fields) {
    if (!spdlog::should_log(level)) return;
    std::string text;
    append_clean(text, message);
    for (const auto& [name, value] : fields) {
        text += field_mark;
        text += name;
        text += value_mark;
        append_clean(text, value);
    }
    spdlog::log(level, spdlog::string_view_t(text));
}

std::unique_ptr<spdlog::formatter> make_log_formatter(config::LogFormat format) {
    if (format == config::LogFormat::json) return std::make_unique<JsonFormatter>();
    return std::make_unique<LogfmtFormatter>();
}

void set_up_logging(config::LogFormat format, config::LogLevel level) {
    auto logger = std::make_shared<spdlog::logger>("", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_formatter(make_log_formatter(format));
    logger->set_level(level_of(level));
    spdlog::set_default_logger(std::move(logger));
}

void change_logging(config::LogFormat format, config::LogLevel level) {
    spdlog::default_logger()->set_formatter(make_log_formatter(format));
    spdlog::default_logger()->set_level(level_of(level));
}

}  // namespace gatewatch::agent
