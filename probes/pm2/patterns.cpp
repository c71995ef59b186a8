#include "probes/pm2/patterns.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "config/log_patterns.hpp"
#include "probes/pm2/required_texts.hpp"
#include "probes/pm2/text.hpp"

namespace gatewatch::probes::pm2 {
namespace {

constexpr std::size_t sid_length = 20;
/// Damaged lines are compared at every character: no further than any of the backend's own lines reaches.
constexpr std::size_t damaged_reach = 4096;

struct Word {
    EventKind kind;
    std::string_view text;
};

constexpr std::array verbs{Word{EventKind::attempt, "尝试连接"}, Word{EventKind::disconnect, "断开连接"}};

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
static_assert(verbs.size() + words.size() == enum_count<EventKind>);

bool is_sid_character(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
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

}  // namespace

/// Of each event, by its number; empty: the built-in words.
struct Patterns::Expressions {
    struct One {
        std::unique_ptr<RE2> expression;
        int sid = 0;  ///< the group's number, 0: there is none
        int detail = 0;
    };
    std::array<std::vector<One>, enum_count<EventKind>> of;

    [[nodiscard]] bool replaces(EventKind kind) const { return !of[static_cast<std::size_t>(kind)].empty(); }
    [[nodiscard]] std::optional<ParsedEvent> match(EventKind kind, std::string_view line) const;
    [[nodiscard]] std::optional<EventKind> damaged_word_in(std::string_view text) const;
};

std::optional<ParsedEvent> Patterns::Expressions::match(EventKind kind, std::string_view line) const {
    const re2::StringPiece text(line.data(), line.size());
    for (const One& one : of[static_cast<std::size_t>(kind)]) {
        std::array<re2::StringPiece, 32> groups;
        const int wanted = std::max(one.sid, one.detail) + 1;
        if (wanted > static_cast<int>(groups.size())) continue;
        if (!one.expression->Match(text, 0, text.size(), RE2::UNANCHORED, groups.data(), wanted)) continue;
        const auto group = [&](int number) {
            const auto& found = groups[static_cast<std::size_t>(number)];
            return number == 0 ? std::string_view() : std::string_view(found.data(), found.size());
        };
        ParsedEvent event{kind, {}, {}};
        if (is_sid(group(one.sid))) event.sid = group(one.sid);
        const bool needs_sid = kind == EventKind::attempt || kind == EventKind::disconnect;
        if (needs_sid && event.sid.empty()) continue;
        if (kind == EventKind::error) event.excerpt = excerpt_of(one.detail == 0 ? line : group(one.detail));
        return event;
    }
    return std::nullopt;
}

std::optional<EventKind> Patterns::Expressions::damaged_word_in(std::string_view text) const {
    for (auto rest = text.substr(0, damaged_reach); !rest.empty();
         rest.remove_prefix(first_character(rest).size())) {
        for (const auto& word : words) {
            if (!replaces(word.kind) && begins_like(rest, word.text)) return word.kind;
        }
    }
    return std::nullopt;
}

Patterns::Patterns() : Patterns(std::map<std::string, std::vector<std::string>>{}) {}

Patterns::Patterns(const std::map<std::string, std::vector<std::string>>& by_event)
    : own_(std::make_unique<Expressions>()) {
    RE2::Options options;
    options.set_log_errors(false);
    for (const auto& [name, texts] : by_event) {
        const auto kind = from_name<EventKind>(name);
        if (!kind) continue;
        for (const auto& text : texts) {
            if (config::fault_of_pattern(*kind, text)) continue;
            auto expression = std::make_unique<RE2>(text, options);
            const auto& groups = expression->NamedCapturingGroups();
            const auto number = [&](std::string_view group) {
                const auto found = groups.find(std::string(group));
                return found == groups.end() ? 0 : found->second;
            };
            const int sid = number(config::sid_group);
            const int detail = number(config::detail_group);
            own_->of[static_cast<std::size_t>(*kind)].push_back({std::move(expression), sid, detail});
        }
    }
    find_literals();
}

Patterns::Patterns(Patterns&&) noexcept = default;
Patterns& Patterns::operator=(Patterns&&) noexcept = default;
Patterns::~Patterns() = default;

Said Patterns::read(std::string_view line) const {
    const auto event_of = [line](EventKind kind) {
        return ParsedEvent{kind, {}, kind == EventKind::error ? excerpt_of(line) : ""};
    };
    const bool damaged = line.find(replacement) != std::string_view::npos;
    const auto sighting = find_sid(line);
    for (const auto& verb : verbs) {
        if (own_->replaces(verb.kind)) {
            if (auto event = own_->match(verb.kind, line)) return {std::move(event)};
        } else if (sighting && (sighting->after.starts_with(verb.text) ||
                                (damaged && begins_like(sighting->after, verb.text)))) {
            return {ParsedEvent{verb.kind, std::string(sighting->sid), {}}};
        }
    }
    for (const auto& word : words) {
        if (own_->replaces(word.kind)) {
            if (auto event = own_->match(word.kind, line)) return {std::move(event)};
        } else if (line.find(word.text) != std::string_view::npos) {
            return {event_of(word.kind)};
        }
    }
    if (!damaged) return {};
    if (const auto kind = own_->damaged_word_in(line)) return {event_of(*kind)};
    return {std::nullopt, sighting || line.find("Token from ") != std::string_view::npos};
}

/// The built-in words' own pieces, few and rare in other lines; all others by RE2's word.
void Patterns::find_literals() {
    const auto add = [this](Literal literal) {
        const auto same = [&](const Literal& other) { return other.text == literal.text; };
        if (std::ranges::none_of(literals_, same)) literals_.push_back(std::move(literal));
    };
    for (const auto& verb : verbs) {
        if (!own_->replaces(verb.kind)) add({std::string(verb.text)});
    }
    for (const auto& word : words) {
        if (own_->replaces(word.kind)) continue;
        add({word.kind == EventKind::error ? std::string(word.text) : "oken"});
    }
    for (const auto& expressions : own_->of) {
        for (const auto& one : expressions) {
            const auto required = required_texts(one.expression->pattern());
            any_line_ = any_line_ || required.empty();
            for (const auto& text : required) add({text, true});
        }
    }
}

bool is_sid(std::string_view text) {
    return text.size() == sid_length && std::ranges::all_of(text, is_sid_character);
}

}  // namespace gatewatch::probes::pm2
