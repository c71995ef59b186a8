#include "agent/version.hpp"

namespace gatewatch::agent {

std::string_view version() {
    return GATEWATCH_VERSION;
}

}  // namespace gatewatch::agent
