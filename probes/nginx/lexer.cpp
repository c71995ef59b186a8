#include "probes/nginx/lexer.hpp"

#include <fmt/format.h>

namespace gatewatch::probes::nginx {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
constexpr std::size_t longest_word = 4096;  // nginx's own limit
constexpr std::size_t most_words = 10000;   // a server_name may be long

bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/// nginx takes \" \' \\ \t \r \n as escapes and keeps the backslash of any other.
std::string without_escapes(std::string_view raw) {
    std::string word;
    for (std::size_t i = 0; i < raw.size(); ++i) {
        if (raw[i] != '\\' || i + 1 == raw.size()) {
            word += raw[i];
            continue;
        }
        switch (raw[i + 1]) {
            case '"':
            case '\'':
            case '\\':
                word += raw[++i];
                break;
            case 't':
                word += '\t', ++i;
                break;
            case 'r':
                word += '\r', ++i;
                break;
            case 'n':
                word += '\n', ++i;
                break;
            default:
                word += raw[i];
        }
    }
    return word;
}

LexError error(unsigned line, const char* en, const char* zh) {
    return {line, {en, zh}};
}

LexError unexpected(unsigned line, char c) {
    return {line, {fmt::format("unexpected \"{}\"", c), fmt::format("此处不应出现“{}”", c)}};
}

}  // namespace

Lexer::Lexer(std::string_view text) : text_(text) {
    if (text_.starts_with(byte_order_mark)) position_ = byte_order_mark.size();
}

void Lexer::advance() {
    if (text_[position_++] == '\n') ++line_;
}

std::optional<LexError> Lexer::skip_space() {
    while (position_ < text_.size()) {
        if (text_[position_] == '#') {
            while (position_ < text_.size() && text_[position_] != '\n') ++position_;
        } else if (is_space(text_[position_])) {
            advance();
        } else if (text_[position_] == '\0') {
            return error(line_, "there is a zero byte: this is no configuration file",
                         "出现了空字节（NUL）：这不是配置文件");
        } else {
            break;
        }
    }
    return std::nullopt;
}

std::optional<LexError> Lexer::read_word(Words& words) {
    const unsigned first_line = line_;
    const char quote = text_[position_] == '"' || text_[position_] == '\'' ? text_[position_] : '\0';
    if (quote) ++position_;
    const std::size_t start = position_;
    bool variable = false;  // behind a `$`, where `{` belongs to the word
    for (;;) {
        if (position_ >= text_.size()) {
            return quote ? error(first_line, "the quote that opens here is never closed",
                                 "此处开始的引号没有闭合")
                         : error(first_line, "the file ends before the \";\" of this directive",
                                 "文件在该指令的“;”之前就结束了");
        }
        const char c = text_[position_];
        if (position_ - start > longest_word || c == '\0') {
            return error(first_line, "a word longer than 4096 bytes, or binary data",
                         "出现超过 4096 字节的单词或二进制数据");
        }
        if (quote ? c == quote : (is_space(c) || c == ';' || (c == '{' && !variable))) break;
        variable = c == '$';
        advance();
        if (c == '\\' && position_ < text_.size()) advance();
    }
    words.words.push_back(without_escapes(text_.substr(start, position_ - start)));
    if (!quote) return std::nullopt;
    ++position_;
    if (position_ < text_.size()) {
        const char c = text_[position_];
        // nginx lets a `)` follow, for `if ($a = "b")`; it begins a word of its own.
        if (!is_space(c) && c != ';' && c != '{' && c != ')') return unexpected(line_, c);
    }
    return std::nullopt;
}

std::expected<Words, LexError> Lexer::next() {
    Words words;
    for (;;) {
        if (auto problem = skip_space()) return std::unexpected(*problem);
        if (words.words.empty()) {
            words.line = line_;
            words.begin = position_;
        }
        if (position_ >= text_.size()) {
            words.end = position_;
            if (words.words.empty()) return words;
            return std::unexpected(error(words.line, "the file ends before the \";\" of this directive",
                                         "文件在该指令的“;”之前就结束了"));
        }
        const char c = text_[position_];
        if (c == ';' || c == '{' || c == '}') {
            if ((c == '}') != words.words.empty()) return std::unexpected(unexpected(line_, c));
            words.end = ++position_;
            words.stop = c == ';' ? Stop::semicolon : c == '{' ? Stop::open : Stop::close;
            return words;
        }
        if (words.words.size() >= most_words)
            return std::unexpected(
                error(words.line, "a directive of more than 10000 words", "一条指令的单词超过 10000 个"));
        if (auto problem = read_word(words)) return std::unexpected(*problem);
    }
}

bool Lexer::skip_lua_string() {
    const char quote = text_[position_];
    for (++position_; position_ < text_.size(); advance()) {
        if (text_[position_] == '\\') {
            advance();
            if (position_ >= text_.size()) return false;
        } else if (text_[position_] == quote) {
            ++position_;
            return true;
        }
    }
    return false;
}

bool Lexer::skip_lua() {
    // "[[" or "[==[" at the position: the bracket that closes it.
    const auto long_bracket = [this](std::size_t at) -> std::string {
        std::size_t equals = at + 1;
        if (at >= text_.size() || text_[at] != '[') return {};
        while (equals < text_.size() && text_[equals] == '=') ++equals;
        if (equals >= text_.size() || text_[equals] != '[') return {};
        return "]" + std::string(equals - at - 1, '=') + "]";
    };
    const auto skip_to = [this](std::string_view closing) {
        const auto found = text_.find(closing, position_);
        if (found == std::string_view::npos) return false;
        while (position_ < found + closing.size()) advance();
        return true;
    };
    for (unsigned depth = 1; position_ < text_.size();) {
        const char c = text_[position_];
        if (c == '"' || c == '\'') {
            if (!skip_lua_string()) return false;
        } else if (text_.substr(position_).starts_with("--")) {
            const auto closing = long_bracket(position_ + 2);
            if (!skip_to(closing.empty() ? "\n" : std::string_view(closing))) return false;
        } else if (const auto closing = long_bracket(position_); !closing.empty()) {
            if (!skip_to(closing)) return false;
        } else {
            if (c == '{') ++depth;
            advance();
            if (c == '}' && --depth == 0) return true;
        }
    }
    return false;
}

}  // namespace gatewatch::probes::nginx
