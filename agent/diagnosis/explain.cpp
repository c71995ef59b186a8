#include "agent/diagnosis/explain.hpp"

#include <algorithm>
#include <array>

namespace gatewatch::agent {
namespace {

struct Explanation {
    Cause cause;
    Cause other;
};

constexpr std::array explanations{
    // A process that comes and goes: the local route works at one moment, the public one fails at the next,
    // and its sessions go with it.
    Explanation{Cause::restart_loop, Cause::wrong_upstream},
    Explanation{Cause::restart_loop, Cause::wrong_vhost},
    Explanation{Cause::restart_loop, Cause::path_rewritten},
    Explanation{Cause::restart_loop, Cause::not_sticky},
    Explanation{Cause::restart_loop, Cause::capacity},
    Explanation{Cause::restart_loop, Cause::idle_timeout},
    // The session of a cached handshake is one that ended long ago.
    Explanation{Cause::cached_handshake, Cause::not_sticky},
    // What an old server says is not understood in more than one way.
    Explanation{Cause::eio_mismatch, Cause::not_socketio},
    Explanation{Cause::eio_mismatch, Cause::connect_unanswered},
    Explanation{Cause::eio_mismatch, Cause::ready_missing},
    // nginx without a free connection closes at once, or does not accept.
    Explanation{Cause::capacity, Cause::wrong_vhost},
    Explanation{Cause::capacity, Cause::tcp_timeout},
};

}  // namespace

bool explains(Cause cause, Cause other) {
    return std::ranges::any_of(explanations,
                               [&](const Explanation& e) { return e.cause == cause && e.other == other; });
}

}  // namespace gatewatch::agent
