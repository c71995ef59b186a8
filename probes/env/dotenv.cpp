#include "probes/env/dotenv.hpp"

#include <algorithm>
#include <cctype>
#include <optional>
#include <ranges>

namespace gatewatch::probes::env {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\v' || c == '\f';
}

bool is_key(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '-';
}

std::string_view trimmed(std::string_view text) {
    const auto space = [](char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; };
    while (!text.empty() && space(text.front())) text.remove_prefix(1);
    while (!text.empty() && space(text.back())) text.remove_suffix(1);
    return text;
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
    std::string out;
    for (auto at = text.find(from); at != std::string_view::npos; at = text.find(from)) {
        out.append(text.substr(0, at)).append(to);
        text.remove_prefix(at + from.size());
    }
    return out.append(text);
}

class Parser {
  public:
    explicit Parser(std::string_view text) : text_(text) {}

    std::vector<Variable> parse() {
        std::vector<Variable> variables;
        while (at_ < text_.size()) {
            if (auto variable = assignment()) {
                variables.push_back(std::move(*variable));
            }
            skip_line();
        }
        return variables;
    }

  private:
    void skip_blanks() {
        while (at_ < text_.size() && is_blank(text_[at_])) ++at_;
    }
    void skip_line() {
        const auto end = text_.find('\n', at_);
        line_ += end != std::string_view::npos ? 1 : 0;
        at_ = end == std::string_view::npos ? text_.size() : end + 1;
    }
    std::string_view key() {
        const auto from = at_;
        while (at_ < text_.size() && is_key(text_[at_])) ++at_;
        return text_.substr(from, at_ - from);
    }

    /// What stands on the line, or nothing; ends before the line's end.
    std::optional<Variable> assignment() {
        skip_blanks();
        auto name = key();
        if (name == "export" && at_ < text_.size() && is_blank(text_[at_])) {
            skip_blanks();
            name = key();
        }
        if (name.empty()) return std::nullopt;
        if (text_.substr(at_, 1) == ":" && at_ + 1 < text_.size() && is_blank(text_[at_ + 1])) {
            ++at_;
        } else {
            skip_blanks();
            if (text_.substr(at_, 1) != "=") return std::nullopt;
            ++at_;
        }
        const auto line = line_;
        return Variable{.key = std::string(name), .value = value(), .line = line};
    }

    std::string value() {
        skip_blanks();
        if (auto text = quoted()) return *text;
        const auto end = std::min(text_.find_first_of("#\n", at_), text_.size());
        const auto bare = trimmed(text_.substr(at_, end - at_));
        at_ = end;
        // A quote that is not closed, or closed before the end, is part of the value; a pair of them is not.
        if (bare.size() >= 2 && bare.front() == bare.back() && is_quote(bare.front())) {
            return std::string(bare.substr(1, bare.size() - 2));
        }
        return std::string(bare);
    }

    static bool is_quote(char c) { return c == '\'' || c == '"' || c == '`'; }

    /// A value in quotes, perhaps over several lines, if nothing but a comment follows on its last one.
    std::optional<std::string> quoted() {
        if (at_ >= text_.size() || !is_quote(text_[at_])) return std::nullopt;
        const char quote = text_[at_];
        auto end = at_ + 1;
        while (end < text_.size() && text_[end] != quote) {
            const bool escaped = text_[end] == '\\' && end + 1 < text_.size() && text_[end + 1] == quote;
            end += escaped ? 2 : 1;
        }
        if (end >= text_.size()) return std::nullopt;
        auto rest = end + 1;
        while (rest < text_.size() && is_blank(text_[rest])) ++rest;
        if (rest < text_.size() && text_[rest] != '\n' && text_[rest] != '#') return std::nullopt;
        const auto inner = text_.substr(at_ + 1, end - at_ - 1);
        line_ += static_cast<unsigned>(std::ranges::count(inner, '\n'));
        at_ = rest;
        return quote == '"' ? replaced(replaced(inner, "\\n", "\n"), "\\r", "\r") : std::string(inner);
    }

    std::string_view text_;
    std::size_t at_ = 0;
    unsigned line_ = 1;
};

}  // namespace

std::vector<Variable> parse_dotenv(std::string_view text) {
    if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
    const auto lines = replaced(replaced(text, "\r\n", "\n"), "\r", "\n");
    return Parser(lines).parse();
}

const Variable* find(const std::vector<Variable>& variables, std::string_view key) {
    for (const auto& variable : std::views::reverse(variables)) {
        if (variable.key == key) return &variable;
    }
    return nullptr;
}

bool expand(const std::vector<Variable>& variables, std::string& value) {
    for (int replacements = 0; replacements < 16; ++replacements) {
        const auto dollar = value.find('$');
        if (dollar == std::string::npos) return true;
        const bool braces = value.substr(dollar + 1, 1) == "{";
        const auto from = dollar + (braces ? 2 : 1);
        auto end = from;
        while (end < value.size() && is_key(value[end]) && value[end] != '.' && value[end] != '-') ++end;
        if (end == from || (braces && value.substr(end, 1) != "}")) return false;
        const auto* variable = find(variables, std::string_view(value).substr(from, end - from));
        if (variable == nullptr) return false;
        value.replace(dollar, end - dollar + (braces ? 1 : 0), variable->value);
    }
    return false;
}

}  // namespace gatewatch::probes::env
