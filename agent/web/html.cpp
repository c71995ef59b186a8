#include "agent/web/html.hpp"

#include <fmt/chrono.h>

#include "agent/diagnosis/text.hpp"

namespace gatewatch::agent::web {
namespace {

using std::chrono::floor;

constexpr std::string_view control_mark = "\u00B7";

std::string_view entity(char c) {
    switch (c) {
        case '&':
            return "&amp;";
        case '<':
            return "&lt;";
        case '>':
            return "&gt;";
        case '"':
            return "&quot;";
        case '\'':
            return "&#39;";
        default:
            return {};
    }
}

}  // namespace

std::string escape_html(std::string_view text) {
    std::string escaped;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (const auto name = entity(c); !name.empty()) {
            escaped += name;
        } else if ((byte < 0x20 && c != '\n') || byte == 0x7F) {
            escaped += control_mark;
        } else {
            escaped += c;
        }
    }
    return escaped;
}

std::string icon(HopState state) {
    return fmt::format("<svg class=\"icon\" aria-hidden=\"true\"><use href=\"#i-{}\"/></svg>",
                       name_of(state));
}

HopState state_of(Severity severity) {
    switch (severity) {
        case Severity::ok:
            return HopState::ok;
        case Severity::degraded:
            return HopState::degraded;
        case Severity::down:
            return HopState::failing;
        case Severity::unknown:
            break;
    }
    return HopState::unknown;
}

std::string span_of_time(Language language, std::chrono::nanoseconds span) {
    const bool en = language == Language::en;
    const auto total =
        std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(span).count());
    const auto pair = [&](std::int64_t big, const char* big_unit, std::int64_t small,
                          const char* small_unit) {
        return small == 0 ? fmt::format("{} {}", big, big_unit)
                          : fmt::format("{} {} {} {}", big, big_unit, small, small_unit);
    };
    if (total < 60) return fmt::format("{} {}", total, en ? "s" : "秒");
    if (total < 3600) return pair(total / 60, en ? "min" : "分", total % 60, en ? "s" : "秒");
    if (total < 86400) return pair(total / 3600, en ? "h" : "小时", total / 60 % 60, en ? "min" : "分");
    return pair(total / 86400, en ? "d" : "天", total / 3600 % 24, en ? "h" : "小时");
}

std::string time_tag(const View& view, probes::WallTime time) {
    const auto moment = floor<std::chrono::seconds>(time);
    const auto text = floor<std::chrono::days>(time) == floor<std::chrono::days>(view.now)
                          ? fmt::format("{:%H:%M:%S}", moment)
                          : fmt::format("{:%m-%d %H:%M:%S}", moment);
    return fmt::format("<time datetime=\"{}\">{}</time>", rfc3339(time), text);
}

std::string age_tag(const View& view, probes::WallTime time) {
    return fmt::format("<span class=\"age\">{}</span>",
                       view.say(Word::ago, span_of_time(view.language, view.now - time)));
}

std::string section(std::string_view key, std::string_view css_class, std::string_view heading,
                    std::string_view body) {
    return fmt::format(
        "<section class=\"{1}\" data-key=\"{0}\" aria-labelledby=\"{0}-h\"><h3 id=\"{0}-h\">{2}</h3>\n{3}"
        "</section>\n",
        key, css_class, heading, body);
}

std::string copyable(const View& view, std::string_view key, std::string_view text) {
    while (text.ends_with('\n')) text.remove_suffix(1);
    return fmt::format(
        "<div class=\"copyable\"><pre id=\"{0}\" tabindex=\"0\">{1}</pre>"
        "<button type=\"button\" class=\"copy\" data-copy=\"{0}\">{2}</button></div>\n",
        key, escape_html(text), view.say(Word::copy));
}

}  // namespace gatewatch::agent::web
