// One snapshot for each cause of the closed list: as the reference deployment shows it where it can, else as
// it was recorded from the wire (`recorded`). Used by the tests that run over every cause.
#pragma once

#include <vector>

#include "diagnosis_support.hpp"

namespace gatewatch::agent::test {

struct CauseScene {
    Cause cause;
    Scene scene;
    /// The reference deployment cannot be made to show it, so that this snapshot is its only test.
    bool recorded = false;
};

inline void PrintTo(const CauseScene& scene, std::ostream* out) {
    *out << name_of(scene.cause);
}

/// At least one for each cause.
[[nodiscard]] std::vector<CauseScene> scenes();

}  // namespace gatewatch::agent::test
