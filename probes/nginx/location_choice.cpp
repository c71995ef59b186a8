#include <algorithm>

#include "probes/nginx/choice.hpp"
#include "probes/nginx/pattern.hpp"

namespace gatewatch::probes::nginx {
namespace {

enum class Kind { exact, prefix, final_prefix, regex, regex_caseless, named };

struct Matcher {
    Kind kind = Kind::prefix;
    std::string_view text;
};

/// `location = /x`, `location =/x`, `location ~* \.js$`, `location @name`.
std::optional<Matcher> matcher_of(const Directive& location) {
    if (location.name != "location" || !location.block || location.args.empty()) return std::nullopt;
    std::string_view sign = location.args[0];
    const bool apart = location.args.size() > 1;
    const auto rest = [&](std::size_t length) {
        return apart ? std::string_view(location.args[1]) : sign.substr(length);
    };
    const auto is = [&](std::string_view with) { return apart ? sign == with : sign.starts_with(with); };
    if (is("~*")) return Matcher{Kind::regex_caseless, rest(2)};
    if (is("~")) return Matcher{Kind::regex, rest(1)};
    if (is("^~")) return Matcher{Kind::final_prefix, rest(2)};
    if (is("=")) return Matcher{Kind::exact, rest(1)};
    if (sign.starts_with('@')) return Matcher{Kind::named, sign};
    return Matcher{Kind::prefix, sign};
}

bool proxies(const Directive& location) {
    for (const char* name : {"proxy_pass", "fastcgi_pass", "uwsgi_pass", "scgi_pass", "grpc_pass"}) {
        if (find(location.children, name)) return true;
    }
    return false;
}

/// nginx's ngx_http_core_find_location: the longest prefix, inside it the same again, then the expressions of
/// each level from the inside out. True: the search is over.
class Search {
  public:
    Search(const std::string& path, LocationChoice& choice) : path_(path), choice_(choice) {}

    bool level(const std::vector<Directive>& level) {
        const auto best = longest(level);
        bool final_prefix = false;
        if (!whole_ && slash_missing(level)) {
            choice_.slash_missing = true;
            return true;
        }
        if (best) {
            choice_.path.push_back(best->first);
            if (best->second == Kind::exact) return true;
            final_prefix = best->second == Kind::final_prefix;
            if (this->level(best->first->children) || choice_.undecided) return true;
        }
        return !final_prefix && expressions(level, choice_.path.size() - (best ? depth_below(level) : 0));
    }

  private:
    using Best = std::optional<std::pair<const Directive*, Kind>>;

    Best longest(const std::vector<Directive>& level) {
        Best best;
        whole_ = false;
        std::size_t length = 0;
        for (const auto& location : level) {
            const auto matcher = matcher_of(location);
            if (!matcher) continue;
            if (matcher->kind == Kind::exact && matcher->text == path_) {
                whole_ = true;
                return {{&location, Kind::exact}};
            }
            if (matcher->kind != Kind::prefix && matcher->kind != Kind::final_prefix) continue;
            if (!path_.starts_with(matcher->text) || (best && matcher->text.size() <= length)) continue;
            best = {&location, matcher->kind};
            length = matcher->text.size();
            whole_ = length == path_.size();
        }
        return best;
    }

    /// How many locations of the path found so far lie on this level or inside it.
    std::size_t depth_below(const std::vector<Directive>& level) const {
        const auto on_level = [&](const Directive* one) {
            return &level.front() <= one && one <= &level.back();
        };
        const auto first = std::ranges::find_if(choice_.path, on_level);
        return static_cast<std::size_t>(choice_.path.end() - first);
    }

    bool expressions(const std::vector<Directive>& level, std::size_t keep) {
        for (const auto& location : level) {
            const auto matcher = matcher_of(location);
            if (!matcher || (matcher->kind != Kind::regex && matcher->kind != Kind::regex_caseless)) continue;
            const auto matches = Pattern::search(matcher->text, path_, matcher->kind == Kind::regex_caseless);
            if (!matches) {
                choice_.undecided = true;
                return true;
            }
            if (!*matches) continue;
            choice_.path.resize(keep);
            choice_.path.push_back(&location);
            this->level(location.children);
            return true;
        }
        return false;
    }

    /// "/socket.io" where there is a proxied "/socket.io/".
    bool slash_missing(const std::vector<Directive>& level) const {
        return std::ranges::any_of(level, [&](const Directive& location) {
            const auto matcher = matcher_of(location);
            const bool plain = matcher && (matcher->kind == Kind::prefix || matcher->kind == Kind::exact ||
                                           matcher->kind == Kind::final_prefix);
            return plain && matcher->text == path_ + "/" && proxies(location);
        });
    }

    const std::string& path_;
    LocationChoice& choice_;
    bool whole_ = false;  ///< the last prefix found is all of the path
};

}  // namespace

LocationChoice choose_location(const Directive& server, const std::string& path) {
    LocationChoice choice;
    Search(path, choice).level(server.children);
    return choice;
}

LocationChoice named_location(const Directive& server, const std::string& name) {
    LocationChoice choice;
    for (const auto& location : server.children) {
        const auto matcher = matcher_of(location);
        if (matcher && matcher->kind == Kind::named && matcher->text == name) choice.path = {&location};
    }
    return choice;
}

}  // namespace gatewatch::probes::nginx
