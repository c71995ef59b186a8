#include "probes/nginx/rewrite.hpp"

#include <algorithm>
#include <charconv>

#include "probes/nginx/pattern.hpp"

namespace gatewatch::probes::nginx {
namespace {

bool is_url(std::string_view text) {
    return text.starts_with("http://") || text.starts_with("https://") || text.starts_with("$scheme");
}

unsigned status_of(const Directive& directive) {
    if (directive.args.empty() || is_url(directive.args[0])) return 302;
    const auto& text = directive.args[0];
    unsigned status = 0;
    std::from_chars(text.data(), text.data() + text.size(), status);
    return status;
}

/// Whether it changes who answers, where it stands inside an `if`.
bool is_harmless(const Directive& directive) {
    static constexpr std::string_view harmless[] = {"set",        "add_header",     "access_log",
                                                    "error_log",  "log_subrequest", "expires",
                                                    "limit_rate", "gzip",           "break"};
    return std::ranges::find(harmless, directive.name) != std::end(harmless);
}

class Runner {
  public:
    Runner(Request& request, const std::vector<Directive>& http) : request_(request), http_(http) {}

    /// True: the rewriting is over.
    bool level(const std::vector<Directive>& level) {
        for (const auto& directive : level) {
            if (one(directive)) return true;
        }
        return false;
    }
    Turn turn;

  private:
    bool one(const Directive& directive) {
        if (directive.name == "set" && directive.args.size() == 2 && directive.args[0].starts_with('$')) {
            request_.variables[lower(directive.args[0]).substr(1)] =
                evaluate(directive.args[1], request_, http_);
        } else if (directive.name == "break") {
            return true;
        } else if (directive.name == "return") {
            return ends(Turn::Kind::answers, directive, status_of(directive));
        } else if (directive.name == "rewrite") {
            return rewrite(directive);
        } else if (directive.name == "if") {
            return branch(directive);
        } else if (directive.name.find("_by_lua") != std::string::npos || directive.name == "auth_request" ||
                   directive.name.starts_with("js_access") || directive.name == "secure_link") {
            turn.unsure = true;
        }
        return false;
    }

    bool ends(Turn::Kind kind, const Directive& by, unsigned status) {
        turn.kind = kind;
        turn.by = &by;
        turn.status = status;
        return true;
    }

    bool rewrite(const Directive& directive) {
        if (directive.args.size() < 2) return false;
        const auto matches = Pattern::search(directive.args[0], request_.path, false);
        if (matches && !*matches) return false;
        const auto flag = directive.args.size() > 2 ? directive.args[2] : std::string();
        if (is_url(directive.args[1]) || flag == "redirect" || flag == "permanent") {
            if (!matches) {
                turn.unsure = true;
                return false;
            }
            return ends(Turn::Kind::answers, directive, flag == "permanent" ? 301 : 302);
        }
        if (flag != "break") return ends(Turn::Kind::moves, directive, 0);
        turn.path_changed = true;
        return matches.has_value();
    }

    bool branch(const Directive& directive) {
        const auto holds = condition(directive.args);
        if (holds && !*holds) return false;
        const bool harmless = std::ranges::all_of(directive.children, is_harmless);
        if (holds) {
            if (level(directive.children)) return true;
            // The `if` is a location of its own from here on.
            return harmless ? false : ends(Turn::Kind::moves, directive, 0);
        }
        for (const auto& inside : directive.children) {
            if (inside.name == "set" && !inside.args.empty() && inside.args[0].starts_with('$'))
                request_.variables[lower(inside.args[0]).substr(1)] = std::nullopt;
            if (inside.name == "return" || inside.name == "break") turn.unsure = true;
            if (inside.name == "rewrite" || !(is_harmless(inside) || inside.name == "return"))
                return ends(Turn::Kind::moves, directive, 0);
        }
        return false;
    }

    /// `($a)`, `($a = b)`, `($a !~* expression)`; nothing: cannot tell.
    std::optional<bool> condition(std::vector<std::string> words) const {
        if (words.empty() || !words.front().starts_with('(') || !words.back().ends_with(')'))
            return std::nullopt;
        words.front().erase(0, 1);
        words.back().pop_back();
        if (words.front().empty()) words.erase(words.begin());
        if (!words.empty() && words.back().empty() && words.size() != 3) words.pop_back();
        if ((words.size() != 1 && words.size() != 3) || !words.front().starts_with('$')) return std::nullopt;
        const auto left = evaluate(words.front(), request_, http_);
        if (!left) return std::nullopt;
        if (words.size() == 1) return !left->empty() && *left != "0";
        const auto& sign = words[1];
        if (sign == "=" || sign == "!=") {
            const auto right = evaluate(words[2], request_, http_);
            if (!right) return std::nullopt;
            return (*left == *right) == (sign == "=");
        }
        const bool negated = sign.starts_with('!');
        const auto kind = sign.substr(negated ? 1 : 0);
        if (kind != "~" && kind != "~*") return std::nullopt;
        const auto matches = Pattern::search(words[2], *left, kind == "~*");
        if (!matches) return std::nullopt;
        return *matches != negated;
    }

    Request& request_;
    const std::vector<Directive>& http_;
};

}  // namespace

Turn run_rewrites(const std::vector<Directive>& level, Request& request, const std::vector<Directive>& http) {
    Runner runner(request, http);
    runner.level(level);
    return runner.turn;
}

}  // namespace gatewatch::probes::nginx
