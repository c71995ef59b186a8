// Every key that a configuration file may hold, in one table: which section it stands in and what its value
// looks like. The loader refuses what is not here; the tests hold it against the documents.
#pragma once

#include <span>
#include <string_view>

#include "config/text.hpp"

namespace gatewatch::config {

struct Key {
    std::string_view section;  ///< "" is the top level; "gateway.probe.NAME" stands for every probe
    std::string_view name;
    Phrase form;  ///< completes "must be …", with an example
};

[[nodiscard]] std::span<const Key> all_keys();

/// The key, or nullptr.
[[nodiscard]] const Key* find_key(std::string_view section, std::string_view name);

/// How the section's heading is written in the file: "[agent]", "[[gateway]]".
[[nodiscard]] Text heading(std::string_view section);

[[nodiscard]] Text did_you_mean(std::string_view name);

/// What to do about a key that is not known there: names the nearest one, or its right section, or all that
/// there are.
[[nodiscard]] Text advice_for_unknown(std::string_view section, std::string_view name);

/// The candidate nearest to the name if it is near enough to be meant, else empty.
[[nodiscard]] std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace gatewatch::config
