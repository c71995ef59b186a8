// What a line must hold for a regular expression to match in it, so that lines can be passed over by a search
// for a few texts. Pure. Used by patterns.cpp.
#pragma once

#include <string>
#include <vector>

namespace gatewatch::probes::pm2 {

/// A line in which the expression (RE2) matches holds one of these, in any case of its letters; empty: RE2
/// knows of none. The longer such a text must be, the fewer remain, so the longest length that leaves any is
/// best.
[[nodiscard]] std::vector<std::string> required_texts(const std::string& pattern);

}  // namespace gatewatch::probes::pm2
