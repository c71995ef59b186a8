#include "probes/nginx/secret_values.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <string_view>

#include "probes/nginx/lexer.hpp"

namespace gatewatch::probes::nginx {
namespace {

constexpr std::string_view hint = "<keep the value that stands there>";

bool contains_any(std::string_view text, const auto& parts) {
    return std::ranges::any_of(parts, [&](const char* part) { return text.contains(part); });
}

bool names_a_secret(std::string_view name) {
    static constexpr std::array parts{"authorization", "token",   "secret",    "password",
                                      "passwd",        "api-key", "apikey",    "api_key",
                                      "cookie",        "private", "credential"};
    std::string text(name);
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
    return contains_any(text, parts);
}

/// A value that only names variables holds no secret of its own.
bool is_literal(std::string_view value) {
    return value.find_first_not_of("\"') ") != std::string_view::npos && !value.contains('$');
}

/// The directive with the hint, without its end; nothing: it may be shown as it is.
std::optional<std::string> hidden(const std::vector<std::string>& words) {
    const std::string& name = words[0];
    if ((name == "secure_link_md5" || name == "secure_link_secret") && words.size() > 1)
        return name + " " + std::string(hint);
    static constexpr std::array carriers{"set_header", "add_header", "set_headers", "_param"};
    const bool carries = name == "set" || name == "if" || contains_any(name, carriers);
    if (!carries || words.size() < 3 || !names_a_secret(words[1])) return std::nullopt;
    const bool condition = name == "if";
    const std::size_t value = condition ? 3 : 2;
    if (words.size() <= value || !is_literal(words[value])) return std::nullopt;
    std::string text = name + " " + words[1] + " ";
    if (condition) return text + words[2] + " " + std::string(hint) + ")";
    return text + std::string(hint);
}

/// Comments are no directives, but often old ones.
std::string without_secret_comments(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        const auto mark = line.find('#');
        const bool secret = mark != std::string_view::npos && names_a_secret(line.substr(mark));
        // A # inside of a word begins no comment; to leave the rest out where it may be one does no harm.
        const bool begins = secret && (mark == 0 || line[mark - 1] == ' ' || line[mark - 1] == '\t');
        out += begins ? line.substr(0, mark + 1) : line;
        if (end < text.size()) out += '\n';
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

}  // namespace

std::string without_secret_values(const std::string& text) {
    std::string out;
    std::size_t shown = 0;
    Lexer lexer(text);
    const auto show_until = [&](std::size_t end) {
        out += without_secret_comments(std::string_view(text).substr(shown, end - shown));
        shown = end;
    };
    for (;;) {
        const auto words = lexer.next();
        if (!words) return {};
        if (words->stop == Stop::end) break;
        if (words->words.empty()) continue;
        if (words->words[0].ends_with("_by_lua_block") && !lexer.skip_lua()) return {};
        const auto instead = hidden(words->words);
        show_until(words->begin);
        if (instead) {
            out += *instead + (words->stop == Stop::open ? " {" : ";");
            shown = words->end;
        } else if (words->stop == Stop::semicolon) {
            out += std::string_view(text).substr(shown, words->end - shown);
            shown = words->end;
        }
    }
    show_until(text.size());
    return out;
}

}  // namespace gatewatch::probes::nginx
