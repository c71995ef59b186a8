#include "probes/pm2/line_parser.hpp"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include "probes/pm2/text.hpp"

namespace gatewatch::probes::pm2 {
namespace {

constexpr std::size_t sid_length = 20;
/// PM2's JSON holds Nest's JSON at most; deeper is none of theirs.
constexpr int deepest_record = 2;
/// Damaged lines are compared at every character: no further than any of the backend's own lines reaches.
constexpr std::size_t damaged_reach = 4096;

struct Word {
    EventKind kind;
    std::string_view text;
};

/// An error may quote any of the others, so it comes first.
constexpr std::array words{Word{EventKind::error, "连接处理错误"},
                           Word{EventKind::token_auth_absent, "Token from auth: 不存在"},
                           Word{EventKind::token_auth_present, "Token from auth: 存在"},
                           Word{EventKind::token_header_absent, "Token from header: 不存在"},
                           Word{EventKind::token_header_present, "Token from header: 存在"},
                           Word{EventKind::verify, "验证 Token: "},
                           Word{EventKind::rejected_unknown, "Token 不存在或已被撤销"},
                           Word{EventKind::rejected_expired, "Token 已过期"},
                           Word{EventKind::accepted, "Token 验证成功"},
                           Word{EventKind::rejected_missing, "缺少 token"}};

constexpr std::array verbs{Word{EventKind::attempt, "尝试连接"}, Word{EventKind::disconnect, "断开连接"}};

bool is_sid_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

std::string_view first_character(std::string_view text) {
    std::size_t end = 1;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) ++end;
    return text.substr(0, end);
}

/// Whether the text begins with the pattern, where U+FFFD stands for any one character. A text that ends at
/// such a place was cut there, and matches if a character before it did.
bool begins_like(std::string_view text, std::string_view pattern) {
    bool matched_any = false;
    while (!pattern.empty()) {
        if (text.empty()) return false;
        const auto wanted = first_character(pattern);
        if (text.starts_with(replacement)) {
            text.remove_prefix(replacement.size());
            pattern.remove_prefix(wanted.size());
            if (text.find_first_not_of(' ') == std::string_view::npos) return matched_any || pattern.empty();
        } else if (text.starts_with(wanted)) {
            matched_any = matched_any || static_cast<unsigned char>(wanted[0]) >= 0x80;
            text.remove_prefix(wanted.size());
            pattern.remove_prefix(wanted.size());
        } else {
            return false;
        }
    }
    return true;
}

struct Sighting {
    std::string_view sid;
    std::string_view after;  ///< the text behind it and its blank
};

/// The first sid that stands where 客户端 puts it: between blanks, or at the end, after a character that is
/// not ASCII.
std::optional<Sighting> find_sid(std::string_view text) {
    for (auto at = text.find(' '); at != std::string_view::npos; at = text.find(' ', at + 1)) {
        if (at == 0 || static_cast<unsigned char>(text[at - 1]) < 0x80) continue;
        const auto rest = text.substr(at + 1);
        if (rest.size() < sid_length || !is_sid(rest.substr(0, sid_length))) continue;
        const auto after = rest.substr(sid_length);
        if (after.empty()) return Sighting{rest.substr(0, sid_length), after};
        if (after.front() == ' ') return Sighting{rest.substr(0, sid_length), after.substr(1)};
    }
    return std::nullopt;
}

std::optional<EventKind> word_in(std::string_view text, bool damaged) {
    for (const auto& word : words) {
        if (text.find(word.text) != std::string_view::npos) return word.kind;
    }
    if (!damaged) return std::nullopt;
    for (auto rest = text.substr(0, damaged_reach); !rest.empty();
         rest.remove_prefix(first_character(rest).size())) {
        for (const auto& word : words) {
            if (begins_like(rest, word.text)) return word.kind;
        }
    }
    return std::nullopt;
}

void parse_text(std::string_view text, ParsedLine& result) {
    const bool damaged = text.find(replacement) != std::string_view::npos;
    const auto sighting = find_sid(text);
    if (sighting) {
        for (const auto& verb : verbs) {
            if (sighting->after.starts_with(verb.text) ||
                (damaged && begins_like(sighting->after, verb.text))) {
                result.events.push_back({verb.kind, std::string(sighting->sid), {}});
                return;
            }
        }
    }
    if (const auto kind = word_in(text, damaged)) {
        result.events.push_back({*kind, {}, *kind == EventKind::error ? excerpt_of(text) : ""});
    } else if (damaged && (sighting || text.find("Token from ") != std::string_view::npos)) {
        ++result.unparsed;
    }
}

const boost::json::string* message_of(const boost::json::value& record) {
    const auto* object = record.if_object();
    if (object == nullptr) return nullptr;
    for (const std::string_view name : {"message", "msg"}) {
        if (const auto* value = object->if_contains(name); value != nullptr && value->is_string()) {
            return &value->get_string();
        }
    }
    return nullptr;
}

void parse_mended(std::string_view line, int depth, ParsedLine& result);

void parse_lines(std::string_view text, int depth, ParsedLine& result) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        parse_mended(mended(text.substr(0, end)), depth, result);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
}

void parse_mended(std::string_view line, int depth, ParsedLine& result) {
    const auto start = line.find_first_not_of(" \t");
    if (start == std::string_view::npos) return;
    line.remove_prefix(start);
    if (line.front() == '{' && depth < deepest_record) {
        boost::system::error_code error;
        boost::json::parse_options options;
        options.max_depth = 16;
        const auto record = boost::json::parse(line, error, {}, options);
        if (!error) {
            if (const auto* message = message_of(record))
                parse_lines({message->data(), message->size()}, depth + 1, result);
            return;
        }
        if (line.find("\"message\"") != std::string_view::npos) {
            ++result.unparsed;
            return;
        }
    }
    parse_text(line, result);
}

bool may_matter(std::string_view line) {
    const auto has = [&](std::string_view part) { return line.find(part) != std::string_view::npos; };
    if (has("oken") || has("客户端") || has("连接处理错误") || has(replacement)) return true;
    // Other loggers write their Chinese in escapes.
    if (line.front() == '{' && has("\\u")) return true;
    return !is_utf8(line);
}

}  // namespace

bool is_sid(std::string_view text) {
    return text.size() == sid_length && std::ranges::all_of(text, is_sid_character);
}

ParsedLine parse_line(std::string_view line) {
    ParsedLine result;
    if (!line.empty() && may_matter(line)) parse_mended(mended(line), 0, result);
    return result;
}

}  // namespace gatewatch::probes::pm2
