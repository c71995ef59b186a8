// Takes secrets out of files that leave the host in the archive of `gatewatch collect`. Pure. Rather too much
// than too little: what stands behind a word such as "password" goes, whatever it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/secret.hpp"

namespace gatewatch::agent::collect {

/// A log or configuration file: known secrets, JSON Web Tokens, the user and password of URLs, and the values
/// of keys such as password, secret, token, authorization and cookie. Invalid UTF-8 becomes U+FFFD; line ends
/// stay.
[[nodiscard]] std::string redact(std::string_view text, const std::vector<Secret>& secrets);

/// A log of requests, such as nginx's: as above, and of each query only what says how Engine.IO was spoken
/// to, since a client may put its token under any name, and a sid is as good as one while the session lasts.
[[nodiscard]] std::string redact_requests(std::string_view text, const std::vector<Secret>& secrets);

/// A .env file: every value but those that the diagnosis is about (NODE_ENV, FRONTEND_URL, VITE_*).
[[nodiscard]] std::string redact_env(std::string_view text, const std::vector<Secret>& secrets);

}  // namespace gatewatch::agent::collect
