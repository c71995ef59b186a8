#include "agent/live_checklist.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>

#include <algorithm>

#include "agent/text_lines.hpp"

namespace gatewatch::agent {
namespace {

struct Size {
    std::size_t rows = 24;
    std::size_t columns = 80;
};

Size size_of(std::FILE* terminal) {
    winsize size{};
    if (::ioctl(::fileno(terminal), TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        return {};
    return {size.ws_row, size.ws_col};
}

/// "\x1b[32m" and its like, whole; empty if none stands at the start.
std::string_view escape_at(std::string_view text) {
    if (!text.starts_with("\x1b[")) return {};
    const auto end = text.find('m');
    return end == std::string_view::npos ? text : text.substr(0, end + 1);
}

std::string cut_line(std::string_view line, std::size_t columns) {
    std::string out;
    std::size_t used = 0;
    while (!line.empty()) {
        if (const auto escape = escape_at(line); !escape.empty()) {
            out += escape;
            line.remove_prefix(escape.size());
            continue;
        }
        const auto character = line.substr(0, bytes_of_character(line));
        used += columns_of_character(character);
        if (used < columns) out += character;
        line.remove_prefix(character.size());
    }
    return out;
}

}  // namespace

std::string cut_to_width(std::string_view text, std::size_t columns) {
    std::string out;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        out += cut_line(text.substr(0, end), columns);
        out += '\n';
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

std::string cut_to_height(std::string_view text, std::size_t lines) {
    if (static_cast<std::size_t>(std::ranges::count(text, '\n')) <= lines) return std::string(text);
    std::size_t end = 0;
    for (std::size_t i = 1; i < lines; ++i) end = text.find('\n', end) + 1;
    return std::string(text.substr(0, end)) + "...\n";
}

LiveChecklist::LiveChecklist(std::FILE* terminal, Language language, Look look)
    : terminal_(terminal), language_(language), look_(look) {
    look_.running = true;
    look_.once = true;
}

void LiveChecklist::show(const Report& report) {
    const Size size = size_of(terminal_);
    // What has scrolled off the screen cannot be drawn anew; the cursor stands in the line below.
    const std::string text =
        cut_to_height(cut_to_width(render_text(report, language_, look_), size.columns), size.rows - 1);
    if (text == shown_) return;
    const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n'));
    clear();
    std::fwrite(text.data(), 1, text.size(), terminal_);
    std::fflush(terminal_);
    lines_ = lines;
    shown_ = text;
}

void LiveChecklist::clear() {
    if (lines_ == 0) return;
    fmt::print(terminal_, "\x1b[{}A\x1b[J", lines_);
    std::fflush(terminal_);
    lines_ = 0;
    shown_.clear();
}

}  // namespace gatewatch::agent
