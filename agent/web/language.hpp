// In which language to answer. Used by endpoints.cpp.
#pragma once

#include <optional>
#include <string_view>

#include "config/text.hpp"

namespace gatewatch::agent::web {

/// The language that `?lang=` names, or nothing.
[[nodiscard]] std::optional<Language> language_of_query(std::string_view query);

/// What a browser prefers of the two by its Accept-Language (RFC 9110, section 12.5.4): the highest weight,
/// then the first. English without a word on either.
[[nodiscard]] Language preferred_language(std::string_view accept_language);

}  // namespace gatewatch::agent::web
