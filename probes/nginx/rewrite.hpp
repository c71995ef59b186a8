// What `if`, `return`, `rewrite` and `set` of one level do to a request, as far as that can be known from the
// configuration. Used by inspect(). Pure.
#pragma once

#include <algorithm>
#include <array>

#include "probes/nginx/values.hpp"

namespace gatewatch::probes::nginx {

struct Turn {
    enum class Kind {
        goes_on,
        answers,  ///< `by` answers with `status` (3xx: a redirect)
        moves,    ///< to another path or another handler: cannot tell where to
    };
    Kind kind = Kind::goes_on;
    const Directive* by = nullptr;
    unsigned status = 0;
    bool unsure = false;        ///< a condition that cannot be decided may have answered before
    bool path_changed = false;  ///< it stays, but the path is another one
};

/// What one level makes of a WebSocket's request and of polling's two.
struct Turns {
    Turn websocket;
    Turn get;
    Turn post;

    [[nodiscard]] std::array<const Turn*, 3> all() const { return {&websocket, &get, &post}; }
    [[nodiscard]] const Turn* move() const {
        for (const auto* turn : all()) {
            if (turn->kind == Turn::Kind::moves) return turn;
        }
        return nullptr;
    }
    [[nodiscard]] bool unsure() const {
        return std::ranges::any_of(all(), [](const Turn* turn) { return turn->unsure; });
    }
    /// Every request is answered here.
    [[nodiscard]] bool answered() const {
        return !unsure() && websocket.kind == Turn::Kind::answers && get.kind == Turn::Kind::answers;
    }
    [[nodiscard]] bool only_post() const {
        return !unsure() && post.kind == Turn::Kind::answers && get.kind == Turn::Kind::goes_on;
    }
};

/// Variables that the level sets go into `request`.
[[nodiscard]] Turn run_rewrites(const std::vector<Directive>& level, Request& request,
                                const std::vector<Directive>& http);

[[nodiscard]] constexpr bool is_redirect(unsigned status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

}  // namespace gatewatch::probes::nginx
