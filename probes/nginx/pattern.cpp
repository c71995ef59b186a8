#include "probes/nginx/pattern.hpp"

#include <functional>

namespace gatewatch::probes::nginx {
namespace {

using Node = Pattern::Node;
using Sequence = Pattern::Sequence;

constexpr unsigned most_steps = 20000;
constexpr unsigned deepest_call = 600;

class Matcher {
  public:
    using Next = std::function<bool(std::size_t)>;

    explicit Matcher(std::string_view subject) : subject_(subject) {}
    [[nodiscard]] bool exhausted() const { return exhausted_; }

    bool any(const std::vector<Sequence>& choices, std::size_t at, const Next& next) {
        for (const auto& choice : choices) {
            if (sequence(choice, 0, at, next)) return true;
        }
        return false;
    }

  private:
    bool sequence(const Sequence& nodes, std::size_t index, std::size_t at, const Next& next) {
        if (++steps_ > most_steps || depth_ >= deepest_call) exhausted_ = true;
        if (exhausted_) return false;
        if (index == nodes.size()) return next(at);
        ++depth_;
        const bool matched = node(nodes, index, at, next);
        --depth_;
        return matched;
    }

    bool node(const Sequence& nodes, std::size_t index, std::size_t at, const Next& next) {
        const Node& node = nodes[index];
        const auto rest = [&, index](std::size_t end) { return sequence(nodes, index + 1, end, next); };
        switch (node.kind) {
            case Node::Kind::begin:
                return at == 0 && rest(at);
            case Node::Kind::end:
                return (at == subject_.size() || (at + 1 == subject_.size() && subject_[at] == '\n')) &&
                       rest(at);
            case Node::Kind::set:
                return at < subject_.size() && node.set[static_cast<unsigned char>(subject_[at])] &&
                       rest(at + 1);
            case Node::Kind::group:
                return any(node.choices, at, rest);
            case Node::Kind::repeat:
                return repeat(node, 0, at, rest);
        }
        return false;
    }

    bool repeat(const Node& node, std::size_t count, std::size_t at, const Next& next) {
        const auto again = [&](std::size_t from) {
            if (count >= node.most) return false;
            return sequence(node.choices.front(), 0, from, [&, from](std::size_t end) {
                if (end == from && count >= node.least) return false;  // empty rounds lead nowhere
                return repeat(node, count + 1, end, next);
            });
        };
        if (count < node.least) return again(at);
        return node.lazy ? next(at) || again(at) : again(at) || next(at);
    }

    std::string_view subject_;
    unsigned steps_ = 0;
    unsigned depth_ = 0;
    bool exhausted_ = false;
};

}  // namespace

std::optional<bool> Pattern::search(std::string_view pattern, std::string_view subject, bool caseless) {
    const auto compiled = compile(pattern, caseless);
    if (!compiled) return std::nullopt;
    Matcher matcher(subject);
    for (std::size_t at = 0; at <= subject.size(); ++at) {
        if (matcher.any(*compiled, at, [](std::size_t) { return true; })) return true;
        if (matcher.exhausted()) return std::nullopt;
    }
    return false;
}

}  // namespace gatewatch::probes::nginx
