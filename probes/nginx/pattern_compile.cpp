#include <cctype>
#include <limits>

#include "probes/nginx/pattern.hpp"
#include "probes/nginx/pattern_class.hpp"

namespace gatewatch::probes::nginx {
namespace {

using Node = Pattern::Node;
using Sequence = Pattern::Sequence;
using Set = Pattern::Set;

constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();
constexpr unsigned deepest_group = 16;

class Compiler {
  public:
    Compiler(std::string_view pattern, bool caseless) : text_(pattern), caseless_(caseless) {
        if (text_.starts_with("(?i)")) {
            caseless_ = true;
            at_ = 4;
        }
    }

    std::optional<std::vector<Sequence>> run() {
        auto choices = alternatives(0);
        if (!good_ || at_ != text_.size()) return std::nullopt;
        return choices;
    }

  private:
    [[nodiscard]] bool more() const { return at_ < text_.size(); }
    [[nodiscard]] bool starts(std::string_view with) const { return text_.substr(at_).starts_with(with); }
    void give_up() { good_ = false; }

    std::vector<Sequence> alternatives(unsigned depth) {
        std::vector<Sequence> choices(1);
        if (depth > deepest_group) give_up();
        while (good_ && more() && text_[at_] != ')') {
            if (text_[at_] == '|') {
                ++at_;
                choices.emplace_back();
                continue;
            }
            Node node = atom(depth);
            if (good_) choices.back().push_back(repeated(std::move(node)));
        }
        return choices;
    }

    Node one(char c) const {
        Node node;
        const auto byte = static_cast<unsigned char>(c);
        node.set[byte] = true;
        if (caseless_ && std::isalpha(byte)) {
            node.set[static_cast<std::size_t>(std::tolower(byte))] = true;
            node.set[static_cast<std::size_t>(std::toupper(byte))] = true;
        }
        return node;
    }

    Node atom(unsigned depth) {
        const char c = text_[at_++];
        if (static_cast<unsigned char>(c) >= 0x80) give_up();  // UTF-8 is a matter of options
        Node node;
        switch (c) {
            case '^':
                node.kind = Node::Kind::begin;
                return node;
            case '$':
                node.kind = Node::Kind::end;
                return node;
            case '.':
                node.set.set();
                node.set['\n'] = false;
                return node;
            case '[':
                return bracket();
            case '(':
                return group(depth);
            case '\\':
                return escape();
            case '*':
            case '+':
            case '?':
                give_up();
                return node;
            default:
                return one(c);
        }
    }

    Node escape() {
        Node node;
        if (!more()) {
            give_up();
            return node;
        }
        const char c = text_[at_++];
        if (auto set = escaped_class(c)) {
            node.set = *set;
            return node;
        }
        if (std::isalnum(static_cast<unsigned char>(c))) give_up();
        return one(c);
    }

    Node group(unsigned depth) {
        Node node;
        node.kind = Node::Kind::group;
        if (starts("?:")) {
            at_ += 2;
        } else if (starts("?<") || starts("?P<")) {
            const auto name = text_.find('<', at_) + 1;
            const auto end = text_.find('>', name);
            const bool named = name < text_.size() && (std::isalpha(text_[name]) || text_[name] == '_');
            if (end == std::string_view::npos || !named) {
                give_up();
                return node;
            }
            at_ = end + 1;
        } else if (starts("?") || starts("*")) {
            give_up();
            return node;
        }
        node.choices = alternatives(depth + 1);
        if (!more() || text_[at_] != ')') give_up();
        ++at_;
        return node;
    }

    /// One member of a bracket: a byte, or a class, which cannot begin a range.
    std::optional<char> member(Set& set) {
        const char c = text_[at_++];
        if (c == '[' && more() && (text_[at_] == ':' || text_[at_] == '.' || text_[at_] == '=')) give_up();
        if (static_cast<unsigned char>(c) >= 0x80) give_up();
        if (c != '\\') return c;
        if (!more()) {
            give_up();
            return std::nullopt;
        }
        const char escaped = text_[at_++];
        if (auto more_of = escaped_class(escaped)) {
            set |= *more_of;
            return std::nullopt;
        }
        if (std::isalnum(static_cast<unsigned char>(escaped))) give_up();
        return escaped;
    }

    Node bracket() {
        Node node;
        const bool negated = starts("^");
        if (negated) ++at_;
        for (bool first = true; good_; first = false) {
            if (!more()) {
                give_up();
                break;
            }
            if (text_[at_] == ']' && !first) break;
            const auto low = member(node.set);
            if (!low) continue;
            char high = *low;
            if (at_ + 1 < text_.size() && text_[at_] == '-' && text_[at_ + 1] != ']') {
                ++at_;
                const auto end = member(node.set);
                if (!end || *end < *low) give_up();
                if (end) high = *end;
            }
            for (int c = *low; good_ && c <= high; ++c) node.set |= one(static_cast<char>(c)).set;
        }
        ++at_;
        if (negated) node.set.flip();
        return node;
    }

    std::optional<std::size_t> number() {
        std::size_t value = 0;
        const auto start = at_;
        while (more() && std::isdigit(static_cast<unsigned char>(text_[at_])) && at_ - start < 4)
            value = value * 10 + static_cast<std::size_t>(text_[at_++] - '0');
        return at_ == start ? std::nullopt : std::optional(value);
    }

    /// Reads "{2}", "{2,}" or "{2,3}"; anything else in braces is itself.
    bool braces(std::size_t& least, std::size_t& most) {
        const auto start = at_++;
        if (auto low = number()) {
            least = most = *low;
            if (starts(",")) {
                ++at_;
                most = number().value_or(no_limit);
            }
            if (starts("}")) {
                ++at_;
                if (most < least) give_up();
                return true;
            }
        }
        at_ = start;
        return false;
    }

    Node repeated(Node node) {
        if (!more()) return node;
        std::size_t least = 0;
        std::size_t most = no_limit;
        switch (text_[at_]) {
            case '*':
                ++at_;
                break;
            case '+':
                ++at_, least = 1;
                break;
            case '?':
                ++at_, most = 1;
                break;
            case '{':
                if (braces(least, most)) break;
                return node;
            default:
                return node;
        }
        if (node.kind == Node::Kind::begin || node.kind == Node::Kind::end) give_up();
        Node repeat;
        repeat.kind = Node::Kind::repeat;
        repeat.least = least;
        repeat.most = most;
        repeat.lazy = starts("?");
        if (repeat.lazy) ++at_;
        if (more() && (starts("+") || starts("*") || starts("?"))) give_up();  // possessive
        repeat.choices.emplace_back().push_back(std::move(node));
        return repeat;
    }

    std::string_view text_;
    std::size_t at_ = 0;
    bool caseless_;
    bool good_ = true;
};

}  // namespace

std::optional<std::vector<Pattern::Sequence>> Pattern::compile(std::string_view pattern, bool caseless) {
    return Compiler(pattern, caseless).run();
}

}  // namespace gatewatch::probes::nginx
