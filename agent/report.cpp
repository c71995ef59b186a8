#include "agent/report.hpp"

#include <algorithm>

namespace gatewatch::agent {

int exit_code(const Report& report) {
    // The order of the enumeration is the order of what counts.
    std::optional<Severity> worst;
    for (const auto& gateway : report.gateways) {
        worst = std::max(worst.value_or(Severity::ok), gateway.verdict.severity);
    }
    switch (worst.value_or(Severity::unknown)) {
        case Severity::ok:
            return 0;
        case Severity::degraded:
            return 1;
        case Severity::down:
            return 2;
        case Severity::unknown:
            break;
    }
    return 3;
}

}  // namespace gatewatch::agent
