// The verdicts that rest on no rule: everything works, or something does not and no rule knows it. Used by
// diagnose().
#pragma once

#include "agent/diagnosis/facts.hpp"
#include "agent/diagnosis/verdict.hpp"

namespace gatewatch::agent {

/// Users come over it and nothing that was tried there works. A run that `comes_through` counts as one that
/// does although it failed.
[[nodiscard]] bool public_route_is_down(const Snapshot& snapshot,
                                        const Matches& comes_through = without_token);

/// Every connect probe passes, and no other probe shows a fault of its own.
[[nodiscard]] bool all_work(const Facts& facts);

[[nodiscard]] Verdict healthy(const Facts& facts);
/// Everything that does not work, so that a person can decide what the rules do not.
[[nodiscard]] Verdict undecided(const Facts& facts);

/// The HTTP control beside Socket.IO's failure, where it works.
void add_control(Verdict& verdict, const Facts& facts);

}  // namespace gatewatch::agent
