// Which cause makes the signs of which other: a finding that another one explains is a misreading of the same
// fault, and is left out of the verdict. Used by diagnose().
#pragma once

#include "agent/diagnosis/cause.hpp"

namespace gatewatch::agent {

/// Whether `cause`, where it is found, makes what looks like `other`.
[[nodiscard]] bool explains(Cause cause, Cause other);

}  // namespace gatewatch::agent
