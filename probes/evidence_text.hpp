// Turns bytes from anywhere into a line that may be shown: printable, valid UTF-8, at most max_evidence
// bytes, secrets taken out. Everything that reaches Outcome::evidence or Answer::excerpt has gone through
// here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "config/secret.hpp"

namespace gatewatch::probes {

/// One printable line: control characters and line ends become spaces, runs of spaces one, invalid UTF-8
/// becomes U+FFFD, and what exceeds `limit` bytes is cut at a character's border.
[[nodiscard]] std::string printable(std::string_view bytes, std::size_t limit);

/// The same, with the secret (in JSON's and URLs' spellings too, and cut off at the end) and anything that
/// looks like a JSON Web Token (RFC 7519) replaced by [redacted].
[[nodiscard]] std::string evidence_text(std::string_view bytes, const std::optional<Secret>& secret);

}  // namespace gatewatch::probes
