// Collectors that cannot be read: no fault of the gateway, but what they watch may be broken unseen. Used by
// diagnose() and by the verdicts that rest on no rule.
#pragma once

#include "agent/diagnosis/verdict.hpp"

namespace gatewatch::agent {

/// A line for each that does not answer, and for a token table whose rows cannot all be counted.
void add_collectors(Verdict& verdict, const Snapshot& snapshot);

/// To a verdict that nothing is wrong: that it was not seen everywhere, and what to mend.
void add_blind_spots(Verdict& verdict, const Snapshot& snapshot);

}  // namespace gatewatch::agent
