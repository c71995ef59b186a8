// Takes secrets out of what is shown of nginx's configuration: a mended block quotes lines that have nothing
// to do with the fault, such as a password that nginx sends to the backend. Pure. Used by findings.cpp.
#pragma once

#include <string>

namespace gatewatch::probes::nginx {

/// The directives with a hint in place of each literal value of a header, parameter or variable whose name
/// says that it is secret. nginx refuses the hint, so that nobody puts it into force. Empty where `text` is
/// not to be read.
[[nodiscard]] std::string without_secret_values(const std::string& text);

}  // namespace gatewatch::probes::nginx
