// Turns bytes from anywhere into a line that may be shown: printable, valid UTF-8, at most max_evidence
// bytes, secrets taken out. Everything that reaches Outcome::evidence or Answer::excerpt has gone through
// here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/secret.hpp"

namespace gatewatch::probes {

/// One printable line: control characters and line ends become spaces, runs of spaces one, invalid UTF-8
/// becomes U+FFFD, and what exceeds `limit` bytes is cut at a character's border.
[[nodiscard]] std::string printable(std::string_view bytes, std::size_t limit);

/// The same, with the secret (in JSON's and URLs' spellings too, and cut off at the end), anything that looks
/// like a JSON Web Token (RFC 7519), and the user and password of URLs replaced by [redacted].
[[nodiscard]] std::string evidence_text(std::string_view bytes, const std::optional<Secret>& secret);

/// The text as it is, with the secrets (in every spelling) and the rest of the above replaced by [redacted].
/// For texts that are kept whole.
[[nodiscard]] std::string without_secrets(std::string text, const std::vector<Secret>& secrets);

}  // namespace gatewatch::probes
