// The version of this build, as CMake's project() states it.
#pragma once

#include <string_view>

namespace gatewatch::agent {

[[nodiscard]] std::string_view version();

}  // namespace gatewatch::agent
